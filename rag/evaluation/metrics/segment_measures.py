"""What a person reads of an answer: whether it begins with what answers, and what else it says.

A gold quote is a clause; what a good answer cites is the sentence, the list item or the row
that it stands in, with the header or the sentence that introduces it. None of that is noise.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rag.evaluation.datasets.dataset import Polarity
from rag.evaluation.metrics.citation_measures import citation_recall, cited_extents
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
from rag.text.sentences import split_sentences
from rag.types import Answer, Block, BlockKind, Citation, Document, Segment, Span

BETA: Final = 2.0
"""How many times completeness weighs what was expected over what was not."""

_HEADERS: Final = (BlockKind.HEADING, BlockKind.TABLE_HEADER)
_TABLE: Final = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
_WHOLE: Final = (*_TABLE, BlockKind.LIST_ITEM, BlockKind.HEADING)
_OPENING: Final = re.compile(r"\W*(?:(oui|yes)|(non|no))(?![\w'’-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a gold stands in and what leads to it, as ranges of its document.

    ``unit`` are the sentences, list items or rows that it touches; ``introduction`` the
    headings above, the header of its table, the sentence and the items that its list hangs
    from.
    """

    document_id: str
    unit: tuple[Span, ...]
    introduction: tuple[Span, ...]


_Located = TypeVar("_Located", Place, Surroundings)


@dataclass(frozen=True, slots=True)
class _Gold:
    """The gold of a question, with what surrounds each of its places."""

    places: tuple[Place, ...]
    surroundings: tuple[Surroundings, ...]

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(place.document_id for place in self.places)


def segment_values(outcome: Outcome, documents: DocumentOf) -> Values:
    """``first_right``, ``clean_right``, ``order``, ``noise``, ``completeness``, ``polarity``.

    They are there where a fact has a gold quote; ``noise`` where the answer composed cites
    besides, ``polarity`` where yes or no is expected.
    """
    facts = places_by_fact(outcome.query, outcome.places)
    if not facts:
        return {}
    answer = outcome.examination.answer if outcome.examination else None
    values = _values(outcome, answer, facts, documents) if answer and answer.citations else {}
    nothing = dict.fromkeys(("first_right", "clean_right", "order", "completeness"), 0.0)
    if outcome.query.polarity is not None:
        nothing["polarity"] = 0.0
    return {**nothing, **values}


def surroundings_of(document: Document, place: Place) -> Surroundings:
    """What a gold stands in and what leads to it."""
    blocks = document.blocks or (Block(BlockKind.PARAGRAPH, 0, len(document.text)),)
    first = max(0, bisect_right(blocks, place.span.start, key=lambda block: block.start) - 1)
    touched = [block for block in blocks[first:] if _meet(block, place.span)]
    return Surroundings(
        document.id,
        tuple(span for block in touched for span in _units(document, block, place.span)),
        tuple(_introduction(document, blocks, first)),
    )


def _values(
    outcome: Outcome, answer: Answer, facts: Facts, documents: DocumentOf
) -> dict[str, float]:
    gold = _gold_of(facts, documents)
    cited = {each.number: each for each in answer.citations}
    told = [
        (segment.text, holds)
        for segment in answer.segments
        if segment.text
        and (held := _extents(segment, cited, gold, documents))
        and ((holds := _holds(held, gold)) or not _leads(held, gold, documents))
    ]
    ranks = [rank for rank, (_, holds) in enumerate(told, start=1) if holds]
    first = ranks[:1] == [1]
    extents = cited_extents(answer, facts, documents)
    noise = _noise(answer.citations, extents, gold)
    values = {
        "first_right": float(first),
        "clean_right": float(first and outcome.composed_right),
        "order": 1 / ranks[0] if ranks else 0.0,
        "noise": noise,
        "completeness": f_beta(1 - noise, citation_recall(facts, extents), BETA),
    }
    if outcome.query.polarity is not None:
        values["polarity"] = float(first and _says(told[0][0], outcome.query.polarity))
    return values


def f_beta(precision: float, recall: float, beta: float) -> float:
    """The weighted harmonic mean of van Rijsbergen (1979), 0 to 1; 0 where either is 0."""
    if not precision or not recall:
        return 0.0
    weight = beta * beta
    return (1 + weight) * precision * recall / (weight * precision + recall)


def _says(text: str, polarity: Polarity) -> bool:
    """Whether a sentence that decides says yes or no as expected.

    Where it opens with neither, it is the document's own and says what the document says.
    """
    opening = _OPENING.match(text)
    return opening is None or (polarity is Polarity.YES) is bool(opening.group(1))


def _gold_of(facts: Facts, documents: DocumentOf) -> _Gold:
    places = tuple(place for each in facts.values() for place in each)
    found = ((look_up(documents, place.document_id), place) for place in places)
    return _Gold(
        places,
        tuple(surroundings_of(document, place) for document, place in found if document),
    )


