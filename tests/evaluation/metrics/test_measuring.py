from rag.evaluation.metrics.measuring import measured, values_of
from rag.evaluation.metrics.names import METRICS
from rag.evaluation.metrics.sets import SET_MEASURES
from rag.evaluation.records import Candidate
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

FOUND = outcome(
    query("found", short=("3 mars",)),
    (place(DATE),),
    answer([citation(0, 25)], hits=(hit(1, 0, 25),)),
    (Candidate("a", 0, 25),),
    ranking=["r"],
    relevant={"r": 1},
    answered=True,
    right=True,
)
LOST = outcome(query("lost", short=("3 mars",)), (place(DATE),), relevant={"r": 1}, put=False)
SILENT = outcome(query("silent", facts=()), ranking=["x"])
SINGLE = [metric.name for metric in METRICS if metric.name not in SET_MEASURES]


def test_a_question_found_has_every_measure() -> None:
    (one,) = measured([FOUND], read)
    assert sorted(one.values) == sorted(SINGLE)
    assert one.values["mrr@10"] == one.values["span_recall@1"] == one.values["right"] == 1.0
    assert one.query is FOUND.query


def test_a_question_not_put_has_zero_for_all_that_applies() -> None:
    (one,) = measured([LOST], read)
    assert set(one.values) == set(SINGLE) - {"quote_fidelity", "verbosity"}
    assert set(one.values.values()) == {0.0}


def test_order_and_values_are_each_question_s_own() -> None:
    run = measured([SILENT, FOUND, LOST], read)
    assert [one.query.id for one in run] == ["silent", "found", "lost"]
    assert "mrr@10" not in run[0].values
    assert [one.values.get("mrr@10") for one in run] == [None, 1.0, 0.0]
    assert values_of(SILENT, read) == run[0].values
    assert measured([], read) == ()
