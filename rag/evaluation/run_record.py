"""A run on paper: what is kept of it, to compare with it and to gate on it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import TypeAdapter

from rag.errors import BaselineError
from rag.evaluation.datasets.dataset import fingerprint
from rag.evaluation.french import shortened
from rag.evaluation.json_files import Fault, format_version, load_json, read
from rag.evaluation.metrics.definitions import METRICS, Metric
from rag.evaluation.metrics.set_measures import SET_MEASURES, Column, table_of
from rag.evaluation.runs import (
    Conditions,
    Count,
    Figure,
    Flag,
    Number,
    Outcome,
    Run,
    Summary,
    Values,
    Verdict,
)
from rag.evaluation.statistics import RESAMPLES, Interval, bootstrap_means, bootstrap_statistic
from rag.types import Document

FORMAT: Final = "sourcier-evaluation"
FORMAT_VERSION: Final = 1
_MOST_MIB: Final = 256
_AGAIN: Final = "sourcier eval JEU … --report DOSSIER"
_ANSWER: Final = 300
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class RecordedPlace:
    """Where an answer stands: characters of the text of this version, in whichever index."""

    version: str
    start: Count
    end: Count


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """What is kept of one question.

    ``fingerprint`` changes with what is asked or expected (`rag.evaluation.datasets.dataset`).
    ``confidence`` is None where the question could not be put. ``answer`` is the beginning
    of the answer composed, given or not. ``values`` are finite. ``places`` are where the
    documents answer it; none in a record made before they were kept.
    """

    id: str
    fingerprint: str
    question: str
    category: str
    answerable: Flag
    answered: Flag
    right: Flag
    verdict: Verdict
    confidence: Number | None
    answer: str
    values: Values
    places: tuple[RecordedPlace, ...] = ()

    @property
    def composed_right(self) -> bool:
        """Whether the answer composed is right; never where nothing answers the question."""
        return self.answerable and self.right


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a run: its conditions, its figures, and each question in order."""

    conditions: Conditions
    summary: Summary
    questions: tuple[RecordedQuestion, ...]


_RECORD: Final = TypeAdapter(Record)


def record_of(run: Run, summary: Summary) -> Record:
    """What is kept of a run; numbers to six decimals, those that are not finite left out.

    Of a sealed one, no text: what each question is worth is kept to be compared with.
    """
    recorded = (_recorded(outcome, run.texts) for outcome in run.outcomes)
    if run.conditions.sealed:
        recorded = (replace(each, question="", answer="", places=()) for each in recorded)
    return Record(
        run.conditions,
        Summary(
            _finite_figures(summary.overall),
            {name: _finite_figures(each) for name, each in summary.categories.items()},
        ),
        tuple(recorded),
    )


def encode_record(record: Record) -> str:
    """A JSON document in ASCII, one question a line so that two runs differ by lines."""
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "conditions": asdict(record.conditions),
        "summary": asdict(record.summary),
    }
    questions = ",\n".join(json.dumps(asdict(each)) for each in record.questions)
    opening = json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}")
    return f'{opening},\n "questions": [\n{questions}\n]}}\n'


def read_record(path: Path) -> Record:
    """Read what `encode_record` wrote, 256 MiB at most; `BaselineError` where it cannot be."""
    loaded = load_json(
        path,
        _MOST_MIB,
        missing=f"Le résultat d'évaluation {path} n'existe pas. Vérifiez le chemin, ou "
        f"créez-le : {_AGAIN}.",
        remedy=f"donnez le run.json d'un rapport ; pour en refaire un : {_AGAIN}",
    )
    try:
        version = format_version(loaded, FORMAT)
        if version == FORMAT_VERSION:
            record = read(_RECORD, loaded)
            check_ids(record.questions)
            return record
    except Fault as fault:
        raise BaselineError(
            f"{path} n'est pas le résultat d'une évaluation\u00a0: {fault}. Donnez le run.json "
            f"d'un rapport\u00a0; pour en refaire un\u00a0: {_AGAIN}."
        ) from fault
    raise BaselineError(
        f"{path} est au format {version}\u00a0; cette version de Sourcier lit le format "
        f"{FORMAT_VERSION}. Refaites l'évaluation avec elle\u00a0: {_AGAIN}."
    )


