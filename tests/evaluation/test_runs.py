from dataclasses import replace

import pytest

from rag.evaluation.runs import FAILURES, SERVED, Given, Verdict, given_of
from rag.evaluation.view import tally_of, worst_first
from tests.evaluation.report import sample


def test_every_question_has_its_verdict() -> None:
    verdicts = {each.query.id: each.verdict for each in sample.outcomes()}
    assert verdicts == {
        "q1": Verdict.RIGHT,
        "q2": Verdict.WRONG,
        "q3": Verdict.MISSED,
        "q4": Verdict.INVENTED,
        "q5": Verdict.QUIET,
        "q6": Verdict.WRONG,
        "q7": Verdict.LOST,
        "q8": Verdict.SHY,
        "q9": Verdict.FOUND,
    }


@pytest.mark.parametrize(("rank", "verdict"), [(10, Verdict.FOUND), (11, Verdict.ABSENT)])
def test_a_whole_document_must_be_among_the_first_ten(rank: int, verdict: Verdict) -> None:
    outcome = sample.outcome(sample.asked("q", quote=None), 0.9, True, True)
    units = ["autre"] * (rank - 1) + ["fact:1"]
    lines = tuple(replace(outcome.ranking[0], unit=unit) for unit in units)
    assert replace(outcome, ranking=lines).verdict is verdict


def test_a_right_flag_does_not_make_an_unanswerable_question_right() -> None:
    outcome = sample.outcome(sample.unanswerable("q"), 0.9, True, True)
    assert outcome.verdict is Verdict.INVENTED


def test_silence_at_the_right_time_and_shyness_are_no_failures() -> None:
    assert not {Verdict.RIGHT, Verdict.QUIET, Verdict.SHY, Verdict.FOUND} & set(FAILURES)
    assert set(FAILURES) < set(Verdict)


def test_nothing_to_complain_of_is_no_failure() -> None:
    assert {Verdict.RIGHT, Verdict.QUIET, Verdict.FOUND} == SERVED
    assert not SERVED & set(FAILURES)


def test_what_was_given_is_counted_by_what_the_documents_answer() -> None:
    # Of q1, q2, q3, q6 and q8; then q4 and q5; q7. Of q9, whole documents were expected.
    assert given_of(tally_of(sample.outcomes())) == Given(
        answerable=5, right=1, wrong=2, silent=2, unanswerable=2, invented=1, lost=1
    )
    assert given_of({Verdict.FOUND: 2, Verdict.ABSENT: 3}) == Given(0, 0, 0, 0, 0, 0, 0)
    assert given_of({}) == Given(0, 0, 0, 0, 0, 0, 0)


def test_categories_come_by_the_share_served_the_worst_first() -> None:
    tallies = {
        "half": {Verdict.QUIET: 1, Verdict.INVENTED: 1},
        "all": {Verdict.FOUND: 9},
        "none": {Verdict.LOST: 1},
        "kept back": {Verdict.RIGHT: 1, Verdict.SHY: 2},
        "also half": {Verdict.RIGHT: 50, Verdict.WRONG: 50},
        "empty": {},
    }
    assert worst_first(tallies) == ["empty", "none", "kept back", "also half", "half", "all"]


def test_a_run_is_sealed_by_its_part() -> None:
    assert sample.sealed().conditions.sealed
    assert not sample.run().conditions.sealed


def test_each_verdict_is_explained() -> None:
    assert [each for each in Verdict if not (each.label and each.meaning.endswith("."))] == []
