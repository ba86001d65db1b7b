"""BEIR folders: a corpus, queries, and judgements of which documents are relevant.

Thakur et al., 2021 (2104.08663): ``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv``.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Text, Unit
from rag.evaluation.datasets.fields import (
    FilledText,
    Identity,
    OptionalText,
    clean,
    read_fields,
)
from rag.evaluation.datasets.sources import (
    Faults,
    Seen,
    check_new,
    common_language,
    decoded,
    excerpt,
    parsed,
    read_lines,
)
from rag.ingest.discovery import display_path
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset

CATEGORY: Final = "question"
CORPUS: Final = "corpus.jsonl"
QUERIES: Final = "queries.jsonl"
QRELS: Final = "qrels"

_HEADER: Final = ("query-id", "corpus-id", "score")
_GRADE: Final = re.compile(r"[0-9]{1,9}\Z")
_DEFAULT: Final = "test"


class _Identified(BaseModel):
    id: Identity = Field(alias="_id")


class _Question(BaseModel):
    text: FilledText


class _Document(_Identified):
    title: OptionalText = ""
    text: OptionalText


@dataclass(frozen=True, slots=True)
class _Judgement:
    line: int
    query: str
    document: str
    grade: int


def is_beir(folder: Path) -> bool:
    """Whether a folder holds what BEIR's do, in part at least."""
    return any((folder / name).exists() for name in (CORPUS, QUERIES, QRELS))


def read_beir(folder: Path, split: str = "") -> Dataset:
    """The documents, and the questions that the judgements of one split are of.

    ``split`` is the stem of a file of ``qrels/``; "" takes ``test``, or the only one.
    Documents of grade 0 are not relevant: a question that has no others is one that
    nothing answers. The smallest file is read first, so that most faults are told before
    the corpus is read.
    """
    qrels = _qrels_file(folder, split)
    digest = hashlib.sha256()
    judgements = _read_judgements(qrels, digest.update)
    questions = _read_questions(folder / QUERIES, digest.update)
    faults = Faults(qrels)
    for each in judgements:
        if each.query not in questions:
            faults.add(_unknown("question inconnue", each.query, f"la à {QUERIES}"), each.line)
    faults.settle()
    texts = _read_corpus(folder / CORPUS, digest.update)
    for each in judgements:
        if each.document not in texts:
            faults.add(_unknown("document inconnu", each.document, f"le à {CORPUS}"), each.line)
    faults.settle()
    return Dataset(
        name=folder.absolute().name,
        unit=Unit.DOCUMENT,
        queries=_queries(judgements, questions, qrels.stem),
        texts=tuple(texts.values()),
        digest=f"sha256:{digest.hexdigest()}",
    )


def _qrels_file(folder: Path, split: str) -> Path:
    try:
        files = {each.stem: each for each in sorted((folder / QRELS).glob("*.tsv"))}
    except OSError as error:
        raise _unusable(folder, f"{QRELS}/ ne peut pas être lu ({refusal(error)})") from error
    if not files:
        raise _unusable(folder, f"aucun fichier .tsv dans {QRELS}/ ; ajoutez les jugements")
    wanted = split or (_DEFAULT if _DEFAULT in files else "")
    if not wanted and len(files) == 1:
        return next(iter(files.values()))
    if wanted in files:
        return files[wanted]
    known = ", ".join(display_path(stem) for stem in files)
    if wanted:
        raise _unusable(
            folder, f"partie inconnue : « {excerpt(wanted)} » ; les parties sont {known}"
        )
    raise _unusable(folder, f"plusieurs parties : {known} ; dites laquelle avec --split")


def _read_judgements(path: Path, seen: Seen) -> Sequence[_Judgement]:
    faults = Faults(path)
    grades: dict[tuple[str, str], _Judgement] = {}
    headed = False
    for number, data in read_lines(path, seen):
        with faults.at(number):
            cells = tuple(clean(cell).strip() for cell in decoded(data).split("\t"))
            if not headed:
                headed = True
                _check_header(cells)
                continue
            found = _judgement(number, cells)
            known = grades.setdefault((found.query, found.document), found)
            if known.grade != found.grade:
                raise DatasetError(
                    f"ce couple a déjà la note {known.grade} ligne {known.line} ; n'en "
                    "gardez qu'une"
                )
    faults.settle(grades, "le fichier ne contient aucun jugement ; ajoutez-en au moins un")
    return tuple(grades.values())


def _check_header(cells: tuple[str, ...]) -> None:
    if tuple(cell.lower().replace("_", "-") for cell in cells) != _HEADER:
        raise DatasetError(
            "l'en-tête manque ; la première ligne doit être « "
            + " ⇥ ".join(_HEADER)
            + " », séparés par des tabulations"
        )


def _judgement(number: int, cells: tuple[str, ...]) -> _Judgement:
    if len(cells) != len(_HEADER):
        raise DatasetError(
            f"il faut {len(_HEADER)} colonnes séparées par des tabulations, pas {len(cells)}"
        )
    query, document, grade = cells
    if not query or not document:
        raise DatasetError("un identifiant est vide ; remplissez-le ou retirez la ligne")
    if not _GRADE.match(grade):
        raise DatasetError(
            f"la note « {excerpt(grade)} » n'est pas un entier positif ou nul ; corrigez-la"
        )
    return _Judgement(number, query, document, int(grade))


def _read_questions(path: Path, seen: Seen) -> Mapping[str, str]:
    faults = Faults(path)
    questions: dict[str, str] = {}
    for number, data in read_lines(path, seen):
        with faults.at(number):
            line = parsed(data)
            identity = read_fields(_Identified, line, "la ligne").id.strip()
            check_new(identity, questions)
            questions[identity] = ""
            questions[identity] = read_fields(_Question, line, "la ligne").text
    faults.settle(questions)
    return questions


def _read_corpus(path: Path, seen: Seen) -> Mapping[str, Text]:
    faults = Faults(path)
    texts: dict[str, Text] = {}
    for number, data in read_lines(path, seen):
        with faults.at(number):
            document = read_fields(_Document, parsed(data), "la ligne")
            identity = document.id.strip()
            check_new(identity, texts)
            texts[identity] = Text(identity, document.title.strip(), document.text)
    faults.settle(texts, "le fichier ne contient aucun document ; ajoutez-en au moins un")
    return texts


def _unknown(what: str, identity: str, where: str) -> str:
    return f"{what} : « {excerpt(identity)} » ; ajoutez-{where} ou retirez la ligne"


def _queries(
    judgements: Sequence[_Judgement], questions: Mapping[str, str], split: str
) -> tuple[Query, ...]:
    golds: dict[str, list[Gold]] = {each.query: [] for each in judgements}
    for each in judgements:
        if each.grade > 0:
            golds[each.query].append(Gold(each.document, None, grade=each.grade))
    asked = {identity: text for identity, text in questions.items() if identity in golds}
    language = common_language(list(asked.values()))
    return tuple(
        Query(
            id=identity,
            question=question,
            language=language,
            category=CATEGORY,
            gold=tuple(golds[identity]),
            split=split,
            group=golds[identity][0].document if golds[identity] else identity,
        )
        for identity, question in asked.items()
    )


def _unusable(folder: Path, what: str) -> DatasetError:
    shown = display_path(folder)
    return DatasetError(typeset(f"{shown} ne peut pas servir de jeu d'évaluation : {what}."))
