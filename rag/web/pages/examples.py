"""Questions to begin with, taken from the documents themselves and known to have an answer."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rag.errors import BusyError, IndexingError, QuestionError
from rag.index.filters import Filters
from rag.service.catalogue import Catalogue
from rag.service.service import Query, Service
from rag.types import BlockKind, Document

_SHOWN: Final = 4
_ASKED: Final = 12
_READ: Final = 150
_KEPT: Final = 64
_SHORTEST: Final = 12
_LONGEST: Final = 90

_NUMBERING: Final = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[IVX]+\.|[a-z]\))\s+")
_ASKS: Final = re.compile(
    r"(?:qui|que|qu['’]|quoi|quels?|quelles?|quand|où|comment|combien|pourquoi|peut-on|faut-il"
    r"|(?:à|de|par|pour|sur|dans|en|avec) (?:qui|quoi|quels?|quelles?|combien)"
    r"|who|what|which|when|where|how|why)\b",
    re.IGNORECASE,
)
_LEANS: Final = re.compile(
    r"-(?:t-)?(?:ils?|elles?|ce)\b|\b(?:ce|cet|cette|ces|celui|celle|ceux|celles|différence"
    r"|autres?|ici|il|elle|ils|elles|lui|leurs?|it|its|they|their|this|these|that|here|he|she"
    r"|difference)\b|[ls]['’](?:utiliser|interroger|a|en)\b",
    re.IGNORECASE,
)
"""Words that lean on what came before: without it, the question means nothing."""
_WHAT_IS: Final = re.compile(r"qu['’]est-ce\b", re.IGNORECASE)
_SUBJECT: Final = re.compile(r"([^:?«»]{4,45}?)\s*:\s")
"""What a title speaks of, before its colon: enough for a question that names nothing."""
_NAME: Final = re.compile(r"(?<=[\s'’«])[A-ZÉÈÀÇÎÔ][\w&-]+")


@dataclass(frozen=True, slots=True)
class Example:
    """A question that a document answers; ``language`` is the document's, if known."""

    question: str
    document_id: str
    title: str
    language: str | None


class Examples:
    """Finds examples, and keeps those of each generation and scope; on one event loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[object, ...], tuple[Example, ...]] = OrderedDict()
        self._finding = asyncio.Lock()

    async def find(self, filters: Filters, language: str) -> tuple[Example, ...]:
        """At most four examples, those in a language first; documents must satisfy filters.

        Fewer, or none, where the documents have no heading that is a question of its own.
        """
        key = (self._service.live.generation, filters, language)
        async with self._finding:
            if key not in self._kept:
                self._kept[key] = await self._found(filters, language)
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key]

    async def _found(self, filters: Filters, language: str) -> tuple[Example, ...]:
        drawn = await self._service.read(lambda catalogue: list(_drawn(catalogue, filters)))
        ordered = sorted(drawn, key=lambda each: (each.language != language, _dice(each)))
        answered: list[Example] = []
        for each in _one_a_document(ordered[: _READ * _SHOWN], _ASKED):
            if len(answered) < _SHOWN and await self._answers(each, filters):
                answered.append(each)
        return tuple(answered)

    async def _answers(self, example: Example, filters: Filters) -> bool:
        try:
            answer = await self._service.ask(Query(example.question, filters=filters))
        except (BusyError, QuestionError, IndexingError):
            return False
        return any(each.document_id == example.document_id for each in answer.citations[:1])


def _drawn(catalogue: Catalogue, filters: Filters) -> Iterator[Example]:
    """The questions in the headings of documents taken evenly among all."""
    total = catalogue.page(filters, limit=0).total
    step = max(1, -(-total // _READ))
    for offset in range(0, total, step):
        for entry in catalogue.page(filters, offset, 1).documents:
            document = catalogue.document(entry.id, filters)
            for question in _questions(document):
                yield Example(question, entry.id, entry.title, entry.metadata.language)


def _questions(document: Document) -> Iterator[str]:
    subject = _SUBJECT.match(document.title)
    for block in document.blocks:
        if block.kind is not BlockKind.HEADING:
            continue
        heading = " ".join(document.text[block.start : block.end].split())
        question = _NUMBERING.sub("", heading)
        if not is_question(question):
            continue
        if _NAME.search(question):
            yield question
        elif subject and len(subject[1]) + len(question) < _LONGEST:
            colon = "\u00a0:" if subject[0][len(subject[1])].isspace() else ":"
            yield f"{subject[1]}{colon} {question[0].lower()}{question[1:]}"


def is_question(heading: str) -> bool:
    """Whether a heading asks something without leaning on what came before it."""
    if not heading.endswith("?") or not _SHORTEST <= len(heading) <= _LONGEST:
        return False
    return bool(_ASKS.match(heading)) and not _LEANS.search(_WHAT_IS.sub("", heading))


def _one_a_document(examples: Iterable[Example], most: int) -> Iterator[Example]:
    seen: set[str] = set()
    for each in examples:
        if each.document_id not in seen and len(seen) < most:
            seen.add(each.document_id)
            yield each


def _dice(example: Example) -> bytes:
    """An order without order, the same every time."""
    return hashlib.sha256(example.question.encode("utf-8", "replace")).digest()
