"""Whether the first passages, and the first sentences, hold the characters that answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rag.evaluation.metrics.extents import DocumentOf, Extent, copies_of, look_up
from rag.evaluation.metrics.facts import places_by_fact
from rag.evaluation.records import Candidate, Examination, Outcome, Place, Values
from rag.types import Hit

PASSAGE_CUTS: Final = (1, 5, 10)
SENTENCE_CUTS: Final = (1, 2, 3)


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
    facts: Mapping[int, tuple[Place, ...]],
    documents: DocumentOf,
) -> tuple[list[list[Extent]], list[list[Extent]]]:
    if examination is None:
        return [], []
    hits = sorted(examination.answer.hits, key=lambda hit: hit.rank)
    wanted = {place.document_id for places in facts.values() for place in places}
    passages = [_passage(hit) for hit in hits[: max(PASSAGE_CUTS)]]
    sentences = [
        _sentence(candidate, hits, wanted, documents)
        for candidate in examination.sentences[: max(SENTENCE_CUTS)]
    ]
    return passages, sentences


def _passage(hit: Hit) -> list[Extent]:
    copies = [Extent(copy.document_id, copy.start, copy.end) for copy in hit.also_in]
    return [Extent(hit.document_id, hit.start, hit.end), *copies]


def _sentence(
    candidate: Candidate, hits: Iterable[Hit], wanted: set[str], documents: DocumentOf
) -> list[Extent]:
    itself = Extent(candidate.document_id, candidate.start, candidate.end)
    also_in = [
        copy
        for hit in hits
        if hit.document_id == candidate.document_id and hit.start <= candidate.start < hit.end
        for copy in hit.also_in
        if copy.document_id in wanted
    ]
    document = look_up(documents, candidate.document_id) if also_in else None
    if document is None:
        return [itself]
    text = document.text[candidate.start : candidate.end]
    return [itself, *copies_of(text, also_in, wanted, documents)]


def _share(
    facts: Mapping[int, tuple[Place, ...]], looked_at: Sequence[Sequence[Extent]]
) -> float:
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
