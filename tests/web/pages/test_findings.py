from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import BaselineError
from rag.evaluation.run_record import encode_record
from rag.evaluation.runs import FAILURES, Verdict
from rag.evaluation.view import MOST_FAILURES as MOST
from rag.evaluation.view import failed
from rag.web.pages.findings import findings
from tests.evaluation.made_records import found, record, silent


def test_a_folder_without_a_report_holds_none(tmp_path: Path) -> None:
    assert findings(tmp_path) is None
    assert findings(tmp_path / "nowhere") is None
    (tmp_path / "file").write_text("")
    assert findings(tmp_path / "file" / "folder") is None


def test_a_report_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(BaselineError):
        findings(tmp_path)


def test_verdicts_are_counted_and_failures_told_gravest_first(tmp_path: Path) -> None:
    made = [
        found("a"),
        found("b", right=False, confidence=0.6),
        found("c", right=False, confidence=0.9),
        replace(found("d", right=False), verdict=Verdict.MISSED, answered=False),
        silent("e"),
    ]
    (tmp_path / "run.json").write_text(encode_record(record(made)))
    read = findings(tmp_path)
    assert read
    assert read.tally == {
        Verdict.RIGHT: 1, Verdict.QUIET: 1, Verdict.MISSED: 1, Verdict.WRONG: 2
    }  # fmt: skip
    (group,) = read.failures
    assert [question.id for question in group.questions] == ["c", "b", "d"]
    assert failed(read.tally) == 3
    assert read.confidence.chosen
    assert (read.confidence.chosen.coverage, read.confidence.chosen.risk) == (3 / 5, 2 / 3)
    assert [each.coverage for each in read.confidence.curve][-1] == 1.0


def test_a_large_category_does_not_crowd_out_the_others(tmp_path: Path) -> None:
    many = [found(f"a{n}", right=False) for n in range(MOST + 50)]
    few = [found(f"b{n}", right=False, category="table") for n in range(3)]
    (tmp_path / "run.json").write_text(encode_record(record([*many, *few])))
    read = findings(tmp_path)
    assert read
    told = {group.category: len(group.questions) for group in read.failures}
    assert told == {"full": MOST - 3, "table": 3}
    assert sum(group.total for group in read.failures) == failed(read.tally) == MOST + 53
    assert all(each.verdict in FAILURES for group in read.failures for each in group.questions)


def test_of_sealed_questions_only_counts_are_told(tmp_path: Path) -> None:
    shy = replace(found("a"), verdict=Verdict.SHY, answered=False)
    made = record([shy, found("b", right=False), silent("c")])
    conditions = replace(made.conditions, split="sealed")
    (tmp_path / "run.json").write_text(encode_record(replace(made, conditions=conditions)))
    read = findings(tmp_path)
    assert read
    assert (read.failures, read.kept_back, read.versions) == ((), (), frozenset())
    assert read.tally == {Verdict.QUIET: 1, Verdict.SHY: 1, Verdict.WRONG: 1}
    assert read.categories == {
        "full": {Verdict.SHY: 1, Verdict.WRONG: 1},
        "near": {Verdict.QUIET: 1},
    }


def test_right_answers_kept_back_are_listed_apart(tmp_path: Path) -> None:
    shy = replace(found("a", confidence=0.2), verdict=Verdict.SHY, answered=False)
    surer = replace(shy, id="b", confidence=0.4)
    wrong = found("c", right=False)
    (tmp_path / "run.json").write_text(encode_record(record([shy, surer, wrong, found("d")])))
    read = findings(tmp_path)
    assert read
    (group,) = read.kept_back
    assert [question.id for question in group.questions] == ["b", "a"]
    assert group.total == read.tally[Verdict.SHY] == 2
    assert [each.id for one in read.failures for each in one.questions] == ["c"]
    assert failed(read.tally) == 1
