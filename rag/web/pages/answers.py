"""Answers as a page sets them: lines and small tables, highlighted words, cards of sources."""

from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from rag.answering.confidence import Level, level_of
from rag.types import (
    Answer,
    Citation,
    Hit,
    IndexIdentity,
    Place,
    Segment,
    Signals,
    Span,
    Support,
    Timings,
    Verdict,
)
from rag.web.pages.marking import Piece

_CELLS: Final = " | "
_NEAREST: Final = 3
_BRIEF: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A segment: its cells (one where it is no table row) and its citations' numbers."""

    cells: tuple[tuple[Piece, ...], ...]
    numbers: tuple[int, ...]

    @property
    def is_brief(self) -> bool:
        """Whether its first cell is no longer than a date, which no line should break."""
        return sum(len(piece.text) for piece in self.cells[0]) <= _BRIEF


@dataclass(frozen=True, slots=True)
class Group:
    """Lines in a row: as many paragraphs, or a table whose header is the first."""

    lines: tuple[Line, ...]
    is_table: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The citations of one place of a document. ``read`` is the one to begin reading at."""

    citations: tuple[Citation, ...]
    read: Citation

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of its citations."""
        return tuple(each.number for each in self.citations)


@dataclass(frozen=True, slots=True)
class Card:
    """The places that are cited of one document. ``language`` is its own, if known."""

    sections: tuple[Section, ...]
    language: str | None

    @property
    def source(self) -> Citation:
        """One of its citations, which says of the document what all say."""
        return self.sections[0].read

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of all its citations."""
        return tuple(number for each in self.sections for number in each.numbers)


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question and its answer, ready to be set.

    ``asked`` is the question as it was put, ``before`` are those that led to it.
    """

    asked: str
    before: tuple[str, ...]
    answer: Answer
    groups: tuple[Group, ...]
    cards: tuple[Card, ...]
    nearest: tuple[Hit, ...]
    level: Level
    languages: Mapping[str, str | None]

    @property
    def way(self) -> tuple[str, ...]:
        """The questions that led here, and at the end this one."""
        return (*self.before, self.asked)

    def title(self, number: int) -> str:
        """The title of the document of a citation."""
        found = (each.title for each in self.answer.citations if each.number == number)
        return next(found, "")

    def language(self, group: Group) -> str | None:
        """The language of the document that a group of lines is from, if it is known."""
        numbers = group.lines[0].numbers[:1]
        cited = (each for each in self.answer.citations if each.number in numbers)
        return next((self.languages.get(each.document_id) for each in cited), None)

    def excerpt(self, hit: Hit) -> str:
        """A passage from its best sentence on, « … » before it where others are.

        Without one, its lines, less a heading at the beginning that its path ends with.
        """
        ahead = hit.excerpt.start - hit.start if hit.excerpt else 0
        if 0 < ahead < len(hit.text):
            return f"… {_lined(hit.text[ahead:])}"
        lines = _lined(hit.text).split("\n")
        last = hit.headings[-1].split() if hit.headings else []
        repeated = len(lines) > 1 and lines[0].split() == last
        return "\n".join(lines[repeated:])


def _lined(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def documents_of(answer: Answer) -> frozenset[str]:
    """The ids of the documents that the page will name."""
    cited = {each.document_id for each in answer.citations}
    return frozenset(cited | {each.document_id for each in answer.hits[:_NEAREST]})


def show(
    asked: str,
    answer: Answer,
    languages: Mapping[str, str | None],
    before: tuple[str, ...] = (),
) -> ShownTurn:
    """An answer to a question ``asked`` as it was put, ready to be set.

    ``languages`` are those known of `documents_of`, by id; ``before`` are the questions that
    led to it, as they were put.
    """
    groups = tuple(_groups(answer))
    return ShownTurn(
        asked=asked,
        before=before,
        answer=answer,
        groups=groups,
        cards=tuple(_cards(answer.citations, groups, languages)),
        nearest=answer.hits[:_NEAREST] if answer.verdict is Verdict.NONE else (),
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
    places = {each.number: (each.document_id, each.headings) for each in answer.citations}
    origin = [places.get(number) for number in segments[0].citations]
    size = 0
    for each in segments:
        if [places.get(number) for number in each.citations] != origin:
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
    citations: Sequence[Citation],
    groups: Sequence[Group],
    languages: Mapping[str, str | None],
) -> Iterator[Card]:
    """One for each document, in the order of their first numbers."""
    headers = {number for each in groups if each.is_table for number in each.lines[0].numbers}
    for cited in _parted(citations, lambda each: each.document_id):
        places = _parted(cited, lambda each: (each.headings, each.page, each.also_in))
        sections = tuple(_section(found, headers) for found in places)
        yield Card(sections, languages.get(cited[0].document_id))


def _section(citations: tuple[Citation, ...], headers: Collection[int]) -> Section:
    """The header of a table says nothing alone: one reads from what is under it."""
    telling = (each for each in citations if each.number not in headers)
    return Section(citations, next(telling, citations[0]))


def _parted(
    citations: Iterable[Citation], key: Callable[[Citation], Hashable]
) -> Iterator[tuple[Citation, ...]]:
    """Citations that have the same key together, in the order of the first of each."""
    found: dict[Hashable, list[Citation]] = {}
    for each in citations:
        found.setdefault(key(each), []).append(each)
    yield from map(tuple, found.values())


def samples() -> Mapping[str, ShownTurn]:
    """Answers without words, set as all others are: scripts clone their parts and fill them.

    One answers, by a paragraph and a table; one does so to be checked; one does not.
    """
    place = "x"
    text = "-- [1]\n- | - [2]\n- | - [3]"
    segments = tuple(
        Segment(text[start:end], start, end, (number,), Support.VERBATIM)
        for number, (start, end) in enumerate(((0, 2), (7, 12), (17, 22)), 1)
    )
    signals = Signals(0.0, 0.0, 0.0)
    silent = Answer(
        id=place,
        question="",
        asked_as="-",
        answered=False,
        verdict=Verdict.NONE,
        confidence=0.0,
        mode="",
        text="",
        segments=(),
        highlights=(),
        citations=(),
        hits=(Hit(place, place, "", 0, 0, "", ("",), None, 1, 0.0, signals),),
        index=IndexIdentity("", ""),
        timings_ms=Timings(0.0, 0.0, 0.0, 0.0, 0.0),
    )
    answered = replace(
        silent,
        answered=True,
        verdict=Verdict.ANSWERED,
        text=text,
        segments=segments,
        highlights=(Span(1, 2),),
        citations=tuple(_sample(each) for each in segments),
        hits=(),
    )
    return MappingProxyType(
        {
            "answered": show("", answered, {}),
            "possible": show("", replace(answered, verdict=Verdict.POSSIBLE), {}),
            "silent": show("", silent, {}),
        }
    )


def _sample(segment: Segment) -> Citation:
    return Citation(
        number=segment.citations[0],
        document_id="x",
        document_version="",
        title="",
        source="-",
        source_url="http://localhost/",
        date="2000",
        page=1,
        headings=("",),
        start=0,
        end=0,
        quote=segment.text,
        also_in=(Place("x", "", 0, 0),),
    )
