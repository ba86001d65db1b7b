"""Sections of a document: what stands under a heading, and the heading that is the question."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.question.kinds import kind_of
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms
from rag.types import Block, BlockKind, Document, Kind, Question, Span

_NEAR: Final = 0.85
"""Dice's coefficient of the terms of a question and a heading from which they ask the same."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between a heading and the next one, of any level.

    ``body`` are the places in ``document.blocks`` of what follows the heading; it is empty
    where another heading comes at once.
    """

    document: Document
    heading: Block
    body: range

    @property
    def title(self) -> str:
        """The words of the heading."""
        return self.document.text[self.heading.start : self.heading.end]

    @property
    def length(self) -> int:
        """Characters from the beginning of the body to its end; 0 where it is empty."""
        blocks = self.document.blocks
        return blocks[self.body[-1]].end - blocks[self.body[0]].start if self.body else 0


def sections(document: Document, within: Span | None = None) -> Iterator[Section]:
    """The sections of a document in order, without what stands before its first heading.

    Only those whose heading begins ``within`` a span, where one is given.
    """
    first, end = 0, len(document.blocks)
    if within is not None:
        first = bisect_left(document.blocks, within.start, key=_start)
        end = bisect_left(document.blocks, within.end, key=_start)
    for place in range(first, end):
        if document.blocks[place].kind is BlockKind.HEADING:
            yield _section(document, place)


def section_at(document: Document, offset: int) -> Section | None:
    """The section that a character stands in, its heading included; None before the first."""
    last = bisect_right(document.blocks, offset, key=_start) - 1
    for place in range(last, -1, -1):
        if document.blocks[place].kind is BlockKind.HEADING:
            return _section(document, place)
    return None


def _section(document: Document, heading: int) -> Section:
    """The section under the heading at a place among the blocks."""
    end = heading + 1
    while end < len(document.blocks) and document.blocks[end].kind is not BlockKind.HEADING:
        end += 1
    return Section(document, document.blocks[heading], range(heading + 1, end))


def _start(block: Block) -> int:
    return block.start


def asks_the_same(question: Question, heading: str, title: str) -> bool:
    """Whether a heading is the question, or names the very thing that it asks for.

    Their terms must be nearly the same, but for those that the title of the document says
    for all of its headings; and the heading must not ask for another kind of thing (where,
    for what) of the same subject.
    """
    terms, asked = set(lexical_terms(heading)), set(question.terms)
    if not terms or not asked:
        return False
    said = asked & set(lexical_terms(title)) - terms
    if 2 * len(terms & asked) < _NEAR * (len(terms) + len(asked - said)):
        return False
    kind = kind_of(heading)
    if kind is question.kind:
        return True
    if kind is not Kind.OTHER:
        return fold(heading).strip(" ?") == fold(question.search_text).strip(" ?")
    return len(asked) > 1 or question.kind in (Kind.DEFINITION, Kind.OTHER)


def quotes_of(section: Section, most: int) -> tuple[Span, ...]:
    """What stands in a section, in order, up to ``most`` characters.

    Each paragraph is a span of its own, a list is one with the paragraph before it, and
    each row of a table one. What goes beyond is left out, but for the first items of a
    list.
    """
    blocks = [section.document.blocks[place] for place in section.body]
    spans: list[Span] = []
    total = 0
    for block in blocks:
        total += block.end - block.start
        if total > most:
            break
        if spans and block.kind is BlockKind.LIST_ITEM:
            spans[-1] = Span(spans[-1].start, block.end)
        else:
            spans.append(Span(block.start, block.end))
    return tuple(spans)
