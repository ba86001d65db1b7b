import pytest

from rag.evaluation.metrics.decisions import decision_values
from tests.evaluation.metrics.made import outcome, query


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
    names = "answered right right_answered wrong_answered utility@1 utility@2 utility@5".split()
    assert found == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize("right", [True, False])
def test_answering_what_nothing_answers_is_wrong(right: bool) -> None:
    found = decision_values(outcome(query(facts=()), answered=True, right=right))
    assert "right" not in found
    assert (found["right_answered"], found["wrong_answered"]) == (0.0, 1.0)
    assert found["utility@5"] == -5.0


def test_silence_where_nothing_answers_costs_nothing() -> None:
    found = decision_values(outcome(query(facts=())))
    assert set(found.values()) == {0.0}


def test_a_question_not_put_counts_zero() -> None:
    found = decision_values(outcome(answered=True, right=True, put=False))
    assert len(found) == 7
    assert set(found.values()) == {0.0}


def test_whole_documents_tell_nothing_of_right_and_wrong() -> None:
    assert decision_values(outcome(query(quote=None), answered=True)) == {"answered": 1.0}
