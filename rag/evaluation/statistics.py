"""How sure a figure is: bootstrap intervals, and Fisher's randomisation test of two runs.

Everything random comes from a seed given. Resamples are drawn in blocks of bounded size,
so that thousands of questions drawn ten thousand times stay in a few megabytes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Statistic = Callable[[Floats, Floats], float | None]
"""A measure of a table, shape ``(n, columns)``, whose rows count ``weights`` times each,
shape ``(n,)``; None where it cannot be told."""

RESAMPLES: Final = 10_000
"""Resamples of means, and random signs of a test."""
SET_RESAMPLES: Final = 2000
"""Resamples of a measure that must be taken anew from the whole set each time."""
EXACT_BELOW: Final = 12
"""Up to this many differing questions the test tries every assignment of signs."""

_CELLS: Final = 2_000_000
_OUTSIDE: Final = (2.5, 97.5)
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % percentile interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a run differs from a baseline: ``value`` is the run less the baseline.

    ``low`` and ``high`` bound the 95 % bootstrap interval and ``count`` is how many questions
    are compared. Of Fisher's randomisation test, ``p`` is the two-sided p-value, and
    ``p_lower`` the one-sided: the share of assignments whose difference is as low or lower.
    """

    value: float
    low: float
    high: float
    p: float
    p_lower: float
    count: int


def bootstrap_interval(
    values: Floats, seed: int = 0, resamples: int = RESAMPLES
) -> Interval | None:
    """The mean of values with its percentile bootstrap interval (Efron, 1979).

    ``values`` is of shape ``(n,)``; NaN where a measure does not apply. None where it
    applies nowhere.
    """
    return bootstrap_means(values[:, np.newaxis], seed, resamples)[0]


def bootstrap_means(
    values: Floats, seed: int = 0, resamples: int = RESAMPLES
) -> list[Interval | None]:
    """The mean of each column with its interval; questions are drawn for all columns alike.

    ``values`` is of shape ``(n, columns)``, a row for each question, NaN where a measure
    does not apply. A column's mean is over the rows where it does; None where there is none.
    """
    applies = ~np.isnan(values)
    known = np.where(applies, values, 0.0)
    counts = applies.sum(axis=0)
    if not counts.any():
        return [None] * values.shape[1]
    sides = np.hstack([known, applies.astype(np.float64)])
    sums = np.vstack([block @ sides for block in _draws(len(values), resamples, seed)])
    totals, drawn = np.hsplit(sums, 2)
    with np.errstate(invalid="ignore"):
        means = totals / drawn
    return [
        _interval(known[:, column].sum() / count, means[:, column]) if count else None
        for column, count in enumerate(counts)
    ]


def bootstrap_statistic(
    table: Floats, statistic: Statistic, seed: int = 0, resamples: int = SET_RESAMPLES
) -> Interval | None:
    """A measure of a whole set with its interval, questions drawn with all they hold.

    ``table`` is of shape ``(n, columns)``. Resamples in which the measure cannot be told
    are left out; None where it cannot be told of the set itself.
    """
    value = _whole(table, statistic)
    if value is None:
        return None
    drawn = [
        statistic(table, weights)
        for block in _draws(len(table), resamples, seed)
        for weights in block
    ]
    return _interval(value, _numbers(drawn))


def paired_difference(
    baseline: Floats, current: Floats, seed: int = 0, resamples: int = RESAMPLES
) -> Difference | None:
    """The difference of two runs' means on the same questions.

    The p-value is that of Fisher's randomisation test, which Smucker, Allan and Carterette
    (2007) recommend for retrieval: the share of assignments of signs to the differences
    whose mean is at least as far from zero. Every assignment is tried where at most 12
    questions differ; else ``resamples`` random ones, the observed one counted among them.
    ``baseline`` and ``current`` are of shape ``(n,)``; NaN in either leaves a question out.
    """
    differences = current - baseline
    differences = differences[~np.isnan(differences)]
    interval = bootstrap_interval(differences, seed, resamples) if len(differences) else None
    if interval is None:
        return None
    tails = _sign_test(differences[differences != 0], seed, resamples)
    return Difference(interval.value, interval.low, interval.high, *tails, len(differences))


