"""What is quoted, put in the order in which a person reads it, each thing once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.answering.quote_context import Unit, run_around
from rag.retrieval.results import Results
from rag.types import Document, Hit, Span


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a document to quote, the passage that called for it and its results.

    ``unit`` is what is quoted together, the span among it.
    """

    results: Results
    hit: Hit
    document: Document
    unit: Unit
    span: Span


def quotes_of_unit(
    results: Results, hit: Hit, document: Document, unit: Unit
) -> tuple[Quote, ...]:
    """Each span of a unit as a quote."""
    return tuple(Quote(results, hit, document, unit, span) for span in unit.spans)


def arranged(quotes: Sequence[Quote], best_first: bool = False) -> tuple[Quote, ...]:
    """The quotes document after document, each document's in the order of its text.

    Documents keep the order in which the quotes first name them. Quotes that share
    characters become one, which holds them all, so that no two of the result do.

    Args:
        quotes: the quotes, those of the best sentence first.
        best_first: whether the unit of the first quote, and what stands in its table or
            list, go before the rest of their document.
    """
    by_document: dict[str, list[Quote]] = {}
    for quote in quotes:
        by_document.setdefault(quote.document.id, []).append(quote)
    ordered = [_disjoint(each) for each in by_document.values()]
    if best_first and ordered:
        ordered[0] = _led_by(quotes[0], ordered[0])
    return tuple(quote for each in ordered for quote in each)


def _disjoint(quotes: Iterable[Quote]) -> list[Quote]:
    kept: list[Quote] = []
    for quote in sorted(quotes, key=lambda each: (each.span.start, -each.span.end)):
        if not kept or quote.span.start >= kept[-1].span.end:
            kept.append(quote)
        elif quote.span.end > kept[-1].span.end:
            whole = Span(kept[-1].span.start, quote.span.end)
            kept[-1] = replace(kept[-1], span=whole)
    return kept


def _led_by(best: Quote, quotes: Iterable[Quote]) -> list[Quote]:
    """The best unit, then its table or list, then the rest; each in the text's order."""
    run = run_around(best.document, best.unit.body.start)

    def distance(quote: Quote) -> int:
        if any(_overlap(quote.span, span) for span in best.unit.spans):
            return 0
        return 1 if _overlap(quote.span, run) else 2

    return sorted(quotes, key=distance)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
