"""The accepted run, what it hands on to the next, and its file."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from rag.errors import BaselineError
from rag.evaluation.json_files import Fault, format_version, load_json, read
from rag.evaluation.metrics.definitions import METRICS
from rag.evaluation.run_comparison import ACCEPT
from rag.evaluation.run_record import RecordedQuestion, check_ids
from rag.evaluation.runs import Conditions, Number, Values
from rag.storage.disk_errors import report_errors
from rag.storage.files import prepare_folder, write_whole
from rag.text.typography import typeset

FORMAT: Final = "sourcier-baseline"
FORMAT_VERSION: Final = 1
_MOST_MIB: Final = 64
_LONE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """When a run was accepted (ISO 8601), by which version, why, and what it reached.

    ``figures`` are those of `rag.evaluation.acceptance.MAIN` that apply, to four decimals.
    ``questions`` says which were asked, and how many; "" in an acceptance made before it
    was noted.
    """

    date: str
    version: str
    why: str
    figures: Values
    questions: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted run, whose questions carry no ``answer``; acceptances, oldest first.

    ``bounds`` are those of `rag.evaluation.bounds`, by name.
    """

    conditions: Conditions
    questions: tuple[RecordedQuestion, ...]
    history: tuple[Acceptance, ...]
    bounds: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Former:
    """What a baseline to be replaced hands on.

    Its ``history`` and ``bounds`` are handed on whatever else became of it; ``questions``,
    by id, are empty where this version cannot read them.
    """

    history: tuple[Acceptance, ...] = ()
    bounds: Values = field(default_factory=dict)
    questions: Mapping[str, RecordedQuestion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _ListedQuestion:
    id: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """What tells the values of a baseline's file: named once, listed for each question."""

    metrics: tuple[str, ...]
    questions: tuple[_ListedQuestion, ...]


@dataclass(frozen=True, slots=True)
class _HandedOn:
    """What every format of the file holds, in the same words."""

    history: tuple[Acceptance, ...]
    bounds: Values = field(default_factory=dict)


_BASELINE: Final = TypeAdapter(Baseline)
_HANDED_ON: Final = TypeAdapter(_HandedOn)
_LISTED: Final = TypeAdapter(_Listed)
_OBJECT: Final = TypeAdapter(dict[str, Any])


def encode_baseline(baseline: Baseline) -> str:
    """The JSON document, questions in the order of their ids, one a line.

    Numbers are those of the run's own record (six decimals): a run equals its baseline.
    """
    questions = sorted(baseline.questions, key=lambda question: question.id)
    names = _names(questions)
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "conditions": asdict(baseline.conditions),
        "history": [asdict(each) for each in baseline.history],
        "bounds": dict(baseline.bounds),
    }
    opening = _json(head, indent=1).removesuffix("\n}")
    lines = ",\n".join(_json(_line(question, names)) for question in questions)
    return f'{opening},\n "metrics": {_json(names)},\n "questions": [\n{lines}\n]}}\n'


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write it under a temporary name, then give it its own; folders are created."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_baseline(baseline))


def prepare_baseline(path: Path) -> None:
    """See that the file can be written, and what is there handed on: before long work."""
    with _writing(path):
        prepare_folder(path.parent)
    read_former(path)


def read_former(path: Path) -> Former:
    """What a baseline to be replaced hands on; nothing where there is no file.

    Raises:
        BaselineError: the file is there, and its history cannot be read; replaced, it would
            be lost.
    """
    with _writing(path):
        there = path.exists()
    if not there:
        return Former()
    loaded = _load(path)
    try:
        format_version(loaded, FORMAT)
        handed_on = read(_HANDED_ON, loaded)
    except Fault as fault:
        raise BaselineError(
            typeset(
                f"L'historique de {path} est illisible, et serait perdu : {fault}. Rétablissez "
                "la dernière version du fichier, ou nommez-en un autre avec --baseline."
            )
        ) from fault
    try:
        questions = _baseline(loaded).questions
    except Fault:
        # Of another format, or damaged: only what is judged by it is lost, by being replaced.
        questions = ()
    return Former(handed_on.history, handed_on.bounds, {each.id: each for each in questions})


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote, 64 MiB at most."""
    loaded = _load(path)
    try:
        version = format_version(loaded, FORMAT)
        if version == FORMAT_VERSION:
            return _baseline(loaded)
    except Fault as fault:
        raise BaselineError(
            typeset(
                f"{path} n'est pas une référence : {fault}. Rétablissez sa dernière version, "
                f"ou refaites-la : {ACCEPT}."
            )
        ) from fault
    raise BaselineError(
        typeset(
            f"{path} est au format {version} ; cette version de Sourcier lit le format "
            f"{FORMAT_VERSION}. Refaites la référence, son historique est gardé : {ACCEPT}."
        )
    )


def _load(path: Path) -> object:
    return load_json(
        path,
        _MOST_MIB,
        missing=f"La référence {path} n'existe pas. Créez-la à partir d'un résultat que vous "
        f"acceptez : {ACCEPT} ; ou nommez-en une autre avec --baseline FICHIER.",
        remedy="rétablissez sa dernière version, ou nommez-en une autre avec --baseline",
    )


def _baseline(loaded: object) -> Baseline:
    """A baseline of which each question's values are a list in the order of the metrics."""
    document, listed = read(_OBJECT, loaded), read(_LISTED, loaded)
    for question in listed.questions:
        if len(question.values) != len(listed.metrics):
            raise Fault(f"la question {question.id} n'a pas une valeur par mesure")
    named = [
        {
            **fields,
            "answer": "",
            "values": {
                name: value
                for name, value in zip(listed.metrics, question.values, strict=True)
                if value is not None
            },
        }
        for fields, question in zip(document["questions"], listed.questions, strict=True)
    ]
    baseline = read(_BASELINE, {**document, "questions": named})
    check_ids(baseline.questions)
    return baseline


def _line(question: RecordedQuestion, names: Sequence[str]) -> Mapping[str, object]:
    return {
        "id": question.id,
        "verdict": question.verdict.value,
        "confidence": question.confidence,
        "category": question.category,
        "question": question.question,
        "answerable": question.answerable,
        "answered": question.answered,
        "right": question.right,
        "fingerprint": question.fingerprint,
        "values": [_short(question.values.get(name)) for name in names],
    }


def _names(questions: Sequence[RecordedQuestion]) -> list[str]:
    """The metrics that some question has, in the order of `METRICS`, others after them."""
    there = {name for question in questions for name in question.values}
    known = [metric.name for metric in METRICS if metric.name in there]
    return known + sorted(there.difference(known))


def _short(value: float | None) -> float | None:
    return int(value) if value is not None and value.is_integer() else value


def _json(value: object, indent: int | None = None) -> str:
    """JSON that a person can read; only what UTF-8 cannot hold is escaped."""
    encoded = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _LONE.sub(lambda match: f"\\u{ord(match.group()):04x}", encoded)


def _writing(path: Path) -> AbstractContextManager[None]:
    return report_errors(f"la référence {path}", "nommez un autre fichier avec --baseline")
