import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import BaselineError
from rag.evaluation.baseline import read_baseline, write_baseline
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
from tests.evaluation.made_records import accepted, hundred, record, silent
from tests.evaluation.report.sample import asked


def test_what_was_not_asked_for_is_not_read() -> None:
    assert read_references(None, None, None) == References()
    assert compare_with_references(hundred(), References()) == ReferenceResults()
    assert as_json(hundred(), ReferenceResults()).keys() == {"conditions", "summary"}
    check_questions(References(), [asked("q1")])


def test_references_are_read_from_their_files(tmp_path: Path) -> None:
    baseline, run = tmp_path / "baseline.json", tmp_path / "run.json"
    write_baseline(baseline, accepted(hundred()))
    run.write_text(encode_record(hundred(worse=2)), encoding="utf-8")
    read = read_references(baseline, run, baseline, " Autre  raison ")
    assert read.gate is not None
    assert read.compared == hundred(worse=2)
    assert read.acceptor == Acceptor(baseline, "Autre raison")


def test_a_gate_compares_too_unless_a_run_is_named() -> None:
    baseline = accepted(hundred())
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
    results = compare_with_references(hundred(worse=23), References(gate=accepted(hundred())))
    told = as_json(hundred(worse=23), results)
    assert told["gate"]["passed"] is False
    hit = next(each for each in told["gate"]["metrics"] if each["name"] == "sentence_hit@3")
    assert [each["id"] for each in hit["worse"]] == [f"q{n:02}" for n in range(23)]
    assert told["gate"]["categories"] == [{"category": "full", "before": 70, "after": 47}]
    # 47 of 80, and 70 less the margin.
    bounds = {each["name"]: (each["bound"], each["value"]) for each in told["gate"]["bounds"]}
    assert bounds["given_right"] == (0.825, pytest.approx(47 / 80))
    assert bounds["invented_near"] == (0.05, 0.0)
    json.dumps(told, allow_nan=False)
    assert told["comparison"]["changed"][0]["after"] == "wrong"


def test_other_questions_are_refused_before_they_are_asked() -> None:
    with pytest.raises(BaselineError, match="n'est pas de ces questions"):
        check_questions(References(compared=hundred()), [asked("q00")])


def test_a_run_that_could_judge_nothing_is_not_accepted(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(BaselineError):
        make_baseline(record([silent("s")]), Acceptor(path, "Raison"))
    assert not path.exists()
    make_baseline(hundred(), Acceptor(path, "Raison"))
    assert read_baseline(path).history[0].why == "Raison"


def test_another_run_accepted_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    references = read_references(None, None, path, "Seconde")
    assert references.acceptor is not None
    # While the long work goes on, another accepts a better run.
    make_baseline(hundred(better=10), Acceptor(path, "Entre-temps"))
    bounds = read_baseline(path).bounds
    make_baseline(hundred(better=9), references.acceptor)
    now = read_baseline(path)
    assert [each.why for each in now.history] == ["Entre-temps", "Seconde"]
    assert now.bounds == bounds


def test_a_loss_against_a_run_accepted_meanwhile_is_to_be_named(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    references = read_references(None, None, path, "Seconde")
    assert references.acceptor is not None
    make_baseline(hundred(better=10), Acceptor(path, "Entre-temps"))
    before = path.read_bytes()
    with pytest.raises(BaselineError, match=r"Phrases entières \(full\)\u00a0: 80 → 70"):
        make_baseline(hundred(), references.acceptor)
    assert path.read_bytes() == before
    # Named, the loss is still beyond the bounds, which are loosened by hand alone.
    named = Acceptor(path, "Phrases entières : perte acceptée")
    with pytest.raises(BaselineError, match=r"bornes.*given_right.*bounds"):
        make_baseline(hundred(), named)
    assert path.read_bytes() == before
    fields = json.loads(before)
    path.write_text(json.dumps({**fields, "bounds": {"given_right": 0.8}}))
    make_baseline(hundred(), named)
    assert len(read_baseline(path).history) == 2


def test_bounds_set_on_other_questions_are_not_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    make_baseline(hundred(better=10), Acceptor(path, "Un jeu"))
    others = [replace(each, id=f"x{each.id}") for each in hundred(worse=40).questions]
    make_baseline(record(others), Acceptor(path, "Un autre jeu"))
    now = read_baseline(path)
    assert [each.why for each in now.history] == ["Un jeu", "Un autre jeu"]
    assert now.bounds["given_right"] == pytest.approx(30 / 80 - 0.05)


def test_a_baseline_that_judges_nothing_more_hands_its_history_on(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    make_baseline(hundred(), Acceptor(path, "Première"))
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**fields, "format_version": 2, "questions": "ailleurs"}))
    with pytest.raises(BaselineError, match="son historique est gardé"):
        read_references(path, None, None)
    references = read_references(None, None, path, "Nouveau format")
    assert references.acceptor is not None
    with pytest.raises(BaselineError, match="bornes"):
        make_baseline(hundred(worse=20), references.acceptor)
    make_baseline(hundred(worse=1), references.acceptor)
    now = read_baseline(path)
    assert [each.why for each in now.history] == ["Première", "Nouveau format"]
    assert now.bounds["given_right"] == fields["bounds"]["given_right"]
