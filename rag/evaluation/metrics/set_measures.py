"""Measures that a whole set has and a single question has not, by name.

They read a table with a row for each question, so that a bootstrap can count rows more
than once and a randomisation test can exchange those of two runs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.runs import Outcome
from rag.evaluation.statistics import Floats

BINS: Final = 10
"""Bins of equal width of the reliability diagram and of the calibration error."""


class Column(IntEnum):
    """A column of the table of a set.

    ``JUDGED`` is 1 where an answer can be told right or wrong, ``PUT`` where the question
    could be put at all; times are in milliseconds, 0 where it could not.
    """

    CONFIDENCE = 0
    RIGHT = 1
    ANSWERABLE = 2
    ANSWERED = 3
    JUDGED = 4
    PUT = 5
    TOTAL = 6
    EMBED = 7


@dataclass(frozen=True, slots=True)
class SetMeasure:
    """A measure of a set: called with a table and how often each of its rows counts.

    ``measure`` is given the columns ``of``, over the rows that hold 1 in every column of
    ``over``.
    """

    measure: Callable[..., float | None]
    of: tuple[Column, ...]
    over: tuple[Column, ...] = ()

    def __call__(self, table: Floats, weights: Floats) -> float | None:
        """The measure of a table; None where it cannot be told."""
        columns = (table[:, column] for column in self.of)
        return self.measure(*columns, weights=weights * self._rows(table))

    def count(self, table: Floats) -> int:
        """How many questions of a table it is over."""
        return int(self._rows(table).sum())

    def _rows(self, table: Floats) -> Floats:
        rows: Floats = table[:, self.over].prod(axis=1)
        return rows


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence lies in ``[low, high)``; the last bin holds 1 too.

    ``confidence`` is their mean confidence and ``right`` the share that is right, 0 to 1.
    """

    low: float
    high: float
    count: float
    confidence: float
    right: float


def table_of(outcomes: Iterable[Outcome]) -> Floats:
    """The table of a set, shape ``(n, 8)``, columns as in `Column`.

    A question that could not be put has confidence 0 and is not answered.
    """
    rows = [_row(outcome) for outcome in outcomes]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(Column))


def percentile(values: Floats, share: float, weights: Floats) -> float | None:
    """The least value that at least a share of the weight does not exceed (nearest rank).

    None where nothing weighs. ``share`` is 0 to 1.
    """
    if not weights.sum():
        return None
    return float(np.quantile(values, share, method="inverted_cdf", weights=weights))


def _row(outcome: Outcome) -> list[float]:
    judged, answerable = outcome.query.judged, outcome.query.answerable
    if outcome.examination is None:
        return [0.0, 0.0, answerable, 0.0, judged, 0.0, 0.0, 0.0]
    answer = outcome.examination.answer
    right, times = outcome.composed_right, answer.timings_ms
    known = answer.confidence, right, answerable, outcome.answered, judged
    return [*map(float, known), 1.0, times.total, times.embed]


def risk(right: Floats, weights: Floats) -> float | None:
    """The share of wrong answers, 0 to 1."""
    total = float(weights.sum())
    return float((weights * (1 - right)).sum()) / total if total else None


def auroc(score: Floats, positive: Floats, weights: Floats | None = None) -> float | None:
    """The probability that a positive scores above a negative, a tie counting one half.

    The area under the ROC curve (Hanley and McNeil, 1982), 0 to 1, .5 for chance; None
    where one class is empty. ``positive`` holds 0 or 1.
    """
    totals, (positives,) = _by_score(score, weights, positive)
    negatives = totals - positives
    pairs = float(positives.sum() * negatives.sum())
    if pairs == 0:
        return None
    below = negatives.sum() - np.cumsum(negatives)
    return float((positives * (below + negatives / 2)).sum() / pairs)


def risk_coverage(
    confidence: Floats, right: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """The risk–coverage curve (El-Yaniv and Wiener, 2010): coverages, and their risks.

    Both are of shape ``(m,)``, one point for each distinct confidence, falling: answering
    from it on, the share of questions answered, and that of wrong answers among these.
    Empty where there is no question.
    """
    totals, (rights,) = _by_score(confidence, weights, right)
    kept = np.cumsum(totals)
    every = kept[-1] if len(kept) else 1.0
    return kept / every, 1 - np.cumsum(rights) / kept


def aurc(confidence: Floats, right: Floats, weights: Floats | None = None) -> float | None:
    """The area under the risk–coverage curve, 0 to 1, the lower the better.

    The mean over the questions of the risk of answering all that are at least as sure
    (Geifman, Uziel and El-Yaniv, 2019).
    """
    coverages, risks = risk_coverage(confidence, right, weights)
    if not len(risks):
        return None
    return float((np.diff(coverages, prepend=0.0) * risks).sum())


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
    totals, (rights, answerables) = _by_score(confidence, weights, right, answerable)
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
    """The bins of the reliability diagram that hold a question, lowest confidence first."""
    counts, confidences, rights = _binned(confidence, right, weights)
    return tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=float(count),
            confidence=float(said / count),
            right=float(found / count),
        )
        for number, (count, said, found) in enumerate(
            zip(counts, confidences, rights, strict=True)
        )
        if count
    )


def _by_score(
    score: Floats, weights: Floats | None, *columns: Floats
) -> tuple[Floats, list[Floats]]:
    """Sums by distinct score, highest first: how many, and each column's sum."""
    counts = np.ones_like(score) if weights is None else weights
    order = np.argsort(-score, kind="stable")
    order = order[counts[order] > 0]
    falling, counted = score[order], counts[order]
    starts = np.flatnonzero(np.diff(falling, prepend=np.inf))
    if not len(starts):
        nothing = np.zeros(0)
        return nothing, [nothing for _ in columns]
    sums = [np.add.reduceat(column[order] * counted, starts) for column in columns]
    return np.add.reduceat(counted, starts), sums


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


_JUDGED: Final = (Column.JUDGED,)
_PUT: Final = (Column.PUT,)
_GRADED: Final = (Column.CONFIDENCE, Column.RIGHT)

SET_MEASURES: Final[Mapping[str, SetMeasure]] = MappingProxyType(
    {
        "risk": SetMeasure(risk, (Column.RIGHT,), (Column.JUDGED, Column.ANSWERED)),
        "auroc_answerable": SetMeasure(auroc, (Column.CONFIDENCE, Column.ANSWERABLE)),
        "auroc_right": SetMeasure(auroc, _GRADED, _JUDGED),
        "aurc": SetMeasure(aurc, _GRADED, _JUDGED),
        **{
            f"coverage@risk{limit}": SetMeasure(
                partial(coverage_at_risk, risk=limit / 100),
                (*_GRADED, Column.ANSWERABLE),
                _JUDGED,
            )
            for limit in (5, 10)
        },
        "brier": SetMeasure(brier, _GRADED, _JUDGED),
        "ece": SetMeasure(ece, _GRADED, _JUDGED),
        **{
            f"{name}_p{share}": SetMeasure(
                partial(percentile, share=share / 100), (column,), _PUT
            )
            for name, column in (("latency", Column.TOTAL), ("embed", Column.EMBED))
            for share in (50, 95)
        },
    }
)
"""Each measure of a set by its name."""
