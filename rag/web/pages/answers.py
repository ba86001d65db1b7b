"""Answers as a page sets them: lines and small tables, highlighted words, cards of sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.text.confidence import Level, level_of
from rag.types import Answer, Citation, Hit, Place, Segment, Span

_CELLS: Final = " | "
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of an answer, highlighted or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A segment: its cells (one where it is no table row) and its citations' numbers."""

    cells: tuple[tuple[Piece, ...], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines in a row: as many paragraphs, or a table whose header is the first."""

    lines: tuple[Line, ...]
    is_table: bool


@dataclass(frozen=True, slots=True)
class Card:
    """The citations of one place of one document. ``language`` is the document's, if known."""

    citations: tuple[Citation, ...]
    language: str | None

    @property
    def source(self) -> Citation:
        """The first of them, which says of the document what all say."""
        return self.citations[0]

    @property
    def also_in(self) -> tuple[Place, ...]:
        """Where the same words also stand."""
        return self.source.also_in


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question and its answer, ready to be set. ``asked`` is the question as it was put."""

    asked: str
    answer: Answer
    groups: tuple[Group, ...]
    cards: tuple[Card, ...]
    nearest: tuple[Hit, ...]
    level: Level
    languages: Mapping[str, str | None]

    def title(self, number: int) -> str:
        """The title of the document of a citation."""
        found = (each.title for each in self.answer.citations if each.number == number)
        return next(found, "")

    def language(self, group: Group) -> str | None:
        """The language of the document that a group of lines is from, if it is known."""
        numbers = group.lines[0].numbers[:1]
        cited = (each for each in self.answer.citations if each.number in numbers)
        return next((self.languages.get(each.document_id) for each in cited), None)


def documents_of(answer: Answer) -> frozenset[str]:
    """The ids of the documents that the page will name."""
    cited = {each.document_id for each in answer.citations}
    return frozenset(cited | {each.document_id for each in answer.hits[:_NEAREST]})


def show(asked: str, answer: Answer, languages: Mapping[str, str | None]) -> ShownTurn:
    """An answer, ready to be set.

    Args:
        asked: the question as it was put.
        answer: its answer.
        languages: of the documents of `documents_of`, by id, where they are known.
    """
    return ShownTurn(
        asked=asked,
        answer=answer,
        groups=tuple(_groups(answer)),
        cards=tuple(_cards(answer.citations, languages)),
        nearest=() if answer.answered else answer.hits[:_NEAREST],
        level=level_of(answer.confidence),
        languages=languages,
    )


def _groups(answer: Answer) -> Iterator[Group]:
    """The segments in order; a header and the rows under it are put together.

    Empty cells are not in the text: a row is told by having as many cells as its header.
    """
    segments = list(answer.segments)
    while segments:
        size = _table_size(answer, segments)
        taken, segments = segments[: size or 1], segments[size or 1 :]
        yield Group(tuple(_line(answer, each, size > 0) for each in taken), size > 0)


def _table_size(answer: Answer, segments: Sequence[Segment]) -> int:
    """How many of the first segments make a table; 0 where they make none."""
    cells = segments[0].text.count(_CELLS)
    if not cells:
        return 0
    documents = {each.number: each.document_id for each in answer.citations}
    origin = [documents.get(number) for number in segments[0].citations]
    size = 0
    for each in segments:
        if [documents.get(number) for number in each.citations] != origin:
            break
        if each.text.count(_CELLS) != cells:
            break
        size += 1
    return size if size > 1 else 0


def _line(answer: Answer, segment: Segment, as_row: bool) -> Line:
    spans = [Span(segment.start, segment.end)]
    if as_row:
        spans = list(_cell_spans(segment))
    return Line(tuple(_pieces(answer, span) for span in spans), segment.citations)


def _cell_spans(segment: Segment) -> Iterator[Span]:
    start = segment.start
    for cell in segment.text.split(_CELLS):
        yield Span(start, start + len(cell))
        start += len(cell) + len(_CELLS)


def _pieces(answer: Answer, span: Span) -> tuple[Piece, ...]:
    """The characters of a span, cut where highlights begin and end."""
    marks = [
        Span(max(each.start, span.start), min(each.end, span.end))
        for each in answer.highlights
        if each.start < span.end and each.end > span.start
    ]
    cuts = sorted({span.start, span.end, *(at for m in marks for at in (m.start, m.end))})
    return tuple(
        Piece(answer.text[start:end], any(m.start <= start and end <= m.end for m in marks))
        for start, end in pairwise(cuts)
    )


def _cards(
    citations: Sequence[Citation], languages: Mapping[str, str | None]
) -> Iterator[Card]:
    """One for each place of a document, in the order of their first numbers."""
    places: dict[tuple[object, ...], list[Citation]] = {}
    for each in citations:
        place = (each.document_id, each.headings, each.page, each.also_in)
        places.setdefault(place, []).append(each)
    for found in places.values():
        yield Card(tuple(found), languages.get(found[0].document_id))
