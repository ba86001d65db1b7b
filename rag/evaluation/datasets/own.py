"""Our own format: one question a line, with quotes of the documents that answer it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Unit
from rag.evaluation.datasets.fields import (
    Fields,
    as_count,
    as_list,
    as_object,
    get_flag,
    get_list,
    get_optional_text,
    get_text,
    held,
    only,
)
from rag.evaluation.datasets.sources import Faults, excerpt, parsed, read_lines
from rag.ingest.discovery import display_path
from rag.text.typography import typeset
from rag.types import Turn

SPLITS: Final = ("dev", "test")

_KEYS: Final = (
    "id",
    "question",
    "lang",
    "category",
    "answerable",
    "gold",
    "short",
    "history",
    "split",
)
_GOLD_KEYS: Final = ("document", "quote", "fact")
_TURN_KEYS: Final = ("question", "answer")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    query: Query


def read_own(path: Path, split: str = "") -> Dataset:
    """The questions of a ``.jsonl`` file, or those of one split.

    A line is ``{"id", "question", "lang", "category", "answerable", "gold"}`` with
    ``short``, ``history`` and ``split`` where they apply; the whole file is checked, also
    when one split of it is asked for. A document answers questions of one split only.

    Raises:
        DatasetError: the file cannot be used; up to ten faults are told.
    """
    if split not in ("", *SPLITS):
        raise DatasetError(
            typeset(
                f"Partie inconnue : « {excerpt(split)} ». Les parties de {display_path(path)} "
                f"sont {' et '.join(SPLITS)}."
            )
        )
    faults = Faults(path)
    digest = hashlib.sha256()
    lines: list[_Line] = []
    for number, data in read_lines(path, digest.update):
        with faults.at(number):
            lines.append(_Line(number, _query(as_object(parsed(data), "la ligne"))))
    _check_ids(lines, faults)
    _check_splits(lines, faults)
    queries = tuple(each.query for each in lines if split in ("", each.query.split))
    if not (queries or faults.any):
        faults.add(_nothing(split))
    faults.settle()
    return Dataset(
        name=path.stem,
        unit=Unit.FACT,
        queries=queries,
        texts=(),
        digest=f"sha256:{digest.hexdigest()}",
    )


def _query(fields: Fields) -> Query:
    only(fields, _KEYS)
    identity = get_text(fields, "id")
    question = get_text(fields, "question")
    gold = tuple(map(_gold, get_list(fields, "gold")))
    return Query(
        id=identity,
        question=question,
        language=get_text(fields, "lang"),
        category=get_text(fields, "category"),
        gold=gold,
        short=_short(fields, get_flag(fields, "answerable"), gold),
        history=tuple(map(_turn, as_list(fields.get("history", []), "« history »"))),
        split=_split(fields),
        group=gold[0].document if gold else identity,
    )


def _gold(value: object) -> Gold:
    fields = as_object(value, "chaque élément de « gold »")
    only(fields, _GOLD_KEYS)
    return Gold(
        document=PurePosixPath(get_text(fields, "document")).as_posix(),
        quote=get_text(fields, "quote"),
        fact=as_count(fields.get("fact", 1), "« fact »", 1),
    )


def _turn(value: object) -> Turn:
    fields = as_object(value, "chaque élément de « history »")
    only(fields, _TURN_KEYS)
    return Turn(get_text(fields, "question"), get_optional_text(fields, "answer") or None)


def _short(fields: Fields, answerable: bool, gold: Sequence[Gold]) -> tuple[str, ...]:
    """The short answers, checked against whether anything answers."""
    value = fields.get("short")
    if not answerable:
        if gold:
            raise DatasetError(
                "« answerable » est false, mais « gold » n'est pas vide ; corrigez l'un ou "
                "l'autre"
            )
        if value:
            raise DatasetError("« answerable » est false, mais « short » répond ; retirez-le")
        return ()
    if not gold:
        raise DatasetError(
            "« answerable » est true, mais « gold » est vide ; citez le passage qui répond"
        )
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    shorts = tuple(held(each, "« short »") for each in listed)
    facts = len({each.fact for each in gold})
    if 1 < facts != len(shorts) > 1:
        raise DatasetError(
            f"« short » donne {len(shorts)} réponses pour {facts} faits ; donnez-en une par "
            "fait"
        )
    return shorts


def _split(fields: Fields) -> str:
    split = get_optional_text(fields, "split")
    if split not in ("", *SPLITS):
        raise DatasetError(
            f"partie inconnue : « {excerpt(split)} » ; « split » vaut {' ou '.join(SPLITS)}"
        )
    return split


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


def _nothing(split: str) -> str:
    if split:
        return (
            f"aucune question n'est dans la partie {split} ; donnez-lui des questions "
            f'("split": "{split}") ou demandez le jeu entier'
        )
    return "le fichier ne contient aucune question ; ajoutez-en au moins une"
