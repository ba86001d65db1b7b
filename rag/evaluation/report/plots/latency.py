"""How long the questions took."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.report.plots.canvas import ACCENT, ALERT, INK, Plot, canvas
from rag.evaluation.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS: Final = 24
_TAIL: Final = 99.0


def latency_plot(milliseconds: Sequence[float]) -> Plot | None:
    """A histogram of times; None where no question was timed.

    The last bar holds all that is slower than the 99th percentile, so that one slow
    question does not flatten the rest. What is not a duration is left out.
    """
    times = np.asarray(milliseconds, dtype=np.float64)
    times = times[np.isfinite(times) & (times >= 0)]
    if not times.size:
        return None
    edges = _edges(times)
    counts, _ = np.histogram(np.minimum(times, edges[-1]), edges)
    middle, late, slowest = np.percentile(times, (50, 95, 100))
    said = f"médiane {_ms(middle)}, 95e centile {_ms(late)}, maximum {_ms(slowest)}"
    with canvas("latency") as drawing:
        _draw(drawing.axes, edges, counts)
        _mark(drawing.axes, middle, "p50", "right")
        _mark(drawing.axes, late, "p95", "left")
        svg = drawing.svg(f"Histogramme des temps de réponse\u00a0: {said}.")
    beyond = " La dernière barre réunit les plus lentes." if slowest > edges[-1] else ""
    note = f"Par question\u00a0: {said}.{beyond}"
    ends = [_ms(high) for high in edges[1:-1]] + [_ms(max(slowest, edges[-1]))]
    rows = tuple(
        (f"{_ms(low)} à {high}", number(count))
        for low, high, count in zip(edges[:-1], ends, counts, strict=True)
        if count
    )
    return Plot("latency", "Temps de réponse", note, svg, ("Durée", "Questions"), rows)


def _edges(times: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = times.min(), np.percentile(times, _TAIL)
    if high <= low:
        low, high = 0.9 * low, 1.1 * high + 1
    return np.linspace(low, high, min(_BINS, times.size) + 1)


def _draw(axes: "Axes", edges: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
    widths = np.diff(edges)
    axes.bar(edges[:-1] + 0.06 * widths, counts, 0.88 * widths, align="edge", color=ACCENT)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.25 * counts.max())
    axes.locator_params(axis="x", nbins=5)
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.xaxis.set_major_formatter(lambda tick, _: number(tick, 0 if edges[-1] > 10 else 2))
    axes.yaxis.set_major_formatter(lambda tick, _: number(tick))
    axes.set_xlabel("Millisecondes")
    axes.set_ylabel("Questions")
    axes.grid(axis="y")


def _mark(axes: "Axes", time: float, name: str, side: str) -> None:
    axes.axvline(time, color=ALERT, linewidth=1.1, dashes=(3, 2))
    axes.annotate(
        name,
        (time, 1),
        (-4 if side == "right" else 4, -1),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha=side,
        va="top",
        color=INK,
    )


def _ms(milliseconds: float) -> str:
    return f"{number(milliseconds, 0 if milliseconds >= 10 else 1)}\u00a0ms"
