import pytest

from rag.evaluation.datasets.dataset import Polarity
from rag.evaluation.metrics.definitions import METRICS
from rag.evaluation.metrics.question_measures import decision_values, measured, measures_of
from rag.evaluation.metrics.set_measures import SET_MEASURES
from rag.evaluation.runs import Extent
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
    query("found", short=("3 mars",), polarity=Polarity.YES),
    (place(DATE),),
    answer([citation(0, 25)], hits=(hit(1, 0, 25),)),
    (Extent("a", 0, 25),),
    ranking=["r"],
    relevant={"r": 1},
    answered=True,
    right=True,
)
LOST = outcome(
    query("lost", short=("3 mars",), polarity=Polarity.NO),
    (place(DATE),),
    relevant={"r": 1},
    put=False,
)
SILENT = outcome(query("silent", facts=()), ranking=["x"])
SINGLE = [metric.name for metric in METRICS if metric.name not in SET_MEASURES]


def test_a_question_found_has_every_measure_but_that_of_the_unanswerable() -> None:
    (one,) = measured([FOUND], read)
    assert sorted(one.values) == sorted(set(SINGLE) - {"invented"})
    assert one.values["mrr@10"] == one.values["span_recall@1"] == one.values["right"] == 1.0
    assert one.values["clean_right"] == one.values["polarity"] == 1.0
    assert one.query is FOUND.query


def test_a_question_not_put_has_zero_for_all_that_applies() -> None:
    (one,) = measured([LOST], read)
    assert set(one.values) == set(SINGLE) - {"quote_fidelity", "verbosity", "noise", "invented"}
    assert set(one.values.values()) == {0.0}


def test_order_and_values_are_each_question_s_own() -> None:
    run = measured([SILENT, FOUND, LOST], read)
    assert [one.query.id for one in run] == ["silent", "found", "lost"]
    assert "mrr@10" not in run[0].values
    assert [one.values.get("mrr@10") for one in run] == [None, 1.0, 0.0]
    assert measures_of(SILENT, read) == run[0].values
    assert measured([], read) == ()


@pytest.mark.parametrize(
    ("answered", "right", "expected"),
    [
        (True, True, (1, 1, 1, 0, 1, 1, 1)),
        (True, False, (1, 0, 0, 1, -1, -2, -5)),
        (False, True, (0, 1, 0, 0, 0, 0, 0)),
        (False, False, (0, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_answerable(answered: bool, right: bool, expected: tuple[float, ...]) -> None:
    found = decision_values(outcome(answered=answered, right=right))
    names = "answered right given_right given_wrong utility@1 utility@2 utility@5".split()
    assert found == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize("right", [True, False])
def test_answering_what_nothing_answers_is_wrong(right: bool) -> None:
    found = decision_values(outcome(query(facts=()), answered=True, right=right))
    names = "answered invented utility@1 utility@2 utility@5".split()
    assert found == dict(zip(names, (1, 1, -1, -2, -5), strict=True))


def test_silence_where_nothing_answers_costs_nothing() -> None:
    found = decision_values(outcome(query(facts=())))
    assert found["invented"] == 0.0
    assert set(found.values()) == {0.0}


def test_a_question_not_put_counts_zero() -> None:
    found = decision_values(outcome(answered=True, right=True, put=False))
    assert len(found) == 7
    assert set(found.values()) == {0.0}
    found = decision_values(outcome(query(facts=()), answered=True, put=False))
    assert (len(found), set(found.values())) == (5, {0.0})


def test_whole_documents_tell_nothing_of_right_and_wrong() -> None:
    assert decision_values(outcome(query(quote=None), answered=True)) == {"answered": 1.0}
