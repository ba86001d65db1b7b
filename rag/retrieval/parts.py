"""A question that asks two things: its parts as questions, and what was found for them.

Hits of the whole question and of each part are merged by their ranks alone, since the
scores of different questions share no scale. Method: reciprocal rank fusion (Cormack,
Clarke & Büttcher, 2009).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Final

from rag.question.conversation import StandaloneQuestion
from rag.question.decomposition import decompose
from rag.retrieval.results import Evidence, FoundSentence
from rag.text.terms import lexical_terms, reference_terms
from rag.types import Hit, Question

_DAMPING: Final = 5
"""What is added to each rank; the paper's 60 suits rankings of one question, which agree.
The first passage of a part must not give way to what is middling in all rankings."""


def read_parts(question: Question) -> tuple[Question, ...]:
    """The questions that a question asks at once, in order; none where it asks one.

    They have its language, and no term or reference that it has not.
    """
    return tuple(_part(question, each) for each in decompose(question.search_text))


def add_to(whole: Evidence, parts: Sequence[Evidence]) -> bool:
    """Whether the parts found anything that the whole question did not put first.

    Never, where a part found no sentence.
    """
    if not parts or not whole.sentences or not all(part.sentences for part in parts):
        return False
    best = place_of(whole.sentences[0])
    return any(place_of(part.sentences[0]) != best for part in parts)


def joined(
    whole: Evidence, parts: Sequence[Evidence], features: Mapping[str, float], k: int
) -> Evidence:
    """What was found for a question and for its parts, as evidence of the whole question.

    Args:
        whole: what was found for the question as it was asked.
        parts: what was found for each part, in order.
        features: what the confidence was computed from.
        k: hits wanted.

    ``hits`` are the passages of all, each once, ranked anew; a passage keeps the score and
    the signals of the ranking that it stands highest in, the whole question's first, so
    that scores need not fall from hit to hit. ``sentences`` are those of the parts, in
    turn: first the best of each.
    """
    return Evidence(
        question=whole.question,
        hits=_merged([each.hits for each in (whole, *parts)])[:k],
        sentences=_in_turn([part.sentences for part in parts]),
        sources={name: kept for each in (*parts, whole) for name, kept in each.sources.items()},
        features=features,
    )


def place_of(found: FoundSentence) -> tuple[str, int, int]:
    """Where a sentence stands: its document and its characters."""
    return found.hit.document_id, found.sentence.start, found.sentence.end


def _part(question: Question, asked: StandaloneQuestion) -> Question:
    terms = set(lexical_terms(asked.text))
    references = set(reference_terms(asked.text))
    return replace(
        question,
        text=asked.text,
        search_text=asked.text,
        terms=tuple(term for term in question.terms if term in terms),
        references=tuple(each for each in question.references if each in references),
        wants=asked.wants,
    )


def _merged(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    worth: dict[str, float] = {}
    shown: dict[str, Hit] = {}
    for hit in chain.from_iterable(rankings):
        worth[hit.passage_id] = worth.get(hit.passage_id, 0.0) + 1 / (_DAMPING + hit.rank)
        if hit.rank < shown.setdefault(hit.passage_id, hit).rank:
            shown[hit.passage_id] = hit
    order = sorted(shown.values(), key=lambda hit: (-worth[hit.passage_id], hit.rank))
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(order, start=1))


def _in_turn(found: Sequence[Sequence[FoundSentence]]) -> tuple[FoundSentence, ...]:
    kept: dict[tuple[str, int, int], FoundSentence] = {}
    for each in filter(None, chain.from_iterable(zip_longest(*found))):
        kept.setdefault(place_of(each), each)
    return tuple(kept.values())
