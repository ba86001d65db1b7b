from pathlib import Path

import pytest

from rag.errors import BaselineError
from rag.evaluation.baseline import accept, read_baseline, write_baseline
from rag.evaluation.run_record import encode_record
from rag.evaluation.run_references import (
    Acceptor,
    ReferenceResults,
    References,
    as_json,
    check_questions,
    compare_with_references,
    make_baseline,
    read_references,
)
from tests.evaluation.made_records import hundred, record, silent
from tests.evaluation.report.sample import asked


def test_what_was_not_asked_for_is_not_read() -> None:
    assert read_references(None, None, None) == References()
    assert compare_with_references(hundred(), References()) == ReferenceResults()
    assert as_json(hundred(), ReferenceResults()).keys() == {"conditions", "summary"}
    check_questions(References(), [asked("q1")])


def test_references_are_read_from_their_files(tmp_path: Path) -> None:
    baseline, run = tmp_path / "baseline.json", tmp_path / "run.json"
    write_baseline(baseline, accept(hundred(), "Raison"))
    run.write_text(encode_record(hundred(worse=2)), encoding="utf-8")
    read = read_references(baseline, run, baseline, " Autre  raison ")
    assert read.gate is not None
    assert read.compared == hundred(worse=2)
    assert read.acceptor == Acceptor(baseline, "Autre raison", read.gate)


def test_a_gate_compares_too_unless_a_run_is_named() -> None:
    baseline = accept(hundred(), "Raison")
    results = compare_with_references(hundred(worse=1), References(gate=baseline))
    assert results.judgement is not None
    assert results.comparison is results.judgement.comparison
    assert [each.id for each in results.comparison.changed] == ["q00"]
    both = compare_with_references(
        hundred(worse=1), References(gate=baseline, compared=hundred(worse=1))
    )
    assert both.judgement is not None
    assert both.judgement.comparison.worse == ("q00",)
    assert both.comparison is not None
    assert (both.comparison.worse, both.comparison.changed) == ((), ())


def test_all_changed_questions_are_in_the_json() -> None:
    results = compare_with_references(
        hundred(worse=23), References(gate=accept(hundred(), "Raison"))
    )
    told = as_json(hundred(worse=23), results)
    assert told["gate"]["passed"] is False
    recall = next(each for each in told["gate"]["metrics"] if each["name"] == "recall@5")
    assert [each["id"] for each in recall["worse"]] == [f"q{n:02}" for n in range(23)]
    assert told["comparison"]["changed"][0]["after"] == "wrong"


def test_other_questions_are_refused_before_they_are_asked() -> None:
    with pytest.raises(BaselineError, match="n'est pas de ces questions"):
        check_questions(References(compared=hundred()), [asked("q00")])


def test_a_run_that_could_judge_nothing_is_not_accepted(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(BaselineError):
        make_baseline(record([silent("s")]), Acceptor(path, "Raison", None))
    assert not path.exists()
    make_baseline(hundred(), Acceptor(path, "Raison", None))
    assert read_baseline(path).history[0].why == "Raison"
