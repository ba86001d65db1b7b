"""What must be quoted along with a sentence for it to be understood.

A table row comes with the names of its columns, the sentence that introduces a list with
the list, and a sentence that opens with a pronoun with the one before it.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from rag.text.sentences import split_sentences
from rag.types import Block, BlockKind, Document, Sentence, Span

_LONGEST: Final = 1500
"""Characters; a longer list is quoted up to its last whole item."""

_PRONOUN: Final = re.compile(
    r"(?:Ils?|Elles?|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Cela|Ce dernier|Cette dernière"
    r"|It|They|He|She)\b"
)
_PROSE: Final = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM, BlockKind.FOOTNOTE)


@dataclass(frozen=True, slots=True)
class Unit:
    """Spans of one document that are quoted together, in reading order.

    ``header`` is the row of column names where ``body`` is a table row.
    """

    body: Span
    header: Span | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans to quote."""
        return (self.body,) if self.header is None else (self.header, self.body)


def unit_of(document: Document, sentence: Sentence, whole_list: bool) -> Unit:
    """The unit that a sentence belongs to.

    Args:
        document: where it stands.
        sentence: a sentence of the document.
        whole_list: whether a list item brings its whole list.
    """
    place = block_at(document, sentence.start)
    block = document.blocks[place]
    own = Span(sentence.start, sentence.end)
    if block.kind is BlockKind.TABLE_ROW:
        return Unit(own, _header(document, place))
    if block.kind is BlockKind.LIST_ITEM and whole_list:
        return Unit(_list_around(document, place))
    if _introduces(document, own.end) and own.end == block.end:
        return Unit(_with_items(document, place, own))
    return Unit(_with_antecedent(document, block, own))


def block_at(document: Document, offset: int) -> int:
    """The place in ``document.blocks`` of the block that holds a character."""
    return max(bisect_right(document.blocks, offset, key=lambda block: block.start) - 1, 0)


def _header(document: Document, place: int) -> Span | None:
    for block in reversed(document.blocks[:place]):
        if block.kind is BlockKind.TABLE_HEADER:
            return Span(block.start, block.end)
        if block.kind is not BlockKind.TABLE_ROW:
            return None
    return None


def _introduces(document: Document, end: int) -> bool:
    return document.text[:end].endswith(":") if end < 2 else document.text[end - 1] == ":"


def _with_items(document: Document, place: int, intro: Span) -> Span:
    end = intro.end
    level: int | None = None
    for block in document.blocks[place + 1 :]:
        if block.kind is not BlockKind.LIST_ITEM:
            break
        level = block.level if level is None else level
        if block.level < level or block.end - intro.start > _LONGEST:
            break
        end = block.end
    return Span(intro.start, end)


def _list_around(document: Document, place: int) -> Span:
    first = place
    while first > 0 and document.blocks[first - 1].kind is BlockKind.LIST_ITEM:
        first -= 1
    intro = document.blocks[first - 1] if first > 0 else None
    own = document.blocks[place]
    if intro is None or not _introduces(document, intro.end):
        return Span(own.start, own.end)
    start = split_sentences(document.text[intro.start : intro.end])[-1].start + intro.start
    found = _with_items(document, first - 1, Span(start, intro.end))
    return found if found.end >= own.end else Span(own.start, own.end)


def _with_antecedent(document: Document, block: Block, own: Span) -> Span:
    if block.kind not in _PROSE or own.start == block.start:
        return own
    if not _PRONOUN.match(document.text, own.start):
        return own
    before = split_sentences(document.text[block.start : own.start])
    if not before or own.end - block.start - before[-1].start > _LONGEST:
        return own
    return Span(block.start + before[-1].start, own.end)