def _extents(
    segment: Segment, cited: Mapping[int, Citation], gold: _Gold, documents: DocumentOf
) -> list[Extent]:
    """Where a segment's characters stand in the documents, and their copies.

    A segment that is not in the quotes it rests on stands for the whole of these.
    """
    extents: list[Extent] = []
    for citation in (cited[number] for number in segment.citations if number in cited):
        at = citation.quote.find(segment.text)
        text = segment.text if at >= 0 else citation.quote
        start = citation.start + max(at, 0)
        extents.append(Extent(citation.document_id, start, start + len(text)))
        extents += copies_of(text, citation.also_in, gold.documents, documents)
    return extents


def _holds(extents: Sequence[Extent], gold: _Gold) -> bool:
    """Whether half of a gold stands in the extents, or half of one of these is gold."""
    if any(half_covered(place, extents) for place in gold.places):
        return True
    return any(
        2 * _shared(extent, (place.span for place in _within(extent, gold.places)))
        >= extent.end - extent.start
        for extent in extents
    )


def _leads(extents: Sequence[Extent], gold: _Gold, documents: DocumentOf) -> bool:
    """Whether the extents are a header, or what introduces a gold."""
    return any(
        2 * _shared(extent, each.introduction) >= extent.end - extent.start
        for extent in extents
        for each in _within(extent, gold.surroundings)
    ) or all(_is_header(extent, documents) for extent in extents)


def _is_header(extent: Extent, documents: DocumentOf) -> bool:
    document = look_up(documents, extent.document_id)
    blocks = document.blocks if document else ()
    touched = [block for block in blocks if _meet(block, Span(extent.start, extent.end))]
    return bool(touched) and all(block.kind in _HEADERS for block in touched)


def _noise(
    citations: Sequence[Citation], cited: Sequence[Sequence[Extent]], gold: _Gold
) -> float:
    total = sum(len(each.quote) for each in citations)
    useful = sum(
        max(
            min(len(each.quote), _shared(extent, _expected(extent, gold))) for extent in extents
        )
        for each, extents in zip(citations, cited, strict=True)
    )
    return 1 - useful / total if total else 0.0


def _expected(extent: Extent, gold: _Gold) -> Iterator[Span]:
    for each in _within(extent, gold.surroundings):
        yield from each.unit
        yield from each.introduction
    yield from (place.span for place in _within(extent, gold.places))


def _within(extent: Extent, found: Iterable[_Located]) -> Iterator[_Located]:
    return (each for each in found if each.document_id == extent.document_id)


def _shared(extent: Extent, spans: Iterable[Span]) -> int:
    """Characters of an extent that lie in some spans of its document, each once."""
    return length(
        Span(max(span.start, extent.start), min(span.end, extent.end))
        for span in spans
        if span.start < extent.end and extent.start < span.end
    )


def _units(document: Document, block: Block, span: Span) -> Iterator[Span]:
    if block.kind in _WHOLE:
        yield Span(block.start, block.end)
        return
    for each in split_sentences(document.text[block.start : block.end]):
        sentence = Span(block.start + each.start, block.start + each.end)
        if sentence.start < span.end and span.start < sentence.end:
            yield sentence


def _introduction(document: Document, blocks: Sequence[Block], first: int) -> Iterator[Span]:
    above = blocks[first::-1]
    yield from _headings_above(above)
    if above[0].kind is BlockKind.TABLE_ROW:
        yield from _table_header(above)
    if above[0].kind is BlockKind.LIST_ITEM:
        yield from _hung_from(document, above)


def _headings_above(above: Sequence[Block]) -> Iterator[Span]:
    least = above[0].level if above[0].kind is BlockKind.HEADING else 7
    for block in above:
        if block.kind is BlockKind.HEADING and block.level < least:
            least = block.level
            yield Span(block.start, block.end)


def _table_header(above: Sequence[Block]) -> Iterator[Span]:
    headed = False
    for block in above:
        if block.kind not in _TABLE or (headed and block.kind is BlockKind.TABLE_ROW):
            return
        if block.kind is BlockKind.TABLE_HEADER:
            headed = True
            yield Span(block.start, block.end)


def _hung_from(document: Document, above: Sequence[Block]) -> Iterator[Span]:
    """The items that an item stands under, and the sentence before its list."""
    level = above[0].level
    for block in above:
        if block.kind is not BlockKind.LIST_ITEM:
            sentences = split_sentences(document.text[block.start : block.end])
            if block.kind is BlockKind.PARAGRAPH and sentences:
                yield Span(block.start + sentences[-1].start, block.end)
            return
        if block.level < level:
            level = block.level
            yield Span(block.start, block.end)


def _meet(block: Block, span: Span) -> bool:
    return block.start < span.end and span.start < block.end
