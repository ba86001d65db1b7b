"""SQuAD 1.1 and 2.0: articles of paragraphs, questions answered by their characters.

Rajpurkar et al., 2016 (1606.05250) and 2018 (1806.03822). PIAF and FQuAD use the same.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Text, Unit
from rag.evaluation.datasets.fields import (
    FilledText,
    Flag,
    Identity,
    Items,
    OptionalText,
    at_least,
    read_fields,
)
from rag.evaluation.datasets.sources import (
    Faults,
    check_new,
    common_language,
    excerpt,
    parsed,
    read_whole,
)

CATEGORY: Final = "question"

_TAG: Final = re.compile(r"<[^<>]{1,500}>")
_NEAR: Final = (0, -1, 1, -2, 2)
"""How far off a published ``answer_start`` may be: a character or two (one is in PIAF)."""


class _File(BaseModel):
    data: Items


class _Article(BaseModel):
    title: OptionalText = ""
    paragraphs: Items


class _Paragraph(BaseModel):
    context: FilledText
    qas: Items


class _Identified(BaseModel):
    id: Identity


class _Answer(BaseModel):
    text: FilledText
    answer_start: Annotated[int, at_least(0)]


class _Question(BaseModel):
    question: FilledText
    answers: list[_Answer]
    is_impossible: Flag = False


@dataclass(slots=True)
class _Reading:
    faults: Faults
    texts: list[Text] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def read_squad(path: Path) -> Dataset:
    """The paragraphs and questions of a SQuAD file; keys that it does not know may be there.

    A paragraph is a `Text` whose id is its place (``00012-0003``: article, paragraph) and
    whose title is its article's, without tags. Each distinct answer is a gold; a question
    that ``is_impossible`` has none. Questions of one article are one group.
    """
    faults = Faults(path)
    digest = hashlib.sha256()
    reading = _Reading(faults)
    data = read_whole(path, digest.update)
    with faults.at():
        content = read_fields(_File, parsed(data), "le fichier")
        for number, article in enumerate(content.data):
            with faults.at(where=f"data[{number}]"):
                _read_article(reading, number, read_fields(_Article, article, "l'article"))
    faults.settle(reading.ids)
    language = common_language([each.question for each in reading.queries])
    return Dataset(
        name=path.stem,
        unit=Unit.DOCUMENT,
        queries=tuple(replace(each, language=language) for each in reading.queries),
        texts=tuple(reading.texts),
        digest=f"sha256:{digest.hexdigest()}",
    )


def _read_article(reading: _Reading, number: int, article: _Article) -> None:
    title = _plain(article.title)
    group = title or f"article {number}"
    for place, value in enumerate(article.paragraphs):
        where = f"data[{number}].paragraphs[{place}]"
        with reading.faults.at(where=where):
            paragraph = read_fields(_Paragraph, value, "le paragraphe")
            text = Text(f"{number:05d}-{place:04d}", title, paragraph.context)
            reading.texts.append(text)
            for rank, asked in enumerate(paragraph.qas):
                with reading.faults.at(where=f"{where}.qas[{rank}]"):
                    _read_question(reading, asked, text, group)


def _read_question(reading: _Reading, asked: object, text: Text, group: str) -> None:
    identity = read_fields(_Identified, asked, "la question").id
    check_new(identity, reading.ids)
    # Taken before the rest is read: a faulty question still holds its id.
    reading.ids.add(identity)
    question = read_fields(_Question, asked, "la question")
    gold = _golds(question, text)
    reading.queries.append(
        Query(
            id=identity,
            question=question.question,
            language="",
            category=CATEGORY,
            gold=gold,
            short=tuple(dict.fromkeys(each.quote for each in gold if each.quote)),
            group=group,
        )
    )


def _golds(question: _Question, text: Text) -> tuple[Gold, ...]:
    if question.is_impossible and question.answers:
        raise DatasetError(
            "« is_impossible » est true, mais « answers » répond ; corrigez l'un des deux"
        )
    if not question.is_impossible and not question.answers:
        raise DatasetError(
            "« answers » est vide ; donnez une réponse, ou mettez « is_impossible » à true"
        )
    return tuple(dict.fromkeys(_gold(each, text) for each in question.answers))


def _gold(answer: _Answer, text: Text) -> Gold:
    quote = answer.text
    near = (answer.answer_start + shift for shift in _NEAR)
    start = next((at for at in near if at >= 0 and text.text.startswith(quote, at)), None)
    if start is None:
        raise DatasetError(
            f"le contexte ne porte pas « {excerpt(quote)} » à la position "
            f"{excerpt(str(answer.answer_start))} (« answer_start ») ; corrigez-la"
        )
    return Gold(
        document=text.id,
        quote=quote.strip(),
        start=start + len(quote) - len(quote.lstrip()),
    )


def _plain(title: str) -> str:
    """A title as it is read: PIAF's bear tags, SQuAD's bear underscores for spaces."""
    bare = _TAG.sub("", title)
    return (bare if " " in bare else bare.replace("_", " ")).strip()
