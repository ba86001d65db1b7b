"""Sections of a document: what stands under a heading, and the heading that is the question."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.question.kinds import kind_of
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms
from rag.types import Block, BlockKind, Document, Kind, Question, Span

_NEAR: Final = 0.85
"""Dice's coefficient of the terms of a question and a heading from which they ask the same."""

_TABLE: Final = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)


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


def sections(document: Document) -> Iterator[Section]:
    """The sections of a document in order, without what stands before its first heading."""
    blocks = document.blocks
    places = [at for at, each in enumerate(blocks) if each.kind is BlockKind.HEADING]
    for first, following in zip(places, [*places[1:], len(blocks)], strict=True):
        yield Section(document, blocks[first], range(first + 1, following))


def section_at(document: Document, offset: int) -> Section | None:
    """The section that a character stands in, its heading included; None before the first."""
    found = list(sections(document))
    place = bisect_right(found, offset, key=lambda each: each.heading.start)
    return found[place - 1] if place else None


def asks_the_same(question: Question, title: str) -> bool:
    """Whether a heading is the question, or names the very thing that it asks for.

    Their terms must be nearly the same, and the heading must not ask for another kind of
    thing (where, for what) of the same subject.
    """
    terms, asked = set(lexical_terms(title)), set(question.terms)
    if not terms or not asked or 2 * len(terms & asked) < _NEAR * (len(terms) + len(asked)):
        return False
    kind = kind_of(title)
    if kind is question.kind:
        return True
    if kind is not Kind.OTHER:
        return fold(title).strip(" ?") == fold(question.search_text).strip(" ?")
    return len(asked) > 1 or question.kind in (Kind.DEFINITION, Kind.OTHER)


def quotes_of(section: Section, most: int) -> tuple[Span, ...]:
    """What stands in a section, in order, up to ``most`` characters.

    Each paragraph is a span of its own, a list is one with the paragraph before it, and
    each row of a table one. What does not fit whole is left out with all that follows it.
    """
    spans: list[Span] = []
    total = 0
    for span in _stretches(section):
        total += span.end - span.start
        if total > most:
            break
        spans.append(span)
    return tuple(spans)


def _stretches(section: Section) -> Iterator[Span]:
    blocks = [section.document.blocks[place] for place in section.body]
    at = 0
    while at < len(blocks):
        end = at + 1
        if blocks[at].kind not in _TABLE:
            while end < len(blocks) and blocks[end].kind is BlockKind.LIST_ITEM:
                end += 1
        yield Span(blocks[at].start, blocks[end - 1].end)
        at = end
