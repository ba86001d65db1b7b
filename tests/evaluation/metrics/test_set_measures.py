from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from rag.evaluation.metrics.set_measures import (
    BINS,
    SET_MEASURES,
    Column,
    aurc,
    auroc,
    brier,
    coverage_at_risk,
    ece,
    percentile,
    reliability,
    risk_coverage,
    table_of,
)
from rag.evaluation.runs import Outcome
from rag.evaluation.statistics import Floats
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


NOTHING = np.zeros(0)


def array(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


CONFIDENCE = array(0.9, 0.8, 0.8, 0.6, 0.3)
RIGHT = array(1, 1, 0, 1, 0)


def test_auroc_by_hand() -> None:
    # 3 right × 2 wrong = 6 pairs: .9 wins 2, .8 wins 1 and ties 1, .6 wins 1: 4.5.
    assert auroc(CONFIDENCE, RIGHT) == pytest.approx(4.5 / 6)


def test_auroc_of_one_class_cannot_be_told() -> None:
    assert auroc(CONFIDENCE, np.ones(5)) is None
    assert auroc(CONFIDENCE, np.zeros(5)) is None
    assert auroc(CONFIDENCE, RIGHT, array(1, 1, 0, 1, 0)) is None
    assert auroc(NOTHING, NOTHING) is None


def test_risk_coverage_by_hand() -> None:
    coverages, risks = risk_coverage(CONFIDENCE, RIGHT)
    assert coverages == pytest.approx([1 / 5, 3 / 5, 4 / 5, 1])
    assert risks == pytest.approx([0, 1 / 3, 1 / 4, 2 / 5])
    assert [len(each) for each in risk_coverage(NOTHING, NOTHING)] == [0, 0]


def test_aurc_by_hand() -> None:
    # One question at risk 0, two at 1/3, one at 1/4, one at 2/5.
    assert aurc(CONFIDENCE, RIGHT) == pytest.approx((0 + 2 / 3 + 1 / 4 + 2 / 5) / 5)
    assert aurc(NOTHING, NOTHING) is None


@pytest.mark.parametrize(
    ("risk", "coverage"),
    [
        (0.0, 1 / 4),  # .9 alone
        (0.24, 1 / 4),
        (0.25, 3 / 4),  # down to .6, past a risk of 1/3 at .8: .9, .8 and .6 are answerable
        (0.40, 4 / 4),
        (1.0, 4 / 4),
    ],
)
def test_coverage_at_risk_by_hand(risk: float, coverage: float) -> None:
    answerable = array(1, 1, 0, 1, 1)
    found = coverage_at_risk(CONFIDENCE, RIGHT, answerable, risk)
    assert found == pytest.approx(coverage)


def test_equal_confidences_are_answered_together() -> None:
    # Both at .8 or neither: half are wrong.
    confidence, right = array(0.8, 0.8), array(1, 0)
    assert coverage_at_risk(confidence, right, array(1, 1), 0.49) == 0.0
    assert coverage_at_risk(confidence, right, array(1, 1), 0.5) == 1.0


def test_five_wrong_in_a_hundred_is_a_risk_of_five_per_cent() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.ones(100)
    right[-5:] = 0
    assert coverage_at_risk(confidence, right, np.ones(100), 0.05) == 1.0


def test_coverage_without_an_answerable_question_cannot_be_told() -> None:
    assert coverage_at_risk(CONFIDENCE, np.zeros(5), np.zeros(5), 0.05) is None


def test_brier_by_hand() -> None:
    squares = 0.1**2 + 0.2**2 + 0.8**2 + 0.4**2 + 0.3**2
    assert brier(CONFIDENCE, RIGHT) == pytest.approx(squares / 5)
    assert brier(NOTHING, NOTHING) is None


def test_calibration_error_by_hand() -> None:
    # [.9, 1]: .9 and 1, one right: |1.9 − 1|. [.2, .3): .25, right: |.25 − 1|.
    confidence, right = array(0.9, 1.0, 0.25), array(1, 0, 1)
    assert ece(confidence, right) == pytest.approx((0.9 + 0.75) / 3)
    assert ece(NOTHING, NOTHING) is None


def test_reliability_by_hand() -> None:
    bins = reliability(array(0.9, 1.0, 0.25, 0.0), array(1, 0, 1, 0))
    assert [(round(BINS * each.low), each.count) for each in bins] == [(0, 1), (2, 1), (9, 2)]
    assert (bins[-1].low, bins[-1].high) == pytest.approx((0.9, 1.0))
    assert (bins[-1].confidence, bins[-1].right) == pytest.approx((0.95, 0.5))
    assert (bins[0].confidence, bins[0].right) == (0.0, 0.0)


@st.composite
def graded(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.72, 1.0]),
                st.integers(0, 1),
                st.integers(0, 3),
            ),
            min_size=1,
            max_size=30,
        )
    )
    confidence, right, weights = np.array(rows, dtype=np.float64).T
    return confidence, right, weights


@given(graded())
def test_auroc_is_that_of_scikit_learn(sample: tuple[Floats, Floats, Floats]) -> None:
    confidence, right, weights = sample
    assume(0 < (right * weights).sum() < weights.sum())
    expected = roc_auc_score(right, confidence, sample_weight=weights)
    assert auroc(confidence, right, weights) == pytest.approx(expected)


@given(graded())
def test_a_weight_is_a_number_of_copies(sample: tuple[Floats, Floats, Floats]) -> None:
    confidence, right, weights = sample
    times = weights.astype(int)
    copied, copied_right = np.repeat(confidence, times), np.repeat(right, times)
    for measure in (auroc, aurc, brier, ece):
        weighted, plain = measure(confidence, right, weights), measure(copied, copied_right)
        assert weighted == (None if plain is None else pytest.approx(plain))
    every = np.ones(len(right))
    assert coverage_at_risk(confidence, right, every, 0.3, weights) == coverage_at_risk(
        copied, copied_right, np.repeat(every, times), 0.3
    )


@given(graded(), st.randoms())
def test_the_order_of_questions_does_not_count(
    sample: tuple[Floats, Floats, Floats], random: Random
) -> None:
    confidence, right, _ = sample
    order = list(range(len(right)))
    random.shuffle(order)
    for measure in (auroc, aurc, brier, ece):
        one, other = measure(confidence, right), measure(confidence[order], right[order])
        assert one == (None if other is None else pytest.approx(other))


@given(graded(), st.floats(0, 1), st.floats(0, 1))
def test_more_risk_never_covers_less(
    sample: tuple[Floats, Floats, Floats], one: float, other: float
) -> None:
    confidence, right, _ = sample
    every = np.ones(len(right))
    less, more = (
        coverage_at_risk(confidence, right, every, risk) for risk in sorted((one, other))
    )
    assert less is not None
    assert more is not None
    assert 0 <= less <= more <= 1
