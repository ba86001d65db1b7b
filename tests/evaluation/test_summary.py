from collections.abc import Mapping

import pytest

from rag.evaluation.metrics.measuring import measured
from rag.evaluation.metrics.names import METRIC, METRICS
from rag.evaluation.records import Candidate, Outcome
from rag.evaluation.summary import summarise
from tests.evaluation.metrics.made import (
    DATE,
    answer,
    citation,
    hit,
    outcome,
    place,
    query,
    read,
)


def found(name: str, category: str, confidence: float, *, right: bool) -> Outcome:
    cited = citation(0, 25) if right else citation(46, 50)
    return outcome(
        query(name, short=("3 mars",), category=category),
        (place(DATE),),
        answer([cited], (hit(1, cited.start, cited.end),), confidence=confidence),
        (Candidate("a", cited.start, cited.end),),
        ranking=["r" if right else "x"],
        relevant={"r": 1},
        answered=confidence >= 0.5,
        right=right,
    )


RUN = measured(
    [
        found("q1", "table", 0.9, right=True),
        found("q2", "table", 0.8, right=False),
        found("q3", "full", 0.7, right=True),
        outcome(query("q4", facts=(), category="near"), composed=answer(confidence=0.1)),
    ],
    read,
)
SUMMARY = summarise(RUN, resamples=200)


def test_figures_of_the_whole_set_by_hand() -> None:
    expected = {
        "mrr@10": (2 / 3, 3),
        "citation_recall": (2 / 3, 3),
        "quote_fidelity": (1.0, 3),
        "answered": (3 / 4, 4),
        "right_answered": (2 / 4, 4),
        "utility@2": ((1 - 2 + 1 + 0) / 4, 4),
        "risk": (1 / 3, 3),
        "auroc_answerable": (1.0, 4),
        "brier": ((0.1**2 + 0.8**2 + 0.3**2 + 0.1**2) / 4, 4),
        "latency_p50": (20.0, 4),
    }
    figures = {name: SUMMARY.overall[name] for name in expected}
    assert {name: (each.value, each.count) for name, each in figures.items()} == {
        name: (pytest.approx(value), count) for name, (value, count) in expected.items()
    }


def test_figures_of_a_category_by_hand() -> None:
    assert list(SUMMARY.categories) == ["full", "near", "table"]
    table = SUMMARY.categories["table"]
    assert (table["right"].value, table["right"].count) == (0.5, 2)
    assert table["auroc_right"].value == 1.0
    assert "mrr@10" not in SUMMARY.categories["near"]
    assert SUMMARY.categories["near"]["answered"].value == 0.0


def test_what_tells_nothing_of_one_category_is_not_there() -> None:
    for figures in SUMMARY.categories.values():
        assert all(METRIC[name].by_category for name in figures)
    assert {"aurc", "ece", "auroc_answerable"} <= set(SUMMARY.overall)


def test_metrics_stand_in_their_order() -> None:
    order = [metric.name for metric in METRICS]
    figures: Mapping[str, object]
    for figures in (SUMMARY.overall, *SUMMARY.categories.values()):
        assert list(figures) == [name for name in order if name in figures]
    assert list(SUMMARY.overall) == order


def test_values_lie_in_their_intervals() -> None:
    for name, figure in SUMMARY.overall.items():
        assert figure.low <= figure.high, name
    sure = SUMMARY.overall["quote_fidelity"]
    assert (sure.low, sure.high) == (1.0, 1.0)


def test_a_seed_repeats() -> None:
    assert summarise(RUN, seed=0, resamples=200) == SUMMARY


def test_an_empty_run_has_no_figures() -> None:
    assert summarise([]).overall == {}
    assert summarise([]).categories == {}


def test_a_run_in_which_nothing_was_put_is_summed_up() -> None:
    lost = measured([outcome(query("q", short=("x",)), relevant={"r": 1}, put=False)], read)
    figures = summarise(lost, resamples=20).overall
    assert figures["mrr@10"].value == figures["right_answered"].value == 0.0
    assert not {"latency_p50", "quote_fidelity", "risk"} & set(figures)
