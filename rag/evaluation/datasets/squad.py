"""SQuAD 1.1 and 2.0: articles of paragraphs, questions answered by their characters.

Rajpurkar et al., 2016 (1606.05250) and 2018 (1806.03822). PIAF and FQuAD use the same.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Text, Unit
from rag.evaluation.datasets.fields import (
    Fields,
    as_count,
    as_object,
    get,
    get_flag,
    get_identity,
    get_list,
    get_optional_text,
    get_text,
)
from rag.evaluation.datasets.sources import Faults, common_language, excerpt, parsed, read_whole

CATEGORY: Final = "question"

_TAG: Final = re.compile(r"<[^<>]{1,500}>")
_NEAR: Final = (0, -1, 1, -2, 2)
"""How far off a published ``answer_start`` may be: a character or two (one is in PIAF)."""


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    faults: Faults
    texts: list[Text] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def read_squad(path: Path) -> Dataset:
    """The paragraphs and questions of a SQuAD file; keys that it does not know may be there.

    A paragraph is a `Text` whose id is its place (``00012-0003``: article, paragraph) and
    whose title is its article's, without tags. Each distinct answer is a gold; a question
    that ``is_impossible`` has none. Questions of one article are one group.

    Raises:
        DatasetError: the file cannot be used; up to ten faults are told.
    """
    faults = Faults(path)
    digest = hashlib.sha256()
    reading = _Reading(faults)
    data = read_whole(path, digest.update)
    with faults.at():
        content = as_object(parsed(data), "le fichier")
        for number, article in enumerate(get_list(content, "data")):
            with faults.at(where=f"data[{number}]"):
                _read_article(reading, number, as_object(article, "l'article"))
        if not (reading.ids or faults.any):
            faults.add("le fichier ne contient aucune question ; ajoutez-en au moins une")
    faults.settle()
    language = common_language([each.question for each in reading.queries])
    return Dataset(
        name=path.stem,
        unit=Unit.DOCUMENT,
        queries=tuple(replace(each, language=language) for each in reading.queries),
        texts=tuple(reading.texts),
        digest=f"sha256:{digest.hexdigest()}",
    )


def _read_article(reading: _Reading, number: int, article: Fields) -> None:
    title = _plain(get_optional_text(article, "title"))
    group = title or f"article {number}"
    for place, value in enumerate(get_list(article, "paragraphs")):
        where = f"data[{number}].paragraphs[{place}]"
        with reading.faults.at(where=where):
            paragraph = as_object(value, "le paragraphe")
            text = Text(f"{number:05d}-{place:04d}", title, get_text(paragraph, "context"))
            reading.texts.append(text)
            for rank, asked in enumerate(get_list(paragraph, "qas")):
                with reading.faults.at(where=f"{where}.qas[{rank}]"):
                    _read_question(reading, as_object(asked, "la question"), text, group)


def _read_question(reading: _Reading, fields: Fields, text: Text, group: str) -> None:
    identity = get_identity(fields, "id")
    # Taken before the rest is read: a faulty question still holds its id.
    taken = identity in reading.ids
    reading.ids.add(identity)
    if taken:
        raise DatasetError(
            f"l'identifiant « {excerpt(identity)} » est déjà pris ; donnez-en un autre"
        )
    gold = _golds(fields, text)
    reading.queries.append(
        Query(
            id=identity,
            question=get_text(fields, "question"),
            language="",
            category=CATEGORY,
            gold=gold,
            short=tuple(dict.fromkeys(each.quote for each in gold if each.quote)),
            group=group,
        )
    )


def _golds(fields: Fields, text: Text) -> tuple[Gold, ...]:
    answers = get_list(fields, "answers")
    impossible = "is_impossible" in fields and get_flag(fields, "is_impossible")
    if impossible and answers:
        raise DatasetError(
            "« is_impossible » est true, mais « answers » répond ; corrigez l'un des deux"
        )
    if not impossible and not answers:
        raise DatasetError(
            "« answers » est vide ; donnez une réponse, ou mettez « is_impossible » à true"
        )
    return tuple(dict.fromkeys(_read_answers(answers, text)))


def _read_answers(answers: list[Any], text: Text) -> Iterator[Gold]:
    for value in answers:
        fields = as_object(value, "chaque réponse")
        quote = get_text(fields, "text")
        told = as_count(get(fields, "answer_start"), "« answer_start »", 0)
        start = _actual_start(quote, told, text.text)
        if start is None:
            raise DatasetError(
                f"le contexte ne porte pas « {excerpt(quote)} » à la position "
                f"{excerpt(str(told))} (« answer_start ») ; corrigez-la"
            )
        yield Gold(
            document=text.id,
            quote=quote.strip(),
            start=start + len(quote) - len(quote.lstrip()),
        )


def _actual_start(quote: str, told: int, context: str) -> int | None:
    for shift in _NEAR:
        start = told + shift
        if start >= 0 and context.startswith(quote, start):
            return start
    return None


def _plain(title: str) -> str:
    """A title as it is read: PIAF's bear tags, SQuAD's bear underscores for spaces."""
    bare = _TAG.sub("", title)
    return (bare if " " in bare else bare.replace("_", " ")).strip()
