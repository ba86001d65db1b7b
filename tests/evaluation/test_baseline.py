from dataclasses import replace

import pytest

from rag.errors import BaselineError
from rag.evaluation.baseline import Acceptance, accept, checked_why
from tests.evaluation.made_records import CONDITIONS, found, record


def test_an_accepted_run_keeps_its_questions_without_answers_and_says_why() -> None:
    run = record([found("a")])
    baseline = accept(run, "  Tableaux\n mieux découpés ")
    assert baseline.conditions == run.conditions
    assert baseline.questions == (replace(found("a"), answer=""),)
    # Verbosity is not one of the main figures.
    assert baseline.history == (
        Acceptance(
            CONDITIONS.created, "0.1.0", "Tableaux mieux découpés", {"recall@5": 0.8413}
        ),
    )


def test_the_history_grows() -> None:
    first = accept(record([found("a")]), "Premier résultat")
    second = accept(record([found("b")]), "Nouvelles questions", first)
    assert [each.why for each in second.history] == ["Premier résultat", "Nouvelles questions"]
    assert [each.id for each in second.questions] == ["b"]


@pytest.mark.parametrize("why", ["", "  ", "…", "\u200b", "a" * 2001])
def test_a_reason_that_says_nothing_or_too_much_is_refused(why: str) -> None:
    with pytest.raises(BaselineError, match="raison"):
        checked_why(why)
