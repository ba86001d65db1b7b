"""Whether what is cited is exact, is what was to be cited, and no more than that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rag.answering.citations import check
from rag.evaluation.datasets.dataset import Query
from rag.evaluation.metrics.span_measures import (
    DocumentOf,
    Facts,
    copies_of,
    half_covered,
    length,
    look_up,
    places_by_fact,
)
from rag.evaluation.runs import Extent, Outcome, Place, Values
from rag.types import Answer, Citation, Segment, Span, Support


def citation_values(outcome: Outcome, documents: DocumentOf) -> Values:
    """``quote_fidelity``, ``citation_precision``, ``citation_recall`` and ``verbosity``.

    Fidelity and verbosity are there where the answer composed cites something; precision,
    recall and verbosity where a fact has a gold quote.
    """
    values: dict[str, float] = {}
    answer = outcome.examination.answer if outcome.examination else None
    if answer is not None and answer.citations:
        values["quote_fidelity"] = quote_fidelity(answer, documents)
    facts = places_by_fact(outcome.query, outcome.places)
    if not facts:
        return values
    cited = cited_extents(answer, facts, documents)
    values["citation_precision"] = _precision(facts, cited)
    values["citation_recall"] = citation_recall(facts, cited)
    gold = sum(min((_size(place) for place in each), default=0) for each in facts.values())
    if answer is not None and answer.citations and gold:
        values["verbosity"] = _characters(answer.citations) / gold
    return values


def quote_fidelity(answer: Answer, documents: DocumentOf) -> float:
    """The share of an answer's citations that are exact; it must cite something.

    A citation is exact when the document, read anew in the version named, holds its quote
    at its offsets, to the character, and when each verbatim segment that rests on it is
    what the answer's text holds there and stands in a quote that it rests on.
    """
    exact = sum(_is_exact(citation, answer, documents) for citation in answer.citations)
    return exact / len(answer.citations)


def is_right(
    query: Query, places: Iterable[Place], answer: Answer, documents: DocumentOf
) -> bool:
    """Whether an answer cites at least half the characters of one gold of each fact.

    Never, where nothing answers the question or no gold has a quote.
    """
    facts = places_by_fact(query, places)
    return bool(facts) and citation_recall(facts, cited_extents(answer, facts, documents)) == 1


def citation_recall(facts: Facts, cited: Sequence[Sequence[Extent]]) -> float:
    """The share of facts of which half of a gold place is cited, 0 to 1.

    ``cited`` is what `cited_extents` gives.
    """
    extents = [extent for each in cited for extent in each]
    found = sum(
        any(half_covered(place, extents) for place in places) for places in facts.values()
    )
    return found / len(facts)


def _is_exact(citation: Citation, answer: Answer, documents: DocumentOf) -> bool:
    document = look_up(documents, citation.document_id)
    if document is None or not check(citation, {document.id: document}):
        return False
    quotes = {each.number: each.quote for each in answer.citations}
    return all(
        _is_verbatim(segment, answer.text, quotes)
        for segment in answer.segments
        if segment.support is Support.VERBATIM and citation.number in segment.citations
    )


def _is_verbatim(segment: Segment, text: str, quotes: Mapping[int, str]) -> bool:
    return text[segment.start : segment.end] == segment.text and any(
        segment.text in quotes.get(number, "") for number in segment.citations
    )


def cited_extents(
    answer: Answer | None, facts: Facts, documents: DocumentOf
) -> list[list[Extent]]:
    """Of each citation, its own extent and those of its copies where gold stands."""
    if answer is None:
        return []
    wanted = {place.document_id for places in facts.values() for place in places}
    return [
        [
            Extent(each.document_id, each.start, each.end),
            *copies_of(each.quote, each.also_in, wanted, documents),
        ]
        for each in answer.citations
    ]


def _precision(facts: Facts, cited: list[list[Extent]]) -> float:
    places = [place for each in facts.values() for place in each]
    useful = sum(
        any(extent.overlaps(place) for extent in extents for place in places)
        for extents in cited
    )
    return useful / len(cited) if cited else 0.0


def _size(place: Place) -> int:
    return place.span.end - place.span.start


def _characters(citations: Iterable[Citation]) -> int:
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for citation in citations:
        spans[citation.document_id].append(Span(citation.start, citation.end))
    return sum(length(each) for each in spans.values())
