"""An answer made of quotes alone: the sentences that answer, each with its citation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rag.answering.citations import cite
from rag.answering.highlights import wanted_cells, wanted_spans
from rag.answering.quote_context import Unit, block_at, unit_of
from rag.answering.selection import asks_for_several, select, select_of_each
from rag.retrieval.results import Evidence, FoundSentence
from rag.types import BlockKind, Citation, Document, Question, Segment, Span, Support


@dataclass(frozen=True, slots=True)
class Composition:
    """The text of an answer; every offset is into ``text``."""

    text: str
    segments: tuple[Segment, ...]
    highlights: tuple[Span, ...]
    citations: tuple[Citation, ...]


class ExtractiveAnswerer:
    """Composes answers by quoting.

    Args:
        document_of: gives a document by its id.
        sentences: most sentences chosen on their own merit.
    """

    def __init__(self, document_of: Callable[[str], Document], sentences: int) -> None:
        self._document_of = document_of
        self._sentences = sentences

    def compose(self, evidence: Evidence) -> Composition:
        """The answer that the evidence gives; ``evidence.sentences`` must not be empty.

        Raises:
            IndexCorruptError: a quote is not what the stored document holds.
        """
        chosen = select(evidence.question, evidence.sentences, self._sentences)
        return self._quoted((evidence, found) for found in chosen)

    def compose_parts(self, parts: Sequence[Evidence]) -> Composition:
        """The answer to a question in parts, given the evidence of each, in order.

        One sentence more than for a single question may be quoted. No part's ``sentences``
        may be empty.

        Raises:
            IndexCorruptError: a quote is not what the stored document holds.
        """
        return self._quoted(select_of_each(parts, self._sentences + 1))

    def _quoted(self, chosen: Iterable[tuple[Evidence, FoundSentence]]) -> Composition:
        draft = _Draft()
        for evidence, found in chosen:
            self._quote(draft, evidence, found)
        return draft.composition()

    def _quote(self, draft: "_Draft", evidence: Evidence, found: FoundSentence) -> None:
        question = evidence.question
        document = self._document_of(found.hit.document_id)
        unit = unit_of(document, found.sentence, asks_for_several(question))
        if draft.holds(document.id, unit.body):
            return
        for span in unit.spans:
            if draft.holds(document.id, span):
                continue
            source = evidence.sources[document.id]
            citation = cite(draft.next_number, document, source, found.hit, span)
            draft.add(citation, _marks(question, document, found, unit, span))


def _marks(
    question: Question, document: Document, found: FoundSentence, unit: Unit, span: Span
) -> tuple[Span, ...]:
    """The spans to highlight in a quote, counted from the quote's beginning."""
    if span == unit.header:
        return ()
    if unit.header is not None and found.sentence.kind is BlockKind.TABLE_ROW:
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

    @property
    def next_number(self) -> int:
        return len(self.citations) + 1

    def holds(self, document_id: str, span: Span) -> bool:
        return any(
            each.document_id == document_id
            and each.start <= span.start
            and span.end <= each.end
            for each in self.citations
        )

    def add(self, citation: Citation, marks: tuple[Span, ...]) -> None:
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
