"""Fusion of signals: each on a scale of its own question, then weighted and summed.

Raw BM25 weights and cosines live on different scales, and cosines of one model are
squeezed into a narrow band; standardising over the candidates makes them comparable
without assuming a range. Method: z-score fusion (Lee, 1997; Montague & Aslam, 2001). The
weights are fitted so that a score is a log-odds: `shares` of the scores are the
probabilities that each candidate is the right one (a conditional logit; McFadden, 1974).
"""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


class Method(StrEnum):
    """How passages are ranked; it gives a hit's ``score`` its unit.

    HYBRID: all signals weighed together, a log-odds. DENSE: the cosine alone. LEXICAL:
    the BM25 alone.
    """

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


def standardise(scores: NDArray[np.floating]) -> Scores:
    """Scores with mean 0 and standard deviation 1; all zeros where they do not differ."""
    values = np.asarray(scores, dtype=np.float64)
    if values.size == 0:
        return values
    deviation = values.std()
    if deviation < 1e-9:
        return np.zeros_like(values)
    standardised: Scores = (values - values.mean()) / deviation
    return standardised


def fuse(signals: Mapping[str, NDArray[np.floating]], weights: Mapping[str, float]) -> Scores:
    """The weighted sum of the signals.

    Args:
        signals: arrays of one length, one value a candidate, on comparable scales.
        weights: a weight for each signal, of the same names.

    Raises:
        ValueError: the names differ, which would silently drop a signal.
    """
    if signals.keys() != weights.keys():
        raise ValueError(f"signals {sorted(signals)} but weights {sorted(weights)}")
    total: Scores = np.zeros(len(next(iter(signals.values()))), dtype=np.float64)
    for name, scores in signals.items():
        total += weights[name] * scores
    return total


def shares(scores: Scores) -> Scores:
    """The probability of each candidate being the right one, if one is: the softmax."""
    if not scores.size:
        return scores
    odds = np.exp(scores - scores.max())
    probabilities: Scores = odds / odds.sum()
    return probabilities


def ranking(scores: Scores) -> NDArray[np.int64]:
    """Positions from best to worst; equal scores keep their order."""
    order: NDArray[np.int64] = np.argsort(-scores, kind="stable").astype(np.int64)
    return order