def check_ids(questions: Iterable[RecordedQuestion]) -> None:
    """See that no question is there twice; a `Fault` where one is."""
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise Fault(f"la question {question.id} y est deux fois")
        seen.add(question.id)


def _recorded(outcome: Outcome, texts: Mapping[str, Document]) -> RecordedQuestion:
    examination, confidence = outcome.examination, outcome.confidence
    answer = "" if examination is None else examination.answer.text
    return RecordedQuestion(
        id=outcome.query.id,
        fingerprint=fingerprint(outcome.query),
        question=outcome.query.question,
        category=outcome.category,
        answerable=outcome.query.answerable,
        answered=outcome.answered,
        right=outcome.right,
        verdict=outcome.verdict,
        confidence=None
        if confidence is None or not math.isfinite(confidence)
        else round(float(confidence), _DIGITS),
        answer=shortened(" ".join(answer.split()), _ANSWER),
        values={
            name: round(float(value), _DIGITS)
            for name, value in outcome.values.items()
            if math.isfinite(value)
        },
        places=tuple(
            RecordedPlace(texts[place.document_id].version, place.span.start, place.span.end)
            for place in outcome.places
            if place.document_id in texts
        ),
    )


def _finite_figures(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    return {
        name: Figure(
            round(float(figure.value), _DIGITS),
            round(float(figure.low), _DIGITS),
            round(float(figure.high), _DIGITS),
            int(figure.count),
        )
        for name, figure in figures.items()
        if all(map(math.isfinite, (figure.value, figure.low, figure.high)))
    }


def summarise(outcomes: Sequence[Outcome], resamples: int = RESAMPLES) -> Summary:
    """All figures of a run whose outcomes have their values.

    Metrics stand in the order of `METRICS`, categories in alphabetical order. A metric that
    applies to no question is not there; a category has those that tell something of one
    category alone. ``count`` is the number of questions that a figure is over, ``resamples``
    how many times the bootstrap draws the questions.
    """
    names = sorted({outcome.category for outcome in outcomes})
    apart = [metric for metric in METRICS if metric.by_category]
    return Summary(
        overall=_measured_figures(outcomes, METRICS, resamples),
        categories={
            name: _measured_figures(
                [outcome for outcome in outcomes if outcome.category == name], apart, resamples
            )
            for name in names
        },
    )


def _measured_figures(
    outcomes: Sequence[Outcome], metrics: Sequence[Metric], resamples: int
) -> Mapping[str, Figure]:
    if not outcomes:
        return {}
    single = [metric.name for metric in metrics if metric.name not in SET_MEASURES]
    found = _means(outcomes, single, resamples)
    # A bootstrap replays the order of the rows; sorted, each measure's own sort is quick.
    table = table_of(outcomes)
    table = table[np.argsort(-table[:, Column.CONFIDENCE], kind="stable")]
    for name in [metric.name for metric in metrics if metric.name in SET_MEASURES]:
        measure = SET_MEASURES[name]
        interval = bootstrap_statistic(table, measure)
        if interval is not None:
            found[name] = _figure(interval, measure.count(table))
    return {metric.name: found[metric.name] for metric in metrics if metric.name in found}


def _means(
    outcomes: Sequence[Outcome], names: Sequence[str], resamples: int
) -> dict[str, Figure]:
    values = np.array(
        [[outcome.values.get(name, np.nan) for name in names] for outcome in outcomes],
        dtype=np.float64,
    )
    counts = (~np.isnan(values)).sum(axis=0)
    intervals = bootstrap_means(values, resamples=resamples)
    return {
        name: _figure(interval, int(count))
        for name, interval, count in zip(names, intervals, counts, strict=True)
        if interval is not None
    }


def _figure(interval: Interval, count: int) -> Figure:
    return Figure(interval.value, interval.low, interval.high, count)
