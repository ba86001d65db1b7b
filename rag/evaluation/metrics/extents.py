"""Stretches of documents, and the copies of them that the index holds under one passage.

A passage that stands in several documents is indexed once, with its other places in
``also_in``. A gold quote taken from a copy is found all the same: a stretch of the passage
is looked up in the copy's own text, word for word, or else by the best alignment of the two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz.fuzz import partial_ratio_alignment

from rag.errors import IndexingError
from rag.evaluation.records import Place
from rag.types import Document, Span
from rag.types import Place as Copy

DocumentOf = Callable[[str], Document]
"""Gives a document by its id; raises ``IndexingError`` or ``KeyError`` for an unknown one."""

LEAST_RATIO: Final = 90.0
"""Least likeness, 0 to 100, of a stretch and its copy: what makes passages duplicates."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A half-open range of one document's reading text."""

    document_id: str
    start: int
    end: int

    def contains(self, place: Place) -> bool:
        """Whether the place lies wholly inside."""
        return (
            self.document_id == place.document_id
            and self.start <= place.span.start
            and place.span.end <= self.end
        )

    def overlaps(self, place: Place) -> bool:
        """Whether they share at least one character."""
        return (
            self.document_id == place.document_id
            and self.start < place.span.end
            and place.span.start < self.end
        )


def look_up(documents: DocumentOf, document_id: str) -> Document | None:
    """A document, or None where there is none of this id."""
    try:
        return documents(document_id)
    except (IndexingError, KeyError):
        return None


def copies_of(
    text: str, also_in: Iterable[Copy], wanted: Iterable[str], documents: DocumentOf
) -> list[Extent]:
    """Where a stretch of a passage stands in the passage's copies.

    Args:
        text: the characters of the stretch.
        also_in: the copies of its whole passage.
        wanted: ids of the documents that matter; the others are not read.
        documents: gives a document by its id.
    """
    chosen = set(wanted)
    found = (
        _copy(text, copy, documents) for copy in also_in if text and copy.document_id in chosen
    )
    return [extent for extent in found if extent is not None]


def covered(place: Place, extents: Iterable[Extent]) -> int:
    """How many characters of a place the extents hold together, each counted once."""
    cuts = sorted(
        (max(extent.start, place.span.start), min(extent.end, place.span.end))
        for extent in extents
        if extent.overlaps(place)
    )
    return length(Span(start, end) for start, end in cuts)


def length(spans: Iterable[Span]) -> int:
    """Characters in the union of spans of one document."""
    total, reached = 0, 0
    for span in sorted(spans, key=lambda span: span.start):
        total += max(0, span.end - max(span.start, reached))
        reached = max(reached, span.end)
    return total


def _copy(text: str, copy: Copy, documents: DocumentOf) -> Extent | None:
    document = look_up(documents, copy.document_id)
    if document is None:
        return None
    passage = document.text[copy.start : copy.end]
    at = passage.find(text)
    if at >= 0:
        return Extent(copy.document_id, copy.start + at, copy.start + at + len(text))
    aligned = partial_ratio_alignment(text, passage, score_cutoff=LEAST_RATIO)
    if aligned is None:
        return None
    return Extent(
        copy.document_id, copy.start + aligned.dest_start, copy.start + aligned.dest_end
    )
