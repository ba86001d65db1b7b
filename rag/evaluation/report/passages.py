"""Passages as the page shows them: a window of the text, what was expected marked in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.records import Place
from rag.evaluation.report.wording import shortened
from rag.types import Document, Hit

_WINDOW: Final = 600
_BEFORE: Final = 200
_TITLE: Final = 300
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage found. ``expected``: it touches what was expected, or copies it."""

    rank: int
    title: str
    headings: str
    page: int | None
    pieces: tuple[Piece, ...]
    expected: bool


def passage(hit: Hit, places: Sequence[Place], texts: Mapping[str, Document]) -> ShownPassage:
    """A hit to be shown: some 600 characters of it, around what was expected if it is there.

    Where a whole document was expected its passages are told but nothing is marked.
    """
    marks = _marks(hit, places, texts)
    first = min((start for start, _ in marks), default=0)
    length = len(hit.text)
    start = max(0, min(first - _BEFORE, length - _WINDOW))
    return ShownPassage(
        rank=hit.rank,
        title=shortened(hit.title, _TITLE),
        headings=shortened(" › ".join(hit.headings), _TITLE),
        page=hit.page,
        pieces=pieces(hit.text, marks, start, min(length, start + _WINDOW)),
        expected=any(_holds(hit, place) for place in places),
    )


def pieces(
    text: str, marks: Iterable[tuple[int, int]], start: int, end: int
) -> tuple[Piece, ...]:
    """``text[start:end]`` parted where marks begin and end; ``…`` where text is left out.

    Marks are half-open ranges in ``text``; they may overlap and lie outside the window.
    """
    cut: list[Piece] = [Piece(_ELLIPSIS, False)] if start > 0 else []
    at = start
    for low, high in sorted(marks):
        low, high = max(low, at), min(high, end)
        if low >= high:
            continue
        if low > at:
            cut.append(Piece(text[at:low], False))
        cut.append(Piece(text[low:high], True))
        at = high
    if at < end:
        cut.append(Piece(text[at:end], False))
    if end < len(text):
        cut.append(Piece(_ELLIPSIS, False))
    return tuple(cut)


def gold_ranks(hits: Sequence[Hit], places: Sequence[Place]) -> dict[int, int | None]:
    """The rank of the first passage that touches each fact; None where there is none."""
    ranks: dict[int, int | None] = {}
    for fact in sorted({place.fact for place in places}):
        alternatives = [place for place in places if place.fact == fact]
        found = (hit.rank for hit in hits if any(_holds(hit, place) for place in alternatives))
        ranks[fact] = min(found, default=None)
    return ranks


def _holds(hit: Hit, place: Place) -> bool:
    stretches = [(hit.document_id, hit.start, hit.end)]
    stretches += [(copy.document_id, copy.start, copy.end) for copy in hit.also_in]
    span = place.span
    return any(
        document_id == place.document_id and start < span.end and span.start < end
        for document_id, start, end in stretches
    )


def _marks(
    hit: Hit, places: Sequence[Place], texts: Mapping[str, Document]
) -> list[tuple[int, int]]:
    """Ranges in the hit's text; a copy's are looked for by the words expected."""
    marks = []
    for place in places:
        if not _holds(hit, place) or _whole(place, texts):
            continue
        if place.document_id == hit.document_id:
            low, high = place.span.start - hit.start, place.span.end - hit.start
            marks.append((max(0, low), min(len(hit.text), high)))
        elif place.document_id in texts:
            words = texts[place.document_id].text[place.span.start : place.span.end]
            at = hit.text.find(words)
            if words and at >= 0:
                marks.append((at, at + len(words)))
    return marks


def _whole(place: Place, texts: Mapping[str, Document]) -> bool:
    document = texts.get(place.document_id)
    return document is not None and place.span.end - place.span.start >= len(document.text)
