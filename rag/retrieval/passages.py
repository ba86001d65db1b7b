"""What speaks for each candidate passage, and the one score that comes of it."""

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import Candidates
from rag.index.local.generation import Generation
from rag.index.local.vectors import best_of_groups
from rag.retrieval.fusion import Scores, standardise
from rag.retrieval.matching import Matches
from rag.types import Mention


def passage_signals(
    generation: Generation, candidates: Candidates, matches: Matches, wants: Mention
) -> dict[str, Scores]:
    """Every signal that is weighed, by name, each ``(n,)``.

    ``cosine``, ``sentence`` (the best sentence's cosine) and ``sentence_mean`` are
    standardised over the candidates. The others are shares, 0 to 1: of the question's
    rarity in the passage with its context (``coverage``), in its best sentence with the
    context (``sentence_coverage``) and in pairs of terms that follow one another in one
    sentence (``phrase``); ``wanted`` is the share of sentences that mention what is asked.
    BM25 finds candidates and is not weighed again: beside coverage it added nothing.
    """
    mentions = generation.tables.sentences["mentions"][candidates.numbers]
    wanted = (mentions & np.uint16(wants.value) != 0).astype(np.float32)
    bounds = candidates.bounds
    return {
        "cosine": standardise(candidates.cosine),
        "sentence": standardise(candidates.sentence),
        "sentence_mean": standardise(mean_of_groups(candidates.sentence_cosines, bounds)),
        "coverage": matches.passage_coverage(),
        "sentence_coverage": _best(matches.sentence_coverage, bounds),
        "phrase": _best(matches.phrases, bounds) / matches.total,
        "wanted": mean_of_groups(wanted, bounds),
    }


def mean_of_groups(scores: NDArray[np.floating], bounds: NDArray[np.int64]) -> Scores:
    """The mean of each group ``scores[bounds[i]:bounds[i + 1]]``; 0 for an empty one."""
    sums = np.diff(np.concatenate(([0.0], np.cumsum(scores, dtype=np.float64)))[bounds])
    means: Scores = sums / np.maximum(np.diff(bounds), 1)
    return means


def _best(scores: Scores, bounds: NDArray[np.int64]) -> Scores:
    best = best_of_groups(scores.astype(np.float32), bounds)
    return np.maximum(best, 0.0).astype(np.float64)
