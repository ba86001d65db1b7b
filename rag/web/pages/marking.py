"""Texts in pieces, some of them marked: what a citation rests on, what answers a question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.types import Block, Document, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a document or an answer, all marked or none of them.

    ``first`` and ``last`` tell the marked piece where a citation begins and ends.
    """

    text: str
    marked: bool = False
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """Cuts stretches of a text into pieces; ``begin`` to ``end`` is what is marked.

    Both are 0 where nothing is.
    """

    text: str
    begin: int = 0
    end: int = 0

    @property
    def marks(self) -> bool:
        """Whether anything is marked."""
        return self.begin < self.end

    def pieces(self, start: int, end: int) -> tuple[Piece, ...]:
        """A stretch of the text, whose joined pieces are its very characters."""
        low, high = max(start, self.begin), min(end, self.end)
        if low >= high:
            return (Piece(self.text[start:end]),) if start < end else ()
        marked = Piece(
            self.text[low:high], True, first=low == self.begin, last=high == self.end
        )
        around = (Piece(self.text[start:low]), marked, Piece(self.text[high:end]))
        return tuple(piece for piece in around if piece.text)


def marker(document: Document, cited: Span | None) -> Marker:
    """What marks a citation, drawn in to the characters that the page shows of it.

    Blanks between blocks and the bars between cells are no characters of the page. Nothing
    is marked where the document has no such place.
    """
    text = document.text
    if cited is None or not 0 <= cited.start < cited.end <= len(text):
        return Marker(text)
    shown = [
        Span(max(span.start, cited.start), min(span.end, cited.end))
        for span in _shown(document.blocks)
        if max(span.start, cited.start) < min(span.end, cited.end)
    ]
    return Marker(text, shown[0].start, shown[-1].end) if shown else Marker(text)


def _shown(blocks: Iterable[Block]) -> Iterator[Span]:
    for block in blocks:
        yield from block.cells or (Span(block.start, block.end),)
