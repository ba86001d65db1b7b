"""What speaks for each candidate passage, and for each of its sentences."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from rag.index.passage_index import CandidateSet, best_of_groups
from rag.retrieval.fusion import Scores, standardise
from rag.types import Mention


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


_K1: Final = 1.2
_B: Final = 0.75


def passage_signals(
    candidates: CandidateSet, matches: TermMatches, wants: Mention
) -> dict[str, Scores]:
    """Every signal of a passage that is weighed, by name, each ``(n,)``.

    ``cosine``, ``sentence`` (the best sentence's cosine) and ``sentence_mean`` are
    standardised over the candidates. The others are shares, 0 to 1: of the question's
    rarity in the passage with its context (``coverage``), in its best sentence with the
    context (``sentence_coverage``) and in pairs of terms that follow one another in one
    sentence (``phrase``); ``wanted`` is the share of sentences that mention what is asked.
    BM25 finds candidates and is not weighed again: beside coverage it added nothing.
    """
    wanted = (candidates.mentions & np.uint16(wants.value) != 0).astype(np.float32)
    bounds = candidates.bounds
    return {
        "cosine": standardise(candidates.cosine),
        "sentence": standardise(candidates.best_sentence),
        "sentence_mean": standardise(mean_of_groups(candidates.sentence_cosines, bounds)),
        "coverage": matches.passage_coverage,
        "sentence_coverage": _best(matches.sentence_coverage, bounds),
        "phrase": _best(matches.phrases, bounds) / matches.total,
        "wanted": mean_of_groups(wanted, bounds),
    }


def sentence_signals(
    candidates: CandidateSet,
    matches: TermMatches,
    slots: NDArray[np.int64],
    passages: Scores,
    wants: Mention,
) -> dict[str, Scores]:
    """Every signal of a sentence that is weighed, by name, each ``(s,)``.

    ``cosine`` is standardised over the sentences; ``contrast`` is how much the cosine
    lies above the mean of its passage; ``coverage`` the share, 0 to 1, of the question's
    rarity that the sentence and its context hold; ``previous`` the standardised BM25 of
    the sentence before it, which often names what it speaks of; ``passage`` its passage's
    score; ``length`` the logarithm of its terms. One signal a kind of mention, under the
    kind's name, is 1 where the question asks for it and the sentence mentions it.

    Args:
        candidates: the candidates.
        matches: what they hold of the question's terms.
        slots: which of the candidates' sentences, ``(s,)``, passage after passage.
        passages: the score of each candidate passage, ``(n,)``.
        wants: what the question asks for.
    """
    cosines = candidates.sentence_cosines[slots].astype(np.float64)
    owners = candidates.owners[slots]
    means = mean_of_groups(candidates.sentence_cosines, candidates.bounds)
    lengths = candidates.lengths[slots]
    bm25 = sentence_bm25(candidates, matches, slots)
    return {
        "cosine": standardise(cosines),
        "contrast": cosines - means[owners],
        "coverage": matches.sentence_coverage[slots],
        "previous": standardise(_of_previous(bm25, owners)),
        "passage": passages[owners],
        "length": np.log1p(lengths).astype(np.float64),
        **_wanted(candidates.mentions[slots], wants),
    }


def sentence_bm25(
    candidates: CandidateSet, matches: TermMatches, slots: NDArray[np.int64]
) -> Scores:
    """Okapi BM25 of sentences, ``(s,)``, with rarity over the collection's sentences."""
    scores: Scores = np.zeros(len(slots))
    if not len(slots):
        return scores
    lengths = candidates.lengths[slots].astype(np.float64)
    damping = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
    for counts, weight in zip(candidates.frequencies, matches.sentence_rarity, strict=True):
        frequencies = counts[slots]
        scores += weight * frequencies * (_K1 + 1) / (frequencies + damping)
    return scores


def mean_of_groups(scores: NDArray[np.floating], bounds: NDArray[np.int64]) -> Scores:
    """The mean of each group ``scores[bounds[i]:bounds[i + 1]]``; 0 for an empty one."""
    sums = np.diff(np.concatenate(([0.0], np.cumsum(scores, dtype=np.float64)))[bounds])
    means: Scores = sums / np.maximum(np.diff(bounds), 1)
    return means


def _best(scores: Scores, bounds: NDArray[np.int64]) -> Scores:
    best = best_of_groups(scores.astype(np.float32), bounds)
    return np.maximum(best, 0.0).astype(np.float64)


def _of_previous(scores: Scores, owners: NDArray[np.int64]) -> Scores:
    """Each sentence's predecessor's score; 0 for the first of a passage."""
    previous: Scores = np.zeros_like(scores)
    previous[1:] = np.where(owners[1:] == owners[:-1], scores[:-1], 0.0)
    return previous


def _wanted(mentions: NDArray[np.uint16], wants: Mention) -> dict[str, Scores]:
    return {
        str(kind.name): (mentions & np.uint16((kind & wants).value) != 0).astype(np.float64)
        for kind in Mention
        if kind
    }
