import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import BaselineError, ReportWriteError
from rag.evaluation.baseline import (
    Acceptance,
    Baseline,
    accept,
    checked_why,
    encode_baseline,
    prepare_baseline,
    read_baseline,
    write_baseline,
)
from rag.evaluation.run_record import RecordedQuestion
from tests.evaluation.drawn import NUMBER, TEXT, questions
from tests.evaluation.made_records import CONDITIONS, found, hundred, record, silent


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


QUESTIONS = questions(
    st.just(""),
    st.dictionaries(st.sampled_from(["recall@1", "right"]) | TEXT, NUMBER, max_size=3),
)
HISTORY = st.lists(
    st.builds(Acceptance, TEXT, TEXT, TEXT, st.dictionaries(TEXT, NUMBER, max_size=2)),
    max_size=2,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUESTIONS, HISTORY)
def test_what_is_written_is_read_back(
    tmp_path: Path, drawn: list[RecordedQuestion], history: list[Acceptance]
) -> None:
    path = tmp_path / "baseline.json"
    ordered = tuple(sorted(drawn, key=lambda question: question.id))
    baseline = Baseline(CONDITIONS, ordered, tuple(history))
    write_baseline(path, replace(baseline, questions=tuple(drawn)))
    assert read_baseline(path) == baseline


def test_one_question_stands_on_one_line_in_the_order_of_ids() -> None:
    run = record([found("b"), silent("c"), found("a", right=False)])
    lines = encode_baseline(accept(run, "Premier résultat")).splitlines()
    questions = [json.loads(line.rstrip(",")) for line in lines if '"verdict"' in line]
    assert [each["id"] for each in questions] == ["a", "b", "c"]
    assert lines[lines.index(' "questions": [') + 1].startswith(
        '{"id": "a", "verdict": "wrong"'
    )
    assert "Premier résultat" in "".join(lines)


def test_one_changed_question_changes_one_line() -> None:
    one = encode_baseline(accept(hundred(), "Raison")).splitlines()
    other = encode_baseline(accept(hundred(worse=1), "Raison")).splitlines()
    assert len(one) == len(other)
    assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


def test_the_order_of_the_questions_of_a_run_does_not_matter() -> None:
    run = hundred()
    turned = replace(run, questions=run.questions[::-1])
    assert encode_baseline(accept(run, "Raison")) == encode_baseline(accept(turned, "Raison"))


def test_it_is_small() -> None:
    assert len(encode_baseline(accept(hundred(), "Raison"))) < 100 * 400


def test_writing_replaces_it_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "eval" / "baseline.json"
    write_baseline(path, accept(hundred(), "Première"))
    write_baseline(path, accept(hundred(worse=3), "Seconde", read_baseline(path)))
    assert [each.why for each in read_baseline(path).history] == ["Première", "Seconde"]
    assert [each.name for each in path.parent.iterdir()] == ["baseline.json"]


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "baseline.json"
    with pytest.raises(ReportWriteError, match="Impossible d'écrire la référence"):
        write_baseline(path, accept(hundred(), "Raison"))
    with pytest.raises(ReportWriteError, match="Impossible d'écrire la référence"):
        prepare_baseline(path)


def test_the_place_of_a_baseline_is_prepared(tmp_path: Path) -> None:
    path = tmp_path / "eval" / "baseline.json"
    assert prepare_baseline(path) is None
    assert list(path.parent.iterdir()) == []
    baseline = accept(hundred(), "Raison")
    write_baseline(path, baseline)
    former = prepare_baseline(path)
    assert former is not None
    assert former.history == baseline.history
    path.write_text("{")
    with pytest.raises(BaselineError):
        prepare_baseline(path)


def written(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    fields = json.loads(encode_baseline(accept(hundred(), "Raison")))
    change(fields)
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


def test_a_fault_says_where_it_lies(tmp_path: Path) -> None:
    cases: list[tuple[Callable[[dict[str, Any]], object], str]] = [
        (lambda f: f.update(format="sourcier-evaluation"), "sourcier-baseline"),
        (lambda f: f.update(format_version=2), "au format 2"),
        (lambda f: f.pop("history"), "history manque"),
        (lambda f: f.pop("metrics"), "metrics manque"),
        (lambda f: f.update(metrics=[1]), "metrics, élément 1, devrait être un texte"),
        (lambda f: f["questions"].append(f["questions"][0]), "deux fois"),
        (lambda f: f["questions"][1]["values"].pop(), "q01 n'a pas une valeur par mesure"),
        (lambda f: f["questions"][1].update(values={}), "une liste"),
        (lambda f: f["questions"][1].update(verdict="juste"), "l'une des valeurs"),
        (lambda f: f["questions"][1].update(right=None), "true ou false"),
        (lambda f: f["questions"][1]["values"].__setitem__(0, "1"), "élément 1"),
        (lambda f: f["questions"][1]["values"].__setitem__(2, float("nan")), "élément 3"),
        (lambda f: f["history"][0].pop("why"), "why manque"),
        (lambda f: f["history"][0].update(figures=[]), "figures n'est pas un objet"),
    ]
    untold = []
    for change, said in cases:
        path = written(tmp_path, change)
        with pytest.raises(BaselineError) as caught:
            read_baseline(path)
        message = str(caught.value)
        if said not in message or str(path) not in message or "--accept" not in message:
            untold.append((said, message))
    assert untold == []


def test_what_is_no_baseline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    for content in [b"", b"\xff", b"[]", b"null", b"{", b"[" * 100_000]:
        path.write_bytes(content)
        with pytest.raises(BaselineError):
            read_baseline(path)


def test_a_missing_one_says_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(
        BaselineError, match="sourcier eval JEU --documents … --split … --accept POURQUOI"
    ):
        read_baseline(tmp_path / "baseline.json")
    with pytest.raises(BaselineError, match="ne peut pas être lu"):
        read_baseline(tmp_path)
