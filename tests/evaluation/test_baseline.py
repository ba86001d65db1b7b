import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import BaselineError, ReportWriteError
from rag.evaluation.acceptance import accept
from rag.evaluation.baseline import (
    FORMAT,
    FORMAT_VERSION,
    Acceptance,
    Baseline,
    Former,
    encode_baseline,
    prepare_baseline,
    read_baseline,
    read_former,
    write_baseline,
)
from rag.evaluation.run_record import RecordedQuestion
from tests.evaluation.drawn import NUMBER, TEXT, questions
from tests.evaluation.made_records import (
    CONDITIONS,
    accepted,
    found,
    hundred,
    record,
    silent,
)

QUESTIONS = questions(
    st.just(""),
    st.dictionaries(st.sampled_from(["recall@1", "right"]) | TEXT, NUMBER, max_size=3),
)
HISTORY = st.lists(
    st.builds(Acceptance, TEXT, TEXT, TEXT, st.dictionaries(TEXT, NUMBER, max_size=2), TEXT),
    max_size=2,
)
BOUNDS = st.dictionaries(TEXT, NUMBER, max_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUESTIONS, HISTORY, BOUNDS)
def test_what_is_written_is_read_back(
    tmp_path: Path,
    drawn: list[RecordedQuestion],
    history: list[Acceptance],
    bounds: dict[str, float],
) -> None:
    path = tmp_path / "baseline.json"
    ordered = tuple(sorted(drawn, key=lambda question: question.id))
    baseline = Baseline(CONDITIONS, ordered, tuple(history), bounds)
    write_baseline(path, replace(baseline, questions=tuple(drawn)))
    assert read_baseline(path) == baseline
    handed_on = Former(tuple(history), bounds, {each.id: each for each in ordered})
    assert read_former(path) == handed_on


def test_one_question_stands_on_one_line_in_the_order_of_ids() -> None:
    run = record([found("b"), silent("c"), found("a", right=False)])
    lines = encode_baseline(accepted(run, "Premier résultat")).splitlines()
    questions = [json.loads(line.rstrip(",")) for line in lines if '"verdict"' in line]
    assert [each["id"] for each in questions] == ["a", "b", "c"]
    assert lines[lines.index(' "questions": [') + 1].startswith(
        '{"id": "a", "verdict": "wrong"'
    )
    assert "Premier résultat" in "".join(lines)


def test_one_changed_question_changes_one_line() -> None:
    former = Former(bounds=accepted(hundred()).bounds)
    one = encode_baseline(accept(hundred(worse=1), "Raison", former)).splitlines()
    other = encode_baseline(accept(hundred(worse=2), "Raison", former)).splitlines()
    assert len(one) == len(other)
    assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


def test_the_order_of_the_questions_of_a_run_does_not_matter() -> None:
    run = hundred()
    turned = replace(run, questions=run.questions[::-1])
    assert encode_baseline(accepted(run)) == encode_baseline(accepted(turned))


def test_it_is_small() -> None:
    assert len(encode_baseline(accepted(hundred()))) < 100 * 400


def test_writing_replaces_it_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "eval" / "baseline.json"
    write_baseline(path, accepted(hundred(), "Première"))
    write_baseline(path, accept(hundred(worse=2), "Seconde", read_former(path)))
    assert [each.why for each in read_baseline(path).history] == ["Première", "Seconde"]
    assert [each.name for each in path.parent.iterdir()] == ["baseline.json"]


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "baseline.json"
    with pytest.raises(ReportWriteError, match="Impossible d'écrire la référence"):
        write_baseline(path, accepted(hundred()))
    with pytest.raises(ReportWriteError, match="Impossible d'écrire la référence"):
        prepare_baseline(path)


def test_the_place_of_a_baseline_is_prepared(tmp_path: Path) -> None:
    path = tmp_path / "eval" / "baseline.json"
    prepare_baseline(path)
    assert list(path.parent.iterdir()) == []
    assert read_former(path) == Former()
    write_baseline(path, accepted(hundred()))
    before = path.read_bytes()
    prepare_baseline(path)
    assert path.read_bytes() == before
    path.write_text("{")
    with pytest.raises(BaselineError):
        prepare_baseline(path)


def test_what_is_handed_on_outlives_the_format_and_damaged_questions(tmp_path: Path) -> None:
    cases: dict[str, Callable[[dict[str, Any]], object]] = {
        "another version": lambda f: f.update(
            format_version=FORMAT_VERSION + 1, questions=None
        ),
        "an older one": lambda f: f.update(format_version=0, questions={"q00": "juste"}),
        "no metrics": lambda f: f.pop("metrics"),
        "no questions": lambda f: f.pop("questions"),
        "a verdict unknown": lambda f: f["questions"][1].update(verdict="juste"),
        "a question twice": lambda f: f["questions"].append(f["questions"][0]),
        "a value missing": lambda f: f["questions"][1]["values"].pop(),
        "no conditions": lambda f: f.pop("conditions"),
    }
    baseline = accepted(hundred())
    lost = []
    for name, damage in cases.items():
        path = written(tmp_path, damage)
        former = read_former(path)
        prepare_baseline(path)
        if former != Former(baseline.history, baseline.bounds):
            lost.append((name, former.history, former.bounds, len(former.questions)))
    assert lost == []


def test_a_history_made_before_bounds_and_counts_were_noted_is_kept(tmp_path: Path) -> None:
    def older(fields: dict[str, Any]) -> None:
        del fields["bounds"]
        del fields["history"][0]["questions"]

    former = read_former(written(tmp_path, older))
    (acceptance,) = accepted(hundred()).history
    assert former.history == (replace(acceptance, questions=""),)
    assert former.bounds == {}
    assert former.questions.keys() == {each.id for each in hundred().questions}


def test_a_file_whose_history_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    cases: list[tuple[Callable[[dict[str, Any]], object], str]] = [
        (lambda f: f.update(format="sourcier-evaluation"), FORMAT),
        (lambda f: f.pop("format"), "format manque"),
        (lambda f: f.update(format_version="2"), "format_version"),
        (lambda f: f.pop("history"), "history manque"),
        (lambda f: f.update(history={}), "history"),
        (lambda f: f["history"][0].pop("why"), "why manque"),
        (lambda f: f["history"][0].update(figures=[]), "figures n'est pas un objet"),
        (lambda f: f.update(bounds={"noise": "bas"}), "bounds"),
        (lambda f: f.update(bounds={"noise": float("nan")}), "bounds"),
    ]
    untold = []
    for damage, said in cases:
        path = written(tmp_path, damage)
        before = path.read_bytes()
        for reading in (read_former, prepare_baseline):
            with pytest.raises(BaselineError) as caught:
                reading(path)
            message = str(caught.value).replace("\u00a0", " ")
            if not all(
                each in message for each in (said, str(path), "serait perdu", "--baseline")
            ):
                untold.append((said, message))
        if path.read_bytes() != before:
            untold.append((said, "written"))
    assert untold == []


def written(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    fields = json.loads(encode_baseline(accepted(hundred())))
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
        (lambda f: f.update(bounds=[]), "bounds n'est pas un objet"),
        (lambda f: f.update(bounds={"noise": "bas"}), "bounds › noise"),
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
