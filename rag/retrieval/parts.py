"""A question that asks several things: what was found for each of them, put together.

Hits of the whole question and of each part are merged by their ranks alone, since the
scores of different questions share no scale. Method: reciprocal rank fusion (Cormack,
Clarke & Büttcher, 2009).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Final

from rag.retrieval.results import FoundSentence, Results
from rag.types import Hit

_DAMPING: Final = 5
"""What is added to each rank; the paper's 60 suits rankings of one question, which agree.
The first passage of a part must not give way to what is middling in all rankings."""


def add_to(whole: Results, parts: Sequence[Results]) -> bool:
    """Whether the parts found anything that the whole question did not put first.

    Never, where a part found no sentence.
    """
    if not parts or not whole.sentences or not all(part.sentences for part in parts):
        return False
    best = whole.sentences[0].place
    return any(part.sentences[0].place != best for part in parts)


def joined(whole: Results, parts: Sequence[Results], k: int) -> Results:
    """What was found for a question and for its parts, as results of the whole question.

    ``hits`` are the ``k`` best passages of all, each once, ranked anew; a passage keeps the
    score and the signals of the ranking that it stands highest in, the whole question's
    first, so that scores need not fall from hit to hit. ``sentences`` are those of the
    parts, in turn: first the best of each.
    """
    return replace(
        whole,
        hits=_merged([each.hits for each in (whole, *parts)])[:k],
        sentences=_in_turn([part.sentences for part in parts]),
        sources={name: kept for each in (*parts, whole) for name, kept in each.sources.items()},
        parts=tuple(parts),
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
        kept.setdefault(each.place, each)
    return tuple(kept.values())
