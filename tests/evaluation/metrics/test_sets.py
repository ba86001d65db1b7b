import numpy as np
import pytest

from rag.evaluation.metrics.sets import SET_MEASURES, Column, percentile, table_of
from rag.evaluation.records import Outcome
from tests.evaluation.metrics.made import answer, outcome, query

UNANSWERABLE = query(facts=())


def made(
    confidence: float,
    *,
    right: bool = False,
    answered: bool = False,
    answerable: bool = True,
    total: float = 20.0,
) -> Outcome:
    return outcome(
        query() if answerable else UNANSWERABLE,
        composed=answer(confidence=confidence, total=total, embed=total / 2),
        right=right,
        answered=answered,
    )


RUN = [
    made(0.9, right=True, answered=True, total=10),
    made(0.7, right=False, answered=True, total=20),
    made(0.6, answerable=False, answered=True, total=30),
    made(0.4, right=True, total=40),
    made(0.2, answerable=False, total=50),
]
ONES = np.ones(5)


def measure(name: str, run: list[Outcome] = RUN) -> float | None:
    return SET_MEASURES[name](table_of(run), np.ones(len(run)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("risk", 2 / 3),
        # 3 answerable × 2 not: .9 and .7 win both, .4 wins one.
        ("auroc_answerable", 5 / 6),
        # 2 right × 3 not: .9 wins three, .4 wins one.
        ("auroc_right", 4 / 6),
        # Risks 0, 1/2, 2/3, 1/2, 3/5 at the five thresholds.
        ("aurc", (0 + 1 / 2 + 2 / 3 + 1 / 2 + 3 / 5) / 5),
        # Only .9 can be answered, one of three answerable questions.
        ("coverage@risk5", 1 / 3),
        ("coverage@risk10", 1 / 3),
        ("brier", (0.1**2 + 0.7**2 + 0.6**2 + 0.6**2 + 0.2**2) / 5),
        ("ece", (0.1 + 0.7 + 0.6 + 0.6 + 0.2) / 5),
        ("latency_p50", 30),
        ("latency_p95", 50),
        ("embed_p50", 15),
        ("embed_p95", 25),
    ],
)
def test_each_by_hand(name: str, expected: float) -> None:
    assert measure(name) == pytest.approx(expected)


def test_coverage_at_a_risk_between() -> None:
    twenty = [made(1 - n / 100, right=n != 12, answered=True) for n in range(20)]
    # Twelve right, then one wrong of 13 (7.7 %); 1 of 20 in the end (5 %).
    assert measure("coverage@risk5", twenty) == 1.0
    assert measure("coverage@risk5", twenty[:19]) == pytest.approx(12 / 19)
    assert measure("coverage@risk10", twenty[:19]) == 1.0


def test_a_right_answer_to_nothing_is_wrong() -> None:
    assert table_of([made(0.9, answerable=False, right=True)])[0, Column.RIGHT] == 0.0


def test_a_question_not_put_is_silence_without_confidence_or_time() -> None:
    missing = outcome(answered=True, right=True, put=False)
    (row,) = table_of([missing])
    assert [row[column] for column in (Column.CONFIDENCE, Column.ANSWERED, Column.PUT)] == [
        0
    ] * 3
    assert measure("latency_p50", [missing]) is None
    assert measure("latency_p50", [missing, made(0.5, total=7)]) == 7
    assert measure("risk", [missing]) is None
    assert measure("brier", [missing, made(0.5, right=True)]) == pytest.approx(0.25 / 2)


def test_whole_documents_tell_nothing_of_right_and_wrong() -> None:
    unjudged = outcome(query(quote=None), answered=True)
    for name in ("risk", "aurc", "brier", "ece", "coverage@risk5", "auroc_right"):
        assert measure(name, [unjudged]) is None
        assert SET_MEASURES[name].count(table_of([unjudged])) == 0
    assert measure("latency_p50", [unjudged]) == 20.0


def test_counts_are_of_the_questions_a_measure_is_over() -> None:
    table = table_of([*RUN, outcome(query(quote=None)), outcome(put=False)])
    counts = [
        SET_MEASURES[name].count(table)
        for name in ("risk", "auroc_answerable", "brier", "latency_p95")
    ]
    assert counts == [3, 7, 6, 6]


def test_no_question_is_no_figure() -> None:
    empty = table_of([])
    assert empty.shape == (0, len(Column))
    assert {measure(empty, np.zeros(0)) for measure in SET_MEASURES.values()} == {None}


@pytest.mark.parametrize(
    ("share", "expected"), [(0.25, 1), (0.5, 2), (0.51, 3), (0.75, 3), (0.95, 4), (1.0, 4)]
)
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    values = np.array([4.0, 1.0, 3.0, 2.0])
    assert percentile(values, share, np.ones(4)) == expected


def test_a_percentile_counts_weights() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert percentile(values, 0.5, np.array([0.0, 1.0, 4.0])) == 3.0
    assert percentile(values, 0.5, np.zeros(3)) is None
