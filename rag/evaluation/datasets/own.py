"""Our own format: one question a line, with quotes of the documents that answer it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final

from pydantic import Field

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import SEALED, Dataset, Gold, Polarity, Query, Unit
from rag.evaluation.datasets.fields import (
    FilledText,
    Flag,
    Known,
    OptionalText,
    at_least,
    read_fields,
)
from rag.evaluation.datasets.sources import NO_QUESTION, Faults, excerpt, parsed, read_lines
from rag.ingest.discovery import display_path
from rag.text.typography import typeset
from rag.types import Turn

SPLITS: Final = ("dev", "test", SEALED)


class _Gold(Known):
    document: FilledText
    quote: FilledText
    fact: Annotated[int, at_least(1)] = 1


class _Turn(Known):
    question: FilledText
    answer: OptionalText = ""


class _Question(Known):
    id: FilledText
    question: FilledText
    lang: FilledText
    category: FilledText
    answerable: Flag
    gold: list[_Gold]
    short: Any = None
    history: list[_Turn] = Field(default_factory=list)
    split: OptionalText = ""
    polarity: OptionalText = ""


class _Short(Known):
    short: list[FilledText]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    query: Query


def read_own(path: Path, split: str = "") -> Dataset:
    """The questions of a ``.jsonl`` file, or those of one split.

    A line is ``{"id", "question", "lang", "category", "answerable", "gold"}`` with
    ``short``, ``history``, ``polarity`` and ``split`` where they apply; the whole file is
    checked, also when one split of it is asked for. A document answers questions of one
    split only. Sealed questions are put by themselves, so that nothing tells them apart.
    """
    if split not in ("", *SPLITS):
        raise DatasetError(
            typeset(
                f"Partie inconnue : « {excerpt(split)} ». Les parties de {display_path(path)} "
                f"sont {_listed(SPLITS, 'et')}."
            )
        )
    faults = Faults(path)
    digest = hashlib.sha256()
    lines: list[_Line] = []
    for number, data in read_lines(path, digest.update):
        with faults.at(number):
            lines.append(
                _Line(number, _query(read_fields(_Question, parsed(data), "la ligne")))
            )
    _check_ids(lines, faults)
    _check_splits(lines, faults)
    queries = tuple(each.query for each in lines if split in ("", each.query.split))
    if len({each.split == SEALED for each in queries}) > 1:
        faults.add(
            "des questions scellées y sont avec d'autres ; demandez une partie, par exemple "
            f"--split {SEALED}"
        )
    nothing = (
        f"aucune question n'est dans la partie {split} ; donnez-lui des questions "
        f'("split": "{split}") ou demandez le jeu entier'
    )
    faults.settle(queries, nothing if split else NO_QUESTION)
    return Dataset(
        name=path.stem,
        unit=Unit.FACT,
        queries=queries,
        texts=(),
        digest=f"sha256:{digest.hexdigest()}",
    )


def _listed(names: Sequence[str], link: str) -> str:
    return f"{', '.join(names[:-1])} {link} {names[-1]}"


def _query(line: _Question) -> Query:
    gold = tuple(
        Gold(PurePosixPath(each.document).as_posix(), each.quote, each.fact)
        for each in line.gold
    )
    if line.split not in ("", *SPLITS):
        raise DatasetError(
            f"partie inconnue : « {excerpt(line.split)} » ; « split » vaut "
            f"{_listed(SPLITS, 'ou')}"
        )
    return Query(
        id=line.id,
        question=line.question,
        language=line.lang,
        category=line.category,
        gold=gold,
        short=_short(line),
        history=tuple(Turn(each.question, each.answer or None) for each in line.history),
        split=line.split,
        group=gold[0].document if gold else line.id,
        polarity=_polarity(line),
    )


def _polarity(line: _Question) -> Polarity | None:
    if not line.polarity:
        return None
    if line.polarity not in list(Polarity):
        raise DatasetError(
            f"« polarity » vaut « {excerpt(line.polarity)} » ; il y faut "
            f"{' ou '.join(Polarity)}"
        )
    if not line.answerable:
        raise DatasetError("« answerable » est false, mais « polarity » répond ; retirez-la")
    return Polarity(line.polarity)


def _short(line: _Question) -> tuple[str, ...]:
    """The short answers, checked against whether anything answers."""
    if not line.answerable:
        if line.gold:
            raise DatasetError(
                "« answerable » est false, mais « gold » n'est pas vide ; corrigez l'un ou "
                "l'autre"
            )
        if line.short:
            raise DatasetError("« answerable » est false, mais « short » répond ; retirez-le")
        return ()
    if not line.gold:
        raise DatasetError(
            "« answerable » est true, mais « gold » est vide ; citez le passage qui répond"
        )
    if line.short is None:
        return ()
    listed = line.short if isinstance(line.short, list) else [line.short]
    shorts = read_fields(_Short, {"short": listed}, "").short
    facts = len({each.fact for each in line.gold})
    if 1 < facts != len(shorts) > 1:
        raise DatasetError(
            f"« short » donne {len(shorts)} réponses pour {facts} faits ; donnez-en une par "
            "fait"
        )
    return tuple(shorts)


def _check_ids(lines: Sequence[_Line], faults: Faults) -> None:
    first: dict[str, int] = {}
    for line in lines:
        number = first.setdefault(line.query.id, line.number)
        if number != line.number:
            faults.add(
                f"l'identifiant « {excerpt(line.query.id)} » est déjà celui de la ligne "
                f"{number} ; donnez-en un autre",
                line.number,
            )


def _check_splits(lines: Sequence[_Line], faults: Faults) -> None:
    """What was fitted on ``dev`` must not have seen a document of ``test``."""
    first: dict[str, _Line] = {}
    told: set[str] = set()
    for line in lines:
        for document in {each.document for each in line.query.gold if line.query.split}:
            other = first.setdefault(document, line)
            if other.query.split != line.query.split and document not in told:
                told.add(document)
                faults.add(
                    f"« {excerpt(document)} » répond ici à une question de "
                    f"{line.query.split}, et à une question de {other.query.split} ligne "
                    f"{other.number} ; mettez-les dans la même partie",
                    line.number,
                )
