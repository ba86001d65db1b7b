"""An answer made of quotes alone: the sentences that answer, each with its citation."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from rag.answering.answerer import Composition, DocumentOf
from rag.answering.arrangement import Quote
from rag.answering.citations import cite
from rag.answering.composing import composed
from rag.answering.quote_context import block_at
from rag.answering.selection import select, select_of_each
from rag.retrieval.results import FoundSentence, Results
from rag.text.mentions import find_mentions
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms
from rag.types import (
    Block,
    Citation,
    Document,
    Mention,
    Question,
    Segment,
    Span,
    Support,
)

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
"""What is worth a highlight where it is what was asked for."""

Run = Callable[[Callable[[], Composition]], Awaitable[Composition]]
"""Does some work where it holds nobody up, and gives its result."""


async def at_once(work: Callable[[], Composition]) -> Composition:
    """A `Run` for callers that nobody waits behind."""
    return work()


class ExtractiveAnswerer:
    """An `Answerer` that quotes.

    Args:
        sentences: most sentences chosen on their own merit; a question in parts gets one
            more.
        run: where the work is done; at once by default.
    """

    def __init__(self, sentences: int, run: Run = at_once) -> None:
        self._sentences = sentences
        self._run = run

    async def compose(
        self, results: Results, document_of: DocumentOf
    ) -> AsyncGenerator[Composition, None]:
        """The whole answer at once; none where no sentence was found."""
        if results.sentences:
            yield await self._run(lambda: self.quote(results, document_of))

    def quote(self, results: Results, document_of: DocumentOf) -> Composition:
        """The answer that the results give; ``results.sentences`` must not be empty.

        Raises:
            IndexCorruptError: a quote is not what the stored document holds.
        """
        draft = _Draft()
        for quote in composed(results, self._chosen(results), document_of):
            draft.quote(quote)
        return draft.composition()

    def _chosen(self, results: Results) -> tuple[tuple[Results, FoundSentence], ...]:
        """The sentences to quote, each with the results that it is of."""
        if results.parts:
            return select_of_each(results.parts, self._sentences + 1)
        chosen = select(results.question, results.sentences, self._sentences)
        return tuple((results, found) for found in chosen)


def _marks(quote: Quote) -> tuple[Span, ...]:
    """The spans to highlight in a quote, counted from the quote's beginning."""
    question, document = quote.results.question, quote.document
    unit, span = quote.unit, quote.span
    if span == unit.header or span in unit.introduction:
        return ()
    if unit.header is not None:
        header = document.blocks[block_at(document, unit.header.start)]
        row = document.blocks[block_at(document, span.start)]
        cells = wanted_cells(question, document, header, row)
        if cells:
            return tuple(Span(c.start - span.start, c.end - span.start) for c in cells)
    return wanted_spans(question, document.text[span.start : span.end])


@dataclass(slots=True)
class _Draft:
    text: str = ""
    segments: list[Segment] = field(default_factory=list)
    highlights: list[Span] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def quote(self, quote: Quote) -> None:
        """Cite a quote; raises `IndexCorruptError` as `cite` does."""
        document = quote.document
        source = quote.results.sources[document.id]
        number = len(self.citations) + 1
        citation = cite(number, document, source, quote.hit, quote.span)
        self._add(citation, _marks(quote))

    def _add(self, citation: Citation, marks: tuple[Span, ...]) -> None:
        start = len(self.text) + (1 if self.text else 0)
        end = start + len(citation.quote)
        self.text += f"{chr(10) if self.text else ''}{citation.quote} [{citation.number}]"
        self.segments.append(
            Segment(citation.quote, start, end, (citation.number,), Support.VERBATIM)
        )
        self.highlights.extend(Span(start + m.start, start + m.end) for m in marks)
        self.citations.append(citation)

    def composition(self) -> Composition:
        return Composition(
            self.text, tuple(self.segments), tuple(self.highlights), tuple(self.citations)
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
