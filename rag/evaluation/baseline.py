"""The accepted run: what later ones are judged by, why it was accepted, and its file."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from rag.errors import BaselineError
from rag.evaluation.json_files import Fault, format_version, load_json, read
from rag.evaluation.metrics.definitions import METRICS
from rag.evaluation.run_comparison import ACCEPT
from rag.evaluation.run_record import Record, RecordedQuestion, check_ids
from rag.evaluation.runs import Conditions, Number, Values
from rag.storage.disk_errors import report_errors
from rag.storage.files import prepare_folder, write_whole
from rag.text.typography import typeset

MAIN: Final = (
    "recall@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "sentence_hit@1",
    "sentence_hit@3",
    "right",
    "contains_short",
    "quote_fidelity",
    "auroc_answerable",
    "coverage@risk5",
)
"""The figures that the history keeps of each acceptance."""

_DIGITS: Final = 4
_LONGEST_WHY: Final = 2000
FORMAT: Final = "sourcier-baseline"
FORMAT_VERSION: Final = 1
_MOST_MIB: Final = 64
_LONE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """When a run was accepted (ISO 8601), by which version, why, and what it reached.

    ``figures`` are those of `MAIN` that apply, to four decimals.
    """

    date: str
    version: str
    why: str
    figures: Values


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted run, whose questions carry no ``answer``; acceptances, oldest first."""

    conditions: Conditions
    questions: tuple[RecordedQuestion, ...]
    history: tuple[Acceptance, ...]


@dataclass(frozen=True, slots=True)
class _ListedQuestion:
    id: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """What tells the values of a baseline's file: named once, listed for each question."""

    metrics: tuple[str, ...]
    questions: tuple[_ListedQuestion, ...]


_BASELINE: Final = TypeAdapter(Baseline)
_LISTED: Final = TypeAdapter(_Listed)
_OBJECT: Final = TypeAdapter(dict[str, Any])


def checked_why(why: str) -> str:
    """A reason as it is written down: one line, white space folded, 2000 characters at most."""
    told = " ".join(why.split())
    if not any(map(str.isalnum, told)):
        raise BaselineError(
            typeset(
                "La raison est vide : dites pourquoi ce résultat devient la référence, par "
                'exemple --accept "Nouveau découpage des tableaux".'
            )
        )
    if len(told) > _LONGEST_WHY:
        raise BaselineError(
            typeset(
                f"La raison a {len(told)} caractères ; résumez-la en {_LONGEST_WHY} au plus."
            )
        )
    return told


def accept(record: Record, why: str, previous: Baseline | None = None) -> Baseline:
    """Make a run the accepted one; the history of the one it takes the place of is kept."""
    figures = record.summary.overall
    acceptance = Acceptance(
        date=record.conditions.created,
        version=record.conditions.version,
        why=checked_why(why),
        figures={name: round(figures[name].value, _DIGITS) for name in MAIN if name in figures},
    )
    return Baseline(
        record.conditions,
        tuple(replace(each, answer="") for each in record.questions),
        (*(previous.history if previous else ()), acceptance),
    )


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
    }
    opening = _json(head, indent=1).removesuffix("\n}")
    lines = ",\n".join(_json(_line(question, names)) for question in questions)
    return f'{opening},\n "metrics": {_json(names)},\n "questions": [\n{lines}\n]}}\n'


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write it under a temporary name, then give it its own; folders are created."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_baseline(baseline))


def prepare_baseline(path: Path) -> Baseline | None:
    """The baseline that is to be replaced, if any, and a place to write: before long work."""
    with _writing(path):
        prepare_folder(path.parent)
        there = path.exists()
    return read_baseline(path) if there else None


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote, 64 MiB at most."""
    loaded = load_json(
        path,
        _MOST_MIB,
        missing=f"La référence {path} n'existe pas. Créez-la à partir d'un résultat que vous "
        f"acceptez : {ACCEPT} ; ou nommez-en une autre avec --baseline FICHIER.",
        remedy="rétablissez sa dernière version, ou supprimez-le et refaites la référence : "
        f"{ACCEPT}",
    )
    try:
        version = format_version(loaded, FORMAT)
        if version == FORMAT_VERSION:
            return _baseline(loaded)
    except Fault as fault:
        raise BaselineError(
            typeset(
                f"{path} n'est pas une référence : {fault}. Rétablissez sa dernière version, "
                f"ou supprimez-la et refaites-la : {ACCEPT}."
            )
        ) from fault
    raise BaselineError(
        typeset(
            f"{path} est au format {version} ; cette version de Sourcier lit le format "
            f"{FORMAT_VERSION}. Supprimez-le et refaites la référence : {ACCEPT}."
        )
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
