"""Measures of confidence over a set of questions: pure functions of arrays.

``confidence`` holds probabilities, 0 to 1; ``right`` and ``answerable`` hold 0 or 1. All
are of shape ``(n,)``. ``weights``, of the same shape, says how often each question counts
(a bootstrap resample); None counts each once. A measure that cannot be told (no question,
one class only) is None.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS: Final = 10
"""Bins of equal width of the reliability diagram and of the calibration error."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """What answering from each confidence on would have been worth; best first.

    All arrays are of shape ``(m,)``, one point for each distinct confidence, falling:
    answering from ``threshold`` on, ``coverage`` is the share of questions answered and
    ``risk`` the share of wrong answers among these.
    """

    threshold: Floats
    coverage: Floats
    risk: Floats


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence lies in ``[low, high)``; the last bin holds 1 too.

    ``confidence`` is their mean confidence and ``right`` the share that is right; both are
    None where ``count`` is 0.
    """

    low: float
    high: float
    count: float
    confidence: float | None
    right: float | None


def auroc(score: Floats, positive: Floats, weights: Floats | None = None) -> float | None:
    """The probability that a positive scores above a negative, a tie counting one half.

    The area under the ROC curve (Hanley and McNeil, 1982), 0 to 1, .5 for chance; None
    where one class is empty. ``positive`` holds 0 or 1.
    """
    _, totals, (positives,) = _by_score(score, weights, positive)
    negatives = totals - positives
    pairs = float(positives.sum() * negatives.sum())
    if pairs == 0:
        return None
    below = negatives.sum() - np.cumsum(negatives)
    return float((positives * (below + negatives / 2)).sum() / pairs)


def risk_coverage(
    confidence: Floats, right: Floats, weights: Floats | None = None
) -> RiskCoverage:
    """The risk–coverage curve (El-Yaniv and Wiener, 2010).

    Questions of equal confidence are answered together. Empty where there is no question.
    """
    thresholds, totals, (rights,) = _by_score(confidence, weights, right)
    kept = np.cumsum(totals)
    every = kept[-1] if len(kept) else 1.0
    return RiskCoverage(thresholds, kept / every, 1 - np.cumsum(rights) / kept)


def aurc(confidence: Floats, right: Floats, weights: Floats | None = None) -> float | None:
    """The area under the risk–coverage curve, 0 to 1, the lower the better.

    The mean over the questions of the risk of answering all that are at least as sure
    (Geifman, Uziel and El-Yaniv, 2019).
    """
    curve = risk_coverage(confidence, right, weights)
    if not len(curve.risk):
        return None
    return float((np.diff(curve.coverage, prepend=0.0) * curve.risk).sum())


def coverage_at_risk(
    confidence: Floats,
    right: Floats,
    answerable: Floats,
    risk: float,
    weights: Floats | None = None,
) -> float | None:
    """The share of answerable questions answered when the risk is held at ``risk``.

    All questions, answerable or not, are ordered by confidence; the threshold is the lowest
    whose answers are wrong at most ``risk`` of the time, answers to unanswerable questions
    being wrong. 0 where no threshold does; None where nothing is answerable. The threshold
    is chosen on these very questions, so that the figure is what the confidence allows,
    not what a threshold set beforehand gives.
    """
    _, totals, (rights, answerables) = _by_score(confidence, weights, right, answerable)
    every = float(answerables.sum())
    if every == 0:
        return None
    wrong = np.cumsum(totals - rights)
    # The margin keeps 5 wrong among 100 within a risk of .05, whatever the rounding.
    within = np.flatnonzero(wrong <= risk * np.cumsum(totals) + 1e-9)
    return float(answerables[: within[-1] + 1].sum()) / every if len(within) else 0.0


def brier(confidence: Floats, right: Floats, weights: Floats | None = None) -> float | None:
    """The mean squared difference of confidence and outcome, 0 to 1 (Brier, 1950)."""
    counts = np.ones_like(confidence) if weights is None else weights
    total = float(counts.sum())
    if total == 0:
        return None
    return float((counts * (confidence - right) ** 2).sum()) / total


def ece(confidence: Floats, right: Floats, weights: Floats | None = None) -> float | None:
    """The expected calibration error, 0 to 1 (Naeini, Cooper and Hauskrecht, 2015).

    The mean over the bins, weighted by what they hold, of the distance of mean confidence
    and share right.
    """
    counts, confidences, rights = _binned(confidence, right, weights)
    total = float(counts.sum())
    return float(np.abs(confidences - rights).sum()) / total if total else None


def reliability(
    confidence: Floats, right: Floats, weights: Floats | None = None
) -> tuple[ReliabilityBin, ...]:
    """The ten bins of the reliability diagram, lowest confidence first, empty ones too."""
    counts, confidences, rights = _binned(confidence, right, weights)
    return tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=float(count),
            confidence=float(said / count) if count else None,
            right=float(found / count) if count else None,
        )
        for number, (count, said, found) in enumerate(
            zip(counts, confidences, rights, strict=True)
        )
    )


def _by_score(
    score: Floats, weights: Floats | None, *columns: Floats
) -> tuple[Floats, Floats, list[Floats]]:
    """Sums by distinct score, highest first: the scores, how many, and each column's sum."""
    counts = np.ones_like(score) if weights is None else weights
    order = np.argsort(-score, kind="stable")
    order = order[counts[order] > 0]
    falling, counted = score[order], counts[order]
    starts = np.flatnonzero(np.diff(falling, prepend=np.inf))
    if not len(starts):
        nothing = np.zeros(0)
        return nothing, nothing, [nothing for _ in columns]
    sums = [np.add.reduceat(column[order] * counted, starts) for column in columns]
    return falling[starts], np.add.reduceat(counted, starts), sums


def _binned(
    confidence: Floats, right: Floats, weights: Floats | None
) -> tuple[Floats, Floats, Floats]:
    """Sums by bin, shape ``(BINS,)`` each: questions, confidences, right ones."""
    counts = np.ones_like(confidence) if weights is None else weights
    numbers = np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)
    return (
        _sums(numbers, counts),
        _sums(numbers, counts * confidence),
        _sums(numbers, counts * right),
    )


def _sums(numbers: NDArray[np.int64], values: Floats) -> Floats:
    return np.bincount(numbers, values, BINS).astype(np.float64)
