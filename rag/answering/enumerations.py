"""The list or the table that answers where several things are asked for."""

from collections.abc import Iterator, Sequence
from typing import Final

from rag.answering.quote_context import TABLE, Unit, block_at, run_around, unit_of
from rag.answering.sections import section_at
from rag.answering.selection import CLOSE
from rag.retrieval.results import FoundSentence
from rag.text.terms import lexical_terms
from rag.types import BlockKind, Document, Question, Span

_LONGEST: Final = 1500
"""Characters of a table; of a longer one only the rows that were found are quoted."""

_LEAST_ITEMS: Final = 2
_LEAST_ROWS: Final = 3
"""Found sentences of one list or table from which it is what is asked for."""


def enumeration(
    question: Question, document: Document, found: Sequence[FoundSentence]
) -> tuple[Unit, ...]:
    """The list or table in the section of the best sentence that others found stand in.

    One vouches for a table that is nearly as good as the best; for a list also where what
    introduces it says a word of the question (« Elle comprend cinq ateliers : »).

    Args:
        question: what is asked.
        document: where the best sentence stands.
        found: the sentences found, best first, not empty.

    Returns:
        The units to quote, in order: one for a whole list with its introduction, one for
        each row of a table; none where no list or table stands out.
    """
    section = section_at(document, found[0].sentence.start)
    inside = [
        each
        for each in found
        if each.hit.document_id == document.id
        and section_at(document, each.sentence.start) == section
    ]
    for each in inside:
        units = tuple(_whole(question, document, each, inside))
        if units:
            return units
    return ()


def _whole(
    question: Question,
    document: Document,
    one: FoundSentence,
    found: Sequence[FoundSentence],
) -> Iterator[Unit]:
    """The list or table that a sentence stands in, where enough of it was found."""
    run = run_around(document, one.sentence.start)
    inside = [each for each in found if run.start <= each.sentence.start < run.end]
    close = sum(found[0].score - each.score <= CLOSE for each in inside)
    if one.sentence.kind in TABLE and close >= _LEAST_ROWS:
        yield from _rows(document, run)
    if one.sentence.kind is BlockKind.LIST_ITEM and len(inside) >= _LEAST_ITEMS:
        unit = unit_of(document, one.sentence, whole_list=True)
        if close >= _LEAST_ITEMS or _named(question, document, unit.body, run):
            yield unit


def _named(question: Question, document: Document, body: Span, run: Span) -> bool:
    """Whether what stands above the items of a list says a word of the question."""
    above = document.text[body.start : max(run.start, body.start)]
    return bool(set(lexical_terms(above)) & set(question.terms))


def _rows(document: Document, run: Span) -> Iterator[Unit]:
    if run.end - run.start > _LONGEST:
        return
    header: Span | None = None
    first, last = block_at(document, run.start), block_at(document, run.end - 1)
    for block in document.blocks[first : last + 1]:
        span = Span(block.start, block.end)
        if block.kind is BlockKind.TABLE_HEADER:
            header = span
        else:
            yield Unit(span, header)
