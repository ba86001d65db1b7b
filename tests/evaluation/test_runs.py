from dataclasses import replace

import pytest

from rag.evaluation.runs import FAILURES, Verdict
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


def test_each_verdict_is_explained() -> None:
    assert [each for each in Verdict if not (each.label and each.meaning.endswith("."))] == []
