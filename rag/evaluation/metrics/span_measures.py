"""Whether the first passages, and the first sentences, hold the characters that answer."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final

from rapidfuzz.fuzz import partial_ratio_alignment

from rag.errors import IndexingError
from rag.evaluation.datasets.dataset import Query
from rag.evaluation.runs import Examination, Extent, Outcome, Place, Values
from rag.types import Citation, Document, Hit, Span
from rag.types import Place as Copy

PASSAGE_CUTS: Final = (1, 5, 10)
SENTENCE_CUTS: Final = (1, 2, 3)
DocumentOf = Callable[[str], Document]
"""Gives a document by its id; raises ``IndexingError`` or ``KeyError`` for an unknown one."""

Facts = Mapping[int, tuple[Place, ...]]
"""The gold places of each quoted fact of a question."""

LEAST_RATIO: Final = 90.0
"""Least likeness, 0 to 100, of a stretch and its copy: what makes passages duplicates."""


def span_values(outcome: Outcome, documents: DocumentOf) -> Values:
    """``span_recall@k`` and ``sentence_hit@k``; nothing where no fact has a gold quote.

    Each is the share of facts, 0 to 1, of which a gold place lies wholly inside one of the
    first k passages, or of the first k sentences; a passage's copies count as it does.
    """
    facts = places_by_fact(outcome.query, outcome.places)
    if not facts:
        return {}
    passages, sentences = _looked_at(outcome.examination, facts, documents)
    return {
        **{f"span_recall@{k}": _share(facts, passages[:k]) for k in PASSAGE_CUTS},
        **{f"sentence_hit@{k}": _share(facts, sentences[:k]) for k in SENTENCE_CUTS},
    }


def _looked_at(
    examination: Examination | None,
    facts: Facts,
    documents: DocumentOf,
) -> tuple[list[list[Extent]], list[list[Extent]]]:
    if examination is None:
        return [], []
    hits = sorted(examination.answer.hits, key=lambda hit: hit.rank)
    wanted = {place.document_id for places in facts.values() for place in places}
    passages = [extents_of(hit) for hit in hits[: max(PASSAGE_CUTS)]]
    sentences = [
        _with_copies(sentence, hits, wanted, documents)
        for sentence in examination.sentences[: max(SENTENCE_CUTS)]
    ]
    return passages, sentences


def _with_copies(
    sentence: Extent, hits: Iterable[Hit], wanted: Container[str], documents: DocumentOf
) -> list[Extent]:
    also_in = [
        copy
        for hit in hits
        if hit.document_id == sentence.document_id and hit.start <= sentence.start < hit.end
        for copy in hit.also_in
        if copy.document_id in wanted
    ]
    document = look_up(documents, sentence.document_id) if also_in else None
    if document is None:
        return [sentence]
    text = document.text[sentence.start : sentence.end]
    return [sentence, *copies_of(text, also_in, wanted, documents)]


def _share(facts: Facts, looked_at: Sequence[Sequence[Extent]]) -> float:
    found = sum(
        any(
            extent.contains(place)
            for place in places
            for extents in looked_at
            for extent in extents
        )
        for places in facts.values()
    )
    return found / len(facts)


def places_by_fact(query: Query, places: Iterable[Place]) -> Facts:
    """The gold places of each quoted fact; an empty tuple where none was located.

    An empty place is left out: it would be wholly inside anything.
    """
    found: dict[int, list[Place]] = {fact: [] for fact in query.quoted_facts}
    for place in places:
        if place.fact in found and place.span.start < place.span.end:
            found[place.fact].append(place)
    return {fact: tuple(each) for fact, each in found.items()}


def extents_of(found: Hit | Citation) -> list[Extent]:
    """Where a passage or a citation stands, and each of its copies."""
    return [Extent(each.document_id, each.start, each.end) for each in (found, *found.also_in)]


def touches(found: Hit | Citation, place: Place) -> bool:
    """Whether a passage or a citation, or a copy of it, shares characters with a place."""
    return any(extent.overlaps(place) for extent in extents_of(found))


def look_up(documents: DocumentOf, document_id: str) -> Document | None:
    """A document, or None where there is none of this id."""
    try:
        return documents(document_id)
    except (IndexingError, KeyError):
        return None


def copies_of(
    text: str, also_in: Iterable[Copy], wanted: Container[str], documents: DocumentOf
) -> list[Extent]:
    """Where a stretch of a passage stands in those copies of the passage that are ``wanted``.

    The other documents are not read.
    """
    found = (
        _copy(text, copy, documents) for copy in also_in if text and copy.document_id in wanted
    )
    return [extent for extent in found if extent is not None]


def covered(place: Place, extents: Iterable[Extent]) -> int:
    """How many characters of a place the extents hold together, each counted once."""
    cuts = sorted(
        (max(extent.start, place.span.start), min(extent.end, place.span.end))
        for extent in extents
        if extent.overlaps(place)
    )
    return length(Span(start, end) for start, end in cuts)


def half_covered(place: Place, extents: Iterable[Extent]) -> bool:
    """Whether the extents hold together at least half the characters of a place."""
    return 2 * covered(place, extents) >= place.span.end - place.span.start


def length(spans: Iterable[Span]) -> int:
    """Characters in the union of spans of one document."""
    total, reached = 0, 0
    for span in sorted(spans, key=lambda span: span.start):
        total += max(0, span.end - max(span.start, reached))
        reached = max(reached, span.end)
    return total


def _copy(text: str, copy: Copy, documents: DocumentOf) -> Extent | None:
    document = look_up(documents, copy.document_id)
    if document is None:
        return None
    passage = document.text[copy.start : copy.end]
    at = passage.find(text)
    if at >= 0:
        return Extent(copy.document_id, copy.start + at, copy.start + at + len(text))
    aligned = partial_ratio_alignment(text, passage, score_cutoff=LEAST_RATIO)
    if aligned is None:
        return None
    return Extent(
        copy.document_id, copy.start + aligned.dest_start, copy.start + aligned.dest_end
    )