def paired_statistic(
    baseline: Floats,
    current: Floats,
    statistic: Statistic,
    seed: int = 0,
    resamples: int = SET_RESAMPLES,
) -> Difference | None:
    """The difference of two runs in a measure of the whole set.

    ``baseline`` and ``current`` are tables of the same questions in the same order. The
    interval draws the same questions for both; the test exchanges the two runs' rows at
    random, question by question. None where the measure cannot be told of either run.
    """
    old, new = _whole(baseline, statistic), _whole(current, statistic)
    if old is None or new is None:
        return None
    drawn = [
        _less(statistic(current, weights), statistic(baseline, weights))
        for block in _draws(len(baseline), resamples, seed)
        for weights in block
    ]
    interval = _interval(new - old, _numbers(drawn))
    ones = np.ones(len(baseline))
    # The exchange must not repeat the draws of the interval.
    generator = np.random.default_rng([seed, 1])
    exchanged = []
    for _ in range(resamples):
        swap = generator.random((len(baseline), 1)) < 0.5
        one, other = np.where(swap, baseline, current), np.where(swap, current, baseline)
        exchanged.append(_less(statistic(one, ones), statistic(other, ones)))
    tails = _tails(_numbers(exchanged), new - old, _ROUNDING)
    return Difference(interval.value, interval.low, interval.high, *tails, len(baseline))


def holm(probabilities: Mapping[str, float]) -> dict[str, float]:
    """P-values corrected for their number (Holm, 1979), in the order given.

    The i-th smallest of n is multiplied by n − i + 1, is at least the one before it, and
    at most 1.
    """
    ranked = sorted(probabilities, key=probabilities.__getitem__)
    corrected: dict[str, float] = {}
    least = 0.0
    for place, name in enumerate(ranked):
        least = max(least, min(1.0, probabilities[name] * (len(ranked) - place)))
        corrected[name] = least
    return {name: corrected[name] for name in probabilities}


def _draws(count: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Blocks of resamples: how often each of the questions is drawn, shape ``(b, count)``."""
    generator = np.random.default_rng(seed)
    height = max(1, _CELLS // max(count, 1))
    for first in range(0, resamples, height):
        rows = min(height, resamples - first)
        drawn = generator.integers(count, size=(rows, count))
        drawn += np.arange(rows)[:, np.newaxis] * count
        yield (
            np.bincount(drawn.ravel(), minlength=rows * count)
            .reshape(rows, count)
            .astype(np.float64)
        )


def _sign_test(differences: Floats, seed: int, resamples: int) -> tuple[float, float]:
    """The p-values of a sum, two-sided and lower, its terms' signs being as likely either way.

    A difference of zero is the same under either sign, so that they are left out before.
    """
    if not len(differences):
        return 1.0, 1.0
    observed = float(differences.sum())
    # Sums that are equal on paper may differ by rounding.
    rounding = _ROUNDING * float(np.abs(differences).sum())
    if len(differences) <= EXACT_BELOW:
        every = np.arange(2 ** len(differences))[:, np.newaxis]
        sums = (1.0 - 2.0 * (every >> np.arange(len(differences)) & 1)) @ differences
        as_far = np.abs(sums) >= abs(observed) - rounding
        return float(as_far.mean()), float((sums <= observed + rounding).mean())
    sums = np.concatenate(list(_signed_sums(differences, seed, resamples)))
    return _tails(sums, observed, rounding)


def _signed_sums(differences: Floats, seed: int, resamples: int) -> Iterator[Floats]:
    generator = np.random.default_rng([seed, 1])
    count = len(differences)
    height = max(1, _CELLS // count)
    for first in range(0, resamples, height):
        rows = min(height, resamples - first)
        bits = np.unpackbits(
            np.frombuffer(generator.bytes(rows * ((count + 7) // 8)), np.uint8).reshape(
                rows, -1
            ),
            axis=1,
            count=count,
        )
        yield differences.sum() - 2.0 * (bits.astype(np.float64) @ differences)


def _tails(drawn: Floats, observed: float, rounding: float) -> tuple[float, float]:
    """The p-values of a Monte Carlo test, two-sided and lower.

    The observed assignment is one of those tried.
    """
    as_far = (np.abs(drawn) >= abs(observed) - rounding).sum()
    as_low = (drawn <= observed + rounding).sum()
    tried = 1 + len(drawn)
    return float(1 + as_far) / tried, float(1 + as_low) / tried


def _interval(value: float, drawn: Floats) -> Interval:
    told = drawn[~np.isnan(drawn)]
    low, high = np.percentile(told, _OUTSIDE) if len(told) else (value, value)
    return Interval(float(value), float(low), float(high))


def _whole(table: Floats, statistic: Statistic) -> float | None:
    return statistic(table, np.ones(len(table)))


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _numbers(drawn: list[float | None]) -> Floats:
    return np.array([each for each in drawn if each is not None], dtype=np.float64)
