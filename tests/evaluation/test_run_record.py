import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import BaselineError
from rag.evaluation.datasets.dataset import Polarity, Unit
from rag.evaluation.metrics.definitions import METRIC, METRICS
from rag.evaluation.metrics.question_measures import measured
from rag.evaluation.run_comparison import compare
from rag.evaluation.run_record import (
    Record,
    encode_record,
    read_record,
    record_of,
    summarise,
)
from rag.evaluation.runs import Conditions, Extent, Figure, Outcome, Summary, Verdict
from tests.evaluation.drawn import NUMBER, TEXT, questions
from tests.evaluation.metrics.made import (
    DATE,
    answer,
    citation,
    hit,
    outcome,
    place,
    query,
    read,
)
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
    assert kept["q1"].values["given_right"] == 1.0
    assert kept["q7"].confidence is None
    assert kept["q7"].answer == ""
    assert record.summary.overall["answered"].count == 9
    (place,) = kept["q1"].places
    text = next(each for each in run.texts.values() if each.version == place.version).text
    assert "3 mars" in text[place.start : place.end]
    assert kept["q4"].places == ()


def test_of_a_sealed_run_what_each_question_is_worth_is_kept_and_no_text() -> None:
    plain = record_of(sample.run(), sample.summary())
    sealed = record_of(sample.sealed(), sample.summary())
    assert sealed.questions == tuple(
        replace(each, question="", answer="", places=()) for each in plain.questions
    )
    assert sealed.summary == plain.summary
    # It can be compared with, by the questions' own ids and what was asked.
    assert compare(sealed, plain).changed == ()


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


def test_a_fault_says_where_it_lies(tmp_path: Path) -> None:
    cases: list[tuple[Callable[[dict[str, Any]], object], str]] = [
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
    ]
    untold = []
    for change, said in cases:
        path = written(tmp_path, change)
        with pytest.raises(BaselineError) as caught:
            read_record(path)
        message = str(caught.value)
        if said not in message or str(path) not in message:
            untold.append((said, message))
    assert untold == []


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for content in [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"format": ' + b"9" * 5000 + b"}",
    ]:
        path.write_bytes(content)
        with pytest.raises(BaselineError):
            read_record(path)


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="n'existe pas"):
        read_record(tmp_path / "run.json")
    with pytest.raises(BaselineError, match="ne peut pas être lu"):
        read_record(tmp_path)


def found(name: str, category: str, confidence: float, *, right: bool) -> Outcome:
    cited = citation(0, 25) if right else citation(46, 50)
    return outcome(
        query(name, short=("3 mars",), category=category, polarity=Polarity.YES),
        (place(DATE),),
        answer([cited], (hit(1, cited.start, cited.end),), confidence=confidence),
        (Extent("a", cited.start, cited.end),),
        ranking=["r" if right else "x"],
        relevant={"r": 1},
        answered=confidence >= 0.5,
        right=right,
    )


RUN = measured(
    [
        found("q1", "table", 0.9, right=True),
        found("q2", "table", 0.8, right=False),
        found("q3", "full", 0.7, right=True),
        outcome(query("q4", facts=(), category="near"), composed=answer(confidence=0.1)),
    ],
    read,
)
SUMMARY = summarise(RUN, resamples=200)


def test_figures_of_the_whole_set_by_hand() -> None:
    expected = {
        "mrr@10": (2 / 3, 3),
        "citation_recall": (2 / 3, 3),
        "quote_fidelity": (1.0, 3),
        "answered": (3 / 4, 4),
        "given_right": (2 / 3, 3),
        "given_wrong": (1 / 3, 3),
        "invented": (0.0, 1),
        "clean_right": (2 / 3, 3),
        "noise": (1 / 3, 3),
        "polarity": (2 / 3, 3),
        "utility@2": ((1 - 2 + 1 + 0) / 4, 4),
        "risk": (1 / 3, 3),
        "auroc_answerable": (1.0, 4),
        "brier": ((0.1**2 + 0.8**2 + 0.3**2 + 0.1**2) / 4, 4),
        "latency_p50": (20.0, 4),
    }
    figures = {name: SUMMARY.overall[name] for name in expected}
    assert {name: (each.value, each.count) for name, each in figures.items()} == {
        name: (pytest.approx(value), count) for name, (value, count) in expected.items()
    }


def test_figures_of_a_category_by_hand() -> None:
    assert list(SUMMARY.categories) == ["full", "near", "table"]
    table = SUMMARY.categories["table"]
    assert (table["right"].value, table["right"].count) == (0.5, 2)
    assert table["auroc_right"].value == 1.0
    assert "mrr@10" not in SUMMARY.categories["near"]
    assert SUMMARY.categories["near"]["answered"].value == 0.0


def test_what_tells_nothing_of_one_category_is_not_there() -> None:
    for figures in SUMMARY.categories.values():
        assert all(METRIC[name].by_category for name in figures)
    assert {"aurc", "ece", "auroc_answerable"} <= set(SUMMARY.overall)


def test_metrics_stand_in_their_order() -> None:
    order = [metric.name for metric in METRICS]
    figures: Mapping[str, object]
    for figures in (SUMMARY.overall, *SUMMARY.categories.values()):
        assert list(figures) == [name for name in order if name in figures]
    assert list(SUMMARY.overall) == order


def test_values_lie_in_their_intervals() -> None:
    for name, figure in SUMMARY.overall.items():
        assert figure.low <= figure.high, name
    sure = SUMMARY.overall["quote_fidelity"]
    assert (sure.low, sure.high) == (1.0, 1.0)


def test_figures_repeat() -> None:
    assert summarise(RUN, resamples=200) == SUMMARY


def test_an_empty_run_has_no_figures() -> None:
    assert summarise([]).overall == {}
    assert summarise([]).categories == {}


def test_a_run_in_which_nothing_was_put_is_summed_up() -> None:
    lost = measured([outcome(query("q", short=("x",)), relevant={"r": 1}, put=False)], read)
    figures = summarise(lost, resamples=20).overall
    assert figures["mrr@10"].value == figures["given_right"].value == 0.0
    assert not {"latency_p50", "quote_fidelity", "risk"} & set(figures)
