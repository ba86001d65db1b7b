"""Figures in words: a value, its interval, what it is over, and how it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rag.evaluation.metrics.names import METRIC, METRICS, Metric, MetricUnit
from rag.evaluation.records import Figure
from rag.evaluation.report.wording import number, percent, signed
from rag.evaluation.statistics import Difference

_SIGNIFICANT: Final = 0.05
_LEAST_P: Final = 0.001
_TO: Final = " à "


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure for the page, all in words. ``definition`` is empty for an unknown metric."""

    name: str
    label: str
    definition: str
    value: str
    interval: str
    count: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference for the page.

    ``trend`` is ``better``, ``worse`` or "" where chance explains it (p of 0.05 and up)
    or neither direction is better; ``word`` says it in French.
    """

    label: str
    difference: str
    interval: str
    p: str
    count: str
    trend: str
    word: str


def measures(figures: Mapping[str, Figure]) -> Iterator[Measure]:
    """All figures in the order of `METRICS`, then those that it does not know."""
    for metric in _in_order(figures):
        yield measure(metric, figures[metric.name])


def measure(metric: Metric, figure: Figure) -> Measure:
    """One figure in words."""
    return Measure(
        name=metric.name,
        label=metric.label,
        definition=metric.definition,
        value=worded(metric.unit, figure.value),
        interval=_range(metric.unit, figure.low, figure.high),
        count=number(figure.count),
    )


def changes(differences: Mapping[str, Difference]) -> Iterator[Change]:
    """All differences, in the same order as figures."""
    for metric in _in_order(differences):
        difference = differences[metric.name]
        trend = _trend(metric, difference)
        yield Change(
            label=metric.label,
            difference=_points(metric.unit, difference.value),
            interval=f"{_points(metric.unit, difference.low)}{_TO}"
            f"{_points(metric.unit, difference.high)}",
            p=_probability(difference.p),
            count=number(difference.count),
            trend=trend,
            word={"better": "mieux", "worse": "moins bien"}.get(trend, ""),
        )


def worded(unit: MetricUnit, value: float) -> str:
    """A value in its unit: ``84,3 %``, ``0,843``, ``12 ms``."""
    if unit is MetricUnit.SHARE:
        return percent(value)
    if unit is MetricUnit.MILLISECONDS:
        return f"{number(value, _time_digits(value))}\u00a0ms"
    return number(value, 2 if unit is MetricUnit.RATIO else 3)


def _range(unit: MetricUnit, low: float, high: float) -> str:
    """Both ends of an interval, the unit said once."""
    end = worded(unit, high)
    if unit is MetricUnit.SHARE:
        return f"{number(100 * low, 1)}{_TO}{end}"
    if unit is MetricUnit.MILLISECONDS:
        return f"{number(low, _time_digits(high))}{_TO}{end}"
    return f"{worded(unit, low)}{_TO}{end}"


def _points(unit: MetricUnit, difference: float) -> str:
    """A difference with its sign; of two shares, in percentage points."""
    if unit is MetricUnit.SHARE:
        return f"{signed(100 * difference, 1)}\u00a0pt"
    if unit is MetricUnit.MILLISECONDS:
        return f"{signed(difference, 1)}\u00a0ms"
    return signed(difference, 2 if unit is MetricUnit.RATIO else 3)


def _trend(metric: Metric, difference: Difference) -> str:
    if difference.p >= _SIGNIFICANT or not difference.value or metric.higher_is_better is None:
        return ""
    return "better" if (difference.value > 0) is metric.higher_is_better else "worse"


def _probability(p: float) -> str:
    return f"<\u00a0{number(_LEAST_P, 3)}" if p < _LEAST_P else number(p, 3)


def _time_digits(milliseconds: float) -> int:
    return 0 if abs(milliseconds) >= 100 else 1


def _in_order(names: Mapping[str, object]) -> Iterator[Metric]:
    yield from (metric for metric in METRICS if metric.name in names)
    yield from (
        Metric(name, name, "", MetricUnit.SCORE, None) for name in names if name not in METRIC
    )
