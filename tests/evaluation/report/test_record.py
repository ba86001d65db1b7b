import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import BaselineError
from rag.evaluation.records import Conditions, Figure, Summary, Unit
from rag.evaluation.report.record import (
    Record,
    encode_record,
    read_record,
    record_of,
)
from rag.evaluation.report.verdicts import Verdict
from tests.evaluation.drawn import NUMBER, TEXT, questions
from tests.evaluation.report import sample

COUNT = st.integers(0, 10**6)
FIGURES = st.dictionaries(TEXT, st.builds(Figure, NUMBER, NUMBER, NUMBER, COUNT), max_size=3)
CONDITIONS = st.builds(
    Conditions,
    dataset=TEXT,
    digest=TEXT,
    split=TEXT,
    unit=st.sampled_from(Unit),
    threshold=NUMBER,
    version=TEXT,
    model=TEXT,
    index=TEXT,
    created=TEXT,
    documents=COUNT,
    passages=COUNT,
)
RECORD = st.builds(
    Record,
    CONDITIONS,
    st.builds(Summary, FIGURES, st.dictionaries(TEXT, FIGURES, max_size=2)),
    questions(TEXT, st.dictionaries(TEXT, NUMBER, max_size=3)).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORD)
def test_what_is_written_is_read_back(tmp_path: Path, record: Record) -> None:
    path = tmp_path / "run.json"
    path.write_text(encode_record(record), encoding="utf-8")
    assert read_record(path) == record


def test_a_run_is_kept_question_by_question() -> None:
    run = sample.run()
    record = record_of(run, sample.summary())
    kept = {question.id: question for question in record.questions}
    assert list(kept) == [f"q{number}" for number in range(1, 10)]
    assert (kept["q2"].answered, kept["q2"].right, kept["q2"].confidence) == (True, False, 0.8)
    assert kept["q2"].verdict is Verdict.WRONG
    assert kept["q2"].answer == "ouvre le 3 mars [1]"
    assert kept["q1"].values["right_answered"] == 1.0
    assert kept["q7"].confidence is None
    assert kept["q7"].answer == ""
    assert record.summary.overall["answered"].count == 9
    (place,) = kept["q1"].places
    text = next(each for each in run.texts.values() if each.version == place.version).text
    assert "3 mars" in text[place.start : place.end]
    assert kept["q4"].places == ()


def test_a_record_made_before_places_were_kept_is_read(tmp_path: Path) -> None:
    def drop(fields: dict[str, Any]) -> None:
        for question in fields["questions"]:
            del question["places"]

    read = read_record(written(tmp_path, drop))
    assert all(question.places == () for question in read.questions)


def test_a_question_stands_on_a_line_of_its_own() -> None:
    run = sample.run()
    lines = encode_record(record_of(run, sample.summary())).splitlines()
    assert [json.loads(line.rstrip(","))["id"] for line in lines if '"verdict"' in line] == [
        f"q{number}" for number in range(1, 10)
    ]


def test_what_is_not_finite_is_left_out() -> None:
    outcome = replace(
        sample.outcome(sample.asked("q"), math.nan, True, True),
        values={"a": math.nan, "b": math.inf, "c": 0.12345678},
    )
    run = replace(sample.run(), outcomes=(outcome,))
    figures = {"x": Figure(math.nan, 0, 1, 3), "y": Figure(0.5, 0, 1, 3)}
    record = record_of(run, Summary(figures, {"full": figures}))
    assert record.questions[0].values == {"c": 0.123457}
    assert record.questions[0].confidence is None
    assert set(record.summary.overall) == set(record.summary.categories["full"]) == {"y"}


def written(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    run = sample.run()
    fields = json.loads(encode_record(record_of(run, sample.summary())))
    change(fields)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.pop("conditions"), "le document › conditions manque"),
        (lambda f: f.update(format="autre"), "sourcier-evaluation"),
        (lambda f: f.update(format_version=2), "au format 2"),
        (lambda f: f.update(format_version=True), "nombre entier"),
        (lambda f: f.update(questions={}), "questions devrait être une liste"),
        (lambda f: f["questions"].append(3), "élément 10, n'est pas un objet"),
        (lambda f: f["questions"].append(f["questions"][0]), "q1 y est deux fois"),
        (lambda f: f["questions"][1].pop("right"), "élément 2, › right manque"),
        (lambda f: f["questions"][1].update(right=1), "true ou false"),
        (lambda f: f["questions"][1].update(answer=None), "answer devrait être un texte"),
        (lambda f: f["questions"][1].update(verdict="juste"), "l'une des valeurs right"),
        (lambda f: f["questions"][1].update(confidence="haute"), "un nombre"),
        (lambda f: f["questions"][1].update(values={"a": 10**400}), "un nombre fini"),
        (lambda f: f["questions"][1].update(values={"a": math.nan}), "un nombre fini"),
        (lambda f: f["questions"][1].update(values={"a": True}), "un nombre"),
        (lambda f: f["conditions"].update(documents=-1), "positif"),
        (lambda f: f["summary"]["overall"].update(x={"value": 1}), "x › low manque"),
    ],
)
def test_a_fault_says_where_it_lies(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    path = written(tmp_path, change)
    with pytest.raises(BaselineError) as caught:
        read_record(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"null", b"{", b"[" * 100_000, b'{"format": ' + b"9" * 5000 + b"}"],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(BaselineError):
        read_record(path)


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="n'existe pas"):
        read_record(tmp_path / "run.json")
    with pytest.raises(BaselineError, match="ne peut pas être lu"):
        read_record(tmp_path)
