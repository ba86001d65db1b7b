"""The words of a quote that answer: the date where a date was asked, the cell of a row."""

from typing import Final

from rag.text.mentions import find_mentions
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms
from rag.types import Block, Document, Mention, Question, Span

_SHOWN: Final = (
    Mention.DATE
    | Mention.NUMBER
    | Mention.MONEY
    | Mention.PERCENT
    | Mention.PERSON
    | Mention.PLACE
    | Mention.ACRONYM
    | Mention.DURATION
    | Mention.ORGANISATION
)


def wanted_spans(question: Question, quote: str) -> tuple[Span, ...]:
    """Where a quote says the kind of thing asked for; what the question says is left out."""
    wants = question.wants & _SHOWN
    if not wants:
        return ()
    asked = fold(question.search_text)
    spans = [
        Span(mention.start, mention.end)
        for mention in find_mentions(quote)
        if mention.kind & wants and fold(quote[mention.start : mention.end]) not in asked
    ]
    return _disjoint(spans)


def wanted_cells(
    question: Question, document: Document, header: Block, row: Block
) -> tuple[Span, ...]:
    """The cells of a row under the columns that the question names, as document spans."""
    asked = set(question.terms)
    text = document.text
    spans = []
    for name, cell in zip(header.cells, row.cells, strict=False):
        names = set(lexical_terms(text[name.start : name.end]))
        content = fold(text[cell.start : cell.end])
        if names & asked and content and content not in fold(question.search_text):
            spans.append(cell)
    return tuple(spans)


def _disjoint(spans: list[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)
