"""Which sentence of the best passages answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import Candidates
from rag.index.local.codec import KIND_CODES
from rag.index.local.generation import Generation
from rag.retrieval.fusion import Scores, fuse, ranking, standardise
from rag.retrieval.matching import Matches
from rag.retrieval.passages import mean_of_groups
from rag.types import BlockKind, Mention

_K1: Final = 1.2
_B: Final = 0.75
_LAST_RESORT: Final = np.array(
    [KIND_CODES[kind] for kind in (BlockKind.HEADING, BlockKind.TABLE_HEADER)], np.uint8
)
"""What echoes a question without answering it: a heading of a FAQ, the names of columns."""

_RESORT_COST: Final = 100.0


@dataclass(frozen=True, slots=True)
class RankedSentences:
    """Sentences best first, each array of shape ``(m,)``.

    ``numbers`` are sentence numbers of the index; ``positions`` the place of each one's
    passage in the passage ranking; ``score`` is a log-odds, comparable within a question.
    """

    numbers: NDArray[np.int64]
    positions: NDArray[np.int64]
    score: Scores


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The sentences of the passages looked into, passage after passage, ``(m,)`` each.

    ``slots`` are their places among all the candidates' sentences, ``positions`` those of
    their passages in the passage ranking.
    """

    slots: NDArray[np.int64]
    positions: NDArray[np.int64]


def rank_sentences(
    generation: Generation,
    candidates: Candidates,
    looked: LookedAt,
    signals: Mapping[str, Scores],
    weights: Mapping[str, float],
) -> RankedSentences:
    """Rank sentences by their signals; headings come after all others."""
    score = fuse(signals, weights)
    numbers = candidates.numbers[looked.slots]
    kinds = generation.tables.sentences["kind"][numbers]
    score[np.isin(kinds, _LAST_RESORT)] -= _RESORT_COST
    best = ranking(score)
    return RankedSentences(numbers[best], looked.positions[best], score[best])


def look_at(candidates: Candidates, order: NDArray[np.int64]) -> LookedAt:
    """The sentences of the candidates at these positions, in that order."""
    counts = np.diff(candidates.bounds)[order]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    slots = np.arange(total) + np.repeat(
        candidates.bounds[:-1][order] - (ends - counts), counts
    )
    return LookedAt(slots, np.repeat(np.arange(len(order)), counts))


def sentence_signals(
    generation: Generation,
    candidates: Candidates,
    matches: Matches,
    looked: LookedAt,
    passages: Scores,
    wants: Mention,
) -> dict[str, Scores]:
    """Every signal of a sentence by name, each ``(m,)``.

    ``cosine`` is standardised over the sentences; ``contrast`` is how much the cosine
    lies above the mean of its passage; ``coverage`` the share, 0 to 1, of the question's
    rarity that the sentence and its context hold; ``previous`` the standardised BM25 of
    the sentence before it, which often names what it speaks of; ``passage`` its passage's
    score; ``length`` the logarithm of its terms. One signal a kind of mention, under the
    kind's name, is 1 where the question asks for it and the sentence mentions it.

    Args:
        generation: the index.
        candidates: what retrieval gathered.
        matches: the question's terms in all of the candidates' sentences.
        looked: the sentences to rank.
        passages: the score of each candidate passage, ``(n,)``.
        wants: what the question asks for.
    """
    slots = looked.slots
    rows = generation.tables.sentences[candidates.numbers[slots]]
    cosines = candidates.sentence_cosines[slots].astype(np.float64)
    owners = matches.owners[slots]
    means = mean_of_groups(candidates.sentence_cosines, candidates.bounds)
    bm25 = sentence_bm25(matches, rows["n_terms"].astype(np.float64), slots)
    return {
        "cosine": standardise(cosines),
        "contrast": cosines - means[owners],
        "coverage": matches.sentence_coverage[slots],
        "previous": standardise(_of_previous(bm25, looked.positions)),
        "passage": passages[owners],
        "length": np.log1p(rows["n_terms"]).astype(np.float64),
        **_wanted(rows["mentions"], wants),
    }


def sentence_bm25(matches: Matches, lengths: Scores, slots: NDArray[np.int64]) -> Scores:
    """Okapi BM25 of sentences, with rarity over the whole collection's sentences.

    Args:
        matches: the question's terms in all of the candidates' sentences.
        lengths: terms of each sentence, ``(m,)``.
        slots: which of those sentences, ``(m,)``.
    """
    scores: Scores = np.zeros(len(slots))
    if not len(slots):
        return scores
    damping = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
    for counts, weight in zip(matches.frequencies, matches.sentence_rarity, strict=True):
        frequencies = counts[slots]
        scores += weight * frequencies * (_K1 + 1) / (frequencies + damping)
    return scores


def _of_previous(scores: Scores, positions: NDArray[np.int64]) -> Scores:
    """Each sentence's predecessor's score; 0 for the first of a passage."""
    previous: Scores = np.zeros_like(scores)
    previous[1:] = np.where(positions[1:] == positions[:-1], scores[:-1], 0.0)
    return previous


def _wanted(mentions: NDArray[np.uint16], wants: Mention) -> dict[str, Scores]:
    return {
        str(kind.name): (mentions & np.uint16((kind & wants).value) != 0).astype(np.float64)
        for kind in Mention
        if kind
    }
