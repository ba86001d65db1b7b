"""Curves as shapes that a template draws: no library, no style but the page's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.metrics.set_measures import ReliabilityBin
from rag.evaluation.runs import Figure
from rag.evaluation.view import NONE, RECALL_DEPTHS, Confidence, recall_by_depth, thinned
from rag.web.pages.findings import Findings
from rag.web.pages.wording import Wording

LEFT: Final = 46.0
RIGHT: Final = 350.0
TOP: Final = 12.0
BOTTOM: Final = 196.0

_QUARTERS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_ROWS: Final = 12
_LEAST_TOP: Final = 0.2
_MOST_RADIUS: Final = 7.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, ``at`` so many units from the drawing's left or top."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point; ``low`` and ``high`` are its interval's ends, down and up, if it has one."""

    x: float
    y: float
    radius: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A line through dots; ``style`` is how it is drawn, ``label`` names it in the legend."""

    style: str
    label: str
    points: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its data as a table, all in words; each row's first cell heads it."""

    name: str
    across: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    series: tuple[Series, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts(found: Findings, words: Wording) -> tuple[Chart, ...]:
    """Those that the evaluation has something to show for."""
    drawn = (
        _recall(found.record.summary.overall, words),
        _risk(found.confidence, words),
        _reliability(found.confidence.bins, words),
    )
    return tuple(each for each in drawn if each is not None)


def share(words: Wording, value: float, digits: int = 1) -> str:
    """A share, 0 to 1, in per cent; none and all are said without decimals."""
    return words("common.percent", share=_hundredths(words, value, digits))


def _recall(figures: Mapping[str, Figure], words: Wording) -> Chart | None:
    series, rows = [], []
    across = _scale(-0.3, len(RECALL_DEPTHS) - 0.7, LEFT, RIGHT)
    upwards = _scale(0, 1, BOTTOM, TOP)
    for style, name in (("main", "recall"), ("second", "span_recall")):
        known = recall_by_depth(figures, name)
        if not known:
            continue
        label = words[f"quality.chart.recall.{name}"]
        shift = 0.05 if style == "second" else -0.05
        dots = tuple(
            Dot(
                across(RECALL_DEPTHS.index(depth) + shift),
                upwards(f.value),
                3.5,
                upwards(f.low),
                upwards(f.high),
            )
            for depth, f in known
        )
        series.append(Series(style, label, _points(dots), dots))
        rows += [
            (f"{label}, {depth}", share(words, f.value), interval(words, f) or NONE)
            for depth, f in known
        ]
    if not series:
        return None
    ticks = tuple(Tick(across(place), str(depth)) for place, depth in enumerate(RECALL_DEPTHS))
    return _chart("recall", words, ticks, _quarters(upwards, words), series, rows)


def interval(words: Wording, figure: Figure) -> str:
    """Both ends of the interval of a share, the unit said once; empty where both are one."""
    low = _hundredths(words, figure.low, 1)
    if low == _hundredths(words, figure.high, 1):
        return ""
    return words("quality.interval", low=low, high=share(words, figure.high))


def _hundredths(words: Wording, value: float, digits: int) -> str:
    return words.number(100 * value, 0 if value in (0, 1) else digits)


def _risk(told: Confidence, words: Wording) -> Chart | None:
    if not told.curve:
        return None
    most = max(_LEAST_TOP, *(each.risk for each in told.curve))
    step = next(step for step in (0.05, 0.1, 0.25) if most / step <= 5 or step == 0.25)
    top = min(1.0, step * (int(most / step) + 1))
    across, upwards = _scale(0, 1, LEFT, RIGHT), _scale(0, top, BOTTOM, TOP)
    curve = tuple(Dot(across(each.coverage), upwards(each.risk), 0) for each in told.curve)
    series = [Series("main", words["quality.chart.risk.curve"], _points(curve), ())]
    if told.chosen is not None:
        here = Dot(across(told.chosen.coverage), upwards(told.chosen.risk), 5)
        series.append(Series("point", words["quality.chart.risk.chosen"], "", (here,)))
    shares = tuple(
        Tick(upwards(at * step), share(words, at * step, 0))
        for at in range(round(top / step) + 1)
    )
    rows = [
        (share(words, each.coverage), share(words, each.risk))
        for each in thinned(told.curve, _ROWS)
    ]
    return _chart("risk", words, _quarters(across, words), shares, series, rows)


def _reliability(bins: Sequence[ReliabilityBin], words: Wording) -> Chart | None:
    if not bins:
        return None
    across, upwards = _scale(0, 1, LEFT, RIGHT), _scale(0, 1, BOTTOM, TOP)
    most = max(each.count for each in bins)
    dots = tuple(
        Dot(
            across(each.confidence),
            upwards(each.right),
            max(2.5, _MOST_RADIUS * (each.count / most) ** 0.5),
        )
        for each in bins
    )
    ideal = f"{LEFT:.1f},{BOTTOM:.1f} {RIGHT:.1f},{TOP:.1f}"
    series = [
        Series("ideal", words["quality.chart.reliability.ideal"], ideal, ()),
        Series("main", words["quality.chart.reliability.measured"], _points(dots), dots),
    ]
    rows = [
        (
            share(words, each.confidence, 0),
            share(words, each.right, 0),
            words.number(each.count),
        )
        for each in bins
    ]
    x_ticks, y_ticks = _quarters(across, words), _quarters(upwards, words)
    return _chart("reliability", words, x_ticks, y_ticks, series, rows)


def _chart(
    name: str,
    words: Wording,
    x_ticks: tuple[Tick, ...],
    y_ticks: tuple[Tick, ...],
    series: Sequence[Series],
    rows: Sequence[tuple[str, ...]],
) -> Chart:
    key = f"quality.chart.{name}"
    columns = (f"{key}.column_{at}" for at in (1, 2, 3))
    headers = tuple(words[each] for each in columns if each in words.entries)
    across = words[f"{key}.across"]
    return Chart(name, across, x_ticks, y_ticks, tuple(series), headers, tuple(rows))


def _quarters(at: Callable[[float], float], words: Wording) -> tuple[Tick, ...]:
    return tuple(Tick(at(each), share(words, each, 0)) for each in _QUARTERS)


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    def at(value: float) -> float:
        return round(begin + (value - low) / (high - low) * (end - begin), 1)

    return at


def _points(dots: Sequence[Dot]) -> str:
    return " ".join(f"{dot.x},{dot.y}" for dot in dots)
