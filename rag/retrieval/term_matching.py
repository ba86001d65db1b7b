"""How much of a question's words each candidate holds, each word by its rarity."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.index.passage_index import CandidateSet
from rag.retrieval.fusion import Scores


@dataclass(frozen=True, slots=True, eq=False)
class TermMatches:
    """A question's known terms against its candidates: ``t`` terms, ``m`` sentences.

    Attributes:
        rarity: ``(t,)``, inverse passage frequency.
        sentence_rarity: ``(t,)``, the same over sentences.
        phrases: ``(m,)``, the mean rarity of each pair of terms that follow one another
            both in the question and in the sentence, summed.
        sentence_coverage: ``(m,)``, the share, 0 to 1, of the question's rarity that each
            sentence holds together with its passage's context.
        passage_coverage: ``(n,)``, the same of each passage and its context.
        total: the rarity of all terms; 1 where there is none, so that shares are 0.
    """

    rarity: Scores
    sentence_rarity: Scores
    phrases: Scores
    sentence_coverage: Scores
    passage_coverage: Scores
    total: float

    @classmethod
    def of(cls, candidates: CandidateSet) -> Self:
        """Weigh what the candidates hold."""
        counts, known = candidates.counts, candidates.counts.known
        rarity = inverse_frequency(counts.passages, counts.in_passages[known])
        total = float(rarity.sum()) or 1.0
        held = candidates.frequencies > 0
        within = candidates.in_context.copy()
        for place, own in enumerate(held):
            within[place, candidates.owners[own]] = True
        beside = held | candidates.in_context[:, candidates.owners]
        return cls(
            rarity=rarity,
            sentence_rarity=inverse_frequency(counts.sentences, counts.in_sentences[known]),
            phrases=_phrases(candidates.followed, rarity),
            sentence_coverage=rarity @ beside / total,
            passage_coverage=rarity @ within / total,
            total=total,
        )


def inverse_frequency(total: int, counts: NDArray[np.int32]) -> Scores:
    """The rarity of terms, ``log(1 + (N - f + .5) / (f + .5))``, each by its frequency f."""
    if not len(counts):
        return np.zeros(0)
    rarity: Scores = np.log1p((total - counts + 0.5) / (counts + 0.5))
    return rarity


def _phrases(followed: NDArray[np.bool_], rarity: Scores) -> Scores:
    worth: Scores = np.zeros(followed.shape[1])
    for place, standing in enumerate(followed):
        worth[standing] += rarity[place : place + 2].mean()
    return worth
