import math
from collections.abc import Mapping, Sequence
from itertools import product

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics.ranking_measures import (
    MEASURES,
    ranking_values,
    served,
    trec_id,
    trec_qrels,
    trec_run,
)
from rag.evaluation.runs import Line, Outcome, Values
from tests.evaluation.metrics.made import outcome, query

NOTHING = dict.fromkeys(MEASURES, 0.0)


def values(ranking: Sequence[str | Line], relevant: Mapping[str, int]) -> Values:
    return ranking_values([outcome(ranking=ranking, relevant=relevant)])["q"]


def test_one_relevant_unit_in_third_place() -> None:
    # RR = 1/3; DCG = 1/log2(4) = 1/2, and the best DCG is 1/log2(2) = 1.
    assert values(ranking=["x", "y", "r"], relevant={"r": 1}) == pytest.approx(
        {
            "recall@1": 0.0,
            "recall@5": 1.0,
            "recall@10": 1.0,
            "recall@100": 1.0,
            "mrr@10": 1 / 3,
            "ndcg@10": 1 / 2,
        }
    )


def test_three_relevant_units_with_grades() -> None:
    # Grades 2 in rank 1, 1 in rank 4, 3 in rank 12, which only recall@100 reaches.
    ranking = ["two", "x1", "x2", "one", *(f"y{n}" for n in range(7)), "three"]
    found = values(ranking=ranking, relevant={"two": 2, "one": 1, "three": 3})
    best = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert found == pytest.approx(
        {
            "recall@1": 1 / 3,
            "recall@5": 2 / 3,
            "recall@10": 2 / 3,
            "recall@100": 1.0,
            "mrr@10": 1.0,
            "ndcg@10": (2 / math.log2(2) + 1 / math.log2(5)) / best,
        }
    )


def test_beyond_the_tenth_rank() -> None:
    found = values(ranking=[f"x{n}" for n in range(10)] + ["r"], relevant={"r": 1})
    assert found == {**NOTHING, "recall@100": 1.0}


def test_our_order_decides_between_equal_scores() -> None:
    scores = [0.5, 0.0, -3.0, 1e300, -1e300, math.inf, -math.inf, math.nan]
    orders = [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]]
    wrong = []
    for score, order in product(scores, orders):
        found = values(ranking=[Line(unit, score) for unit in order], relevant={order[1]: 1})
        if (found["recall@1"], found["recall@5"], found["mrr@10"]) != (0.0, 1.0, 0.5):
            wrong.append((score, order, found))
    assert wrong == []


def test_our_order_decides_where_scores_rise() -> None:
    found = values(ranking=[Line("x", 1.0), Line("r", 2.0)], relevant={"r": 1})
    assert found["mrr@10"] == 0.5


@given(st.lists(st.floats(), max_size=100))
def test_scores_fall_strictly_in_single_precision(scores: list[float]) -> None:
    ranking = [Line(str(number), score) for number, score in enumerate(scores)]
    kept = served(outcome(ranking=ranking))
    assert [unit for unit, _ in kept] == [line.unit for line in ranking]
    single = np.array([score for _, score in kept], dtype=np.float32)
    assert np.isfinite(single).all()
    assert (np.diff(single) < 0).all()


@given(st.lists(st.floats(-100, 100, width=32), unique=True, max_size=100))
def test_scores_that_fall_are_kept(scores: list[float]) -> None:
    falling = sorted((score + 0.0 for score in scores), reverse=True)
    ranking = [Line(str(number), score) for number, score in enumerate(falling)]
    assert [score for _, score in served(outcome(ranking=ranking))] == falling


def test_a_question_without_a_run_line_counts_zero() -> None:
    found = ranking_values(
        [
            outcome(query("found"), ranking=["r"], relevant={"r": 1}),
            outcome(query("empty"), relevant={"r": 1}),
            outcome(query("missing"), ranking=["r"], relevant={"r": 1}, put=False),
        ]
    )
    assert found["found"]["mrr@10"] == 1.0
    assert found["empty"] == found["missing"] == NOTHING


def test_a_run_of_nothing_counts_zero() -> None:
    assert ranking_values([outcome(relevant={"r": 1})]) == {"q": NOTHING}
    assert ranking_values([]) == {}


def test_questions_with_nothing_relevant_are_left_out() -> None:
    others = [
        outcome(query("unanswerable", facts=()), ranking=["r"], relevant={"r": 1}),
        outcome(query("unjudged"), ranking=["r"]),
        outcome(query("zero"), ranking=["r"], relevant={"r": 0}),
    ]
    assert ranking_values(others) == {}
    assert trec_qrels(others) == ""


def test_ids_of_any_kind_are_measured() -> None:
    odd = "un id\t%\ud800\n"
    asked = query(odd)
    found = ranking_values([outcome(asked, ranking=["x y", odd, ""], relevant={odd: 1})])
    assert found[odd]["mrr@10"] == 0.5


def test_trec_files_by_hand() -> None:
    run = [
        outcome(query("q 1"), ranking=[Line("d 1", 2.5), Line("é", 2.5)], relevant={"é": 2}),
        outcome(query("q2"), ranking=[Line("d%", -1.0)], relevant={"d%": 1}, put=False),
    ]
    # One step of single precision below 2.5 is 2.5 − 2⁻²².
    assert trec_run(run, "mon essai") == (
        "q%201 Q0 d%201 1 2.5 mon%20essai\nq%201 Q0 é 2 2.49999976 mon%20essai\n"
    )
    assert trec_qrels(run) == "q%201 0 é 2\nq2 0 d%25 1\n"


def test_ids_are_single_words() -> None:
    cases = [
        ("a-1", "a-1"),
        ("é", "é"),
        ("a b", "a%20b"),
        ("a\u00a0b", "a%C2%A0b"),
        ("100%", "100%25"),
        ("\ud83d", "%ED%A0%BD"),
        ("", "%"),
    ]
    assert [(text, trec_id(text)) for text, _ in cases] == cases


@given(st.text(st.characters(exclude_categories=[])), st.text())
def test_ids_stay_unlike(one: str, other: str) -> None:
    safe = trec_id(one)
    safe.encode()
    assert safe.split() == [safe]
    assert (safe == trec_id(other)) == (one == other)


@st.composite
def runs(draw: st.DrawFn) -> list[Outcome]:
    units = [f"u{number}" for number in range(14)]
    grades = st.dictionaries(st.sampled_from(units), st.integers(1, 3), min_size=1, max_size=4)
    scores = st.sampled_from([0.5, 0.25])
    return [
        outcome(
            query(f"q{number}"),
            ranking=[Line(unit, draw(scores)) for unit in draw(st.permutations(units))],
            relevant=draw(grades),
        )
        for number in range(draw(st.integers(1, 3)))
    ]


@given(runs())
def test_the_files_give_the_figures(run: list[Outcome]) -> None:
    found = ranking_values(run)
    measures = {str(measure): name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(
        list(MEASURES.values()),
        ir_measures.read_trec_qrels(trec_qrels(run)),
        ir_measures.read_trec_run(trec_run(run, "t")),
    ):
        name = measures[str(metric.measure)]
        assert found[metric.query_id][name] == pytest.approx(metric.value)
