"""The plots of the report: recall by depth, risk and coverage, reliability, times."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.french import number, percent
from rag.evaluation.metrics.set_measures import ReliabilityBin
from rag.evaluation.report.drawing import (
    ACCENT,
    ALERT,
    INK,
    MUTED,
    Plot,
    canvas,
    shares_across,
    shares_upwards,
)
from rag.evaluation.runs import Figure, Run, Summary
from rag.evaluation.view import (
    RECALL_DEPTHS,
    Operating,
    confidence_of,
    recall_by_depth,
    thinned,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS: Final = 400
"""Most points of the risk–coverage curve: a page needs no more."""

_SERIES: Final = (
    ("recall", "Rappel", ACCENT, "-", -0.05),
    ("span_recall", "Extrait entier", ALERT, "--", 0.05),
)
_LEGEND: Final[Mapping[str, Any]] = {
    "loc": "lower left",
    "bbox_to_anchor": (-0.02, 1.02),
    "ncols": len(_SERIES),
    "frameon": False,
    "labelcolor": INK,
    "handlelength": 2.2,
}
_RECALL_NOTE: Final = (
    "Part de ce qui était attendu parmi les k premiers résultats\u00a0; les traits verticaux "
    "sont les intervalles à 95\u00a0%."
)
_ROWS: Final = 20
_LIMITS: Final = (0.05, 0.10)
_LEAST_TOP: Final = 0.15
_RISK_NOTE: Final = (
    "Part de réponses fausses quand on ne répond qu’aux questions les plus sûres. En "
    "pointillé\u00a0: 5\u00a0% et 10\u00a0% de risque."
)
_RELIABILITY_NOTE: Final = (
    "Sur la diagonale, la confiance annoncée est tenue\u00a0; au-dessus, le service est trop "
    "prudent\u00a0; au-dessous, trop sûr de lui."
)
_BARS: Final = 24
_TAIL: Final = 99.0


def plots_of(run: Run, summary: Summary) -> tuple[Plot, ...]:
    """The plots that the run has something to show for."""
    told = confidence_of([each for each in run.outcomes if each.query.judged], _POINTS)
    put = [each.examination.answer for each in run.outcomes if each.examination is not None]
    drawn = (
        recall_plot(summary.overall),
        risk_plot(told.curve, told.chosen),
        reliability_plot(told.bins),
        latency_plot([answer.timings_ms.total for answer in put]),
    )
    return tuple(plot for plot in drawn if plot is not None)


def recall_plot(figures: Mapping[str, Figure]) -> Plot | None:
    """Recall by depth with its intervals, from ``recall@k`` and ``span_recall@k``.

    None where neither was measured.
    """
    rows = tuple(
        (
            f"{label} à {depth}",
            percent(figure.value),
            f"{percent(figure.low)} à {percent(figure.high)}",
        )
        for measure, label, *_ in _SERIES
        for depth, figure in recall_by_depth(figures, measure)
    )
    if not rows:
        return None
    with canvas("recall") as drawing:
        axes = drawing.axes
        for series in _SERIES:
            _draw_recall(axes, figures, *series)
        axes.set_xticks(range(len(RECALL_DEPTHS)), [str(depth) for depth in RECALL_DEPTHS])
        axes.set_xlim(-0.3, len(RECALL_DEPTHS) - 0.7)
        axes.set_xlabel("Nombre de résultats lus (k)")
        shares_upwards(axes, 1.0)
        axes.legend(**_LEGEND)
        said = ", ".join(f"{name}, {value}" for name, value, _ in rows)
        svg = drawing.svg(f"Courbe du rappel selon la profondeur\u00a0: {said}.")
    headers = ("Mesure", "Valeur", "Intervalle à 95\u00a0%")
    return Plot("recall", "Rappel selon la profondeur", _RECALL_NOTE, svg, headers, rows)


def _draw_recall(
    axes: "Axes",
    figures: Mapping[str, Figure],
    measure: str,
    label: str,
    colour: str,
    dashes: str,
    shift: float,
) -> None:
    known = recall_by_depth(figures, measure)
    if not known:
        return
    across = [RECALL_DEPTHS.index(depth) + shift for depth, _ in known]
    axes.plot(
        across,
        [figure.value for _, figure in known],
        dashes,
        color=colour,
        label=label,
        marker="o",
        markersize=4.5,
        clip_on=False,
    )
    low = [figure.low for _, figure in known]
    high = [figure.high for _, figure in known]
    axes.vlines(across, low, high, color=colour, linewidth=1, alpha=0.6, clip_on=False)


def risk_plot(curve: Sequence[Operating], chosen: Operating | None) -> Plot | None:
    """The risk–coverage curve (El-Yaniv and Wiener, 2010), by ascending coverage.

    ``chosen`` is where the threshold of the settings stands. None for an empty curve.
    """
    if not curve:
        return None
    with canvas("risk") as drawing:
        axes = drawing.axes
        across, risks = [each.coverage for each in curve], [each.risk for each in curve]
        axes.plot(across, risks, color=ACCENT, zorder=3)
        for limit in _LIMITS:
            axes.axhline(limit, color=MUTED, linewidth=0.8, dashes=(3, 3), zorder=2)
        shares_across(axes, "Couverture (part des questions avec réponse)")
        shares_upwards(axes, max(_LEAST_TOP, min(1.0, 1.15 * max(risks))))
        if chosen is not None:
            _mark_chosen(axes, chosen)
        rows = tuple((percent(x.coverage), percent(x.risk)) for x in thinned(curve, _ROWS))
        said = ", ".join(f"risque {risk} à {coverage} de couverture" for coverage, risk in rows)
        svg = drawing.svg(f"Courbe du risque selon la couverture\u00a0: {said}.")
    headers = ("Couverture", "Risque")
    return Plot("risk", "Risque et couverture", _RISK_NOTE, svg, headers, rows)


def reliability_plot(bins: Sequence[ReliabilityBin]) -> Plot | None:
    """The reliability diagram; a dot's area follows its count. None without bins."""
    if not bins:
        return None
    with canvas("reliability") as drawing:
        axes = drawing.axes
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, dashes=(3, 3), zorder=2)
        means, shares = [each.confidence for each in bins], [each.right for each in bins]
        most = max(each.count for each in bins)
        areas = [15 + 120 * each.count / most for each in bins]
        axes.plot(means, shares, color=ACCENT, linewidth=1.2, zorder=3)
        axes.scatter(means, shares, areas, color=ACCENT, linewidths=0, clip_on=False, zorder=4)
        shares_across(axes, "Confiance annoncée")
        shares_upwards(axes, 1.0)
        axes.set_ylabel("Réponses justes")
        said = ", ".join(
            f"{percent(each.confidence, 0)} annoncés et {percent(each.right, 0)} justes"
            for each in bins
        )
        svg = drawing.svg(f"Diagramme de fiabilité\u00a0: {said}.")
    headers = ("Confiance", "Moyenne annoncée", "Réponses justes", "Questions")
    rows = tuple(map(_bin_row, bins))
    title = "Fiabilité de la confiance"
    return Plot("reliability", title, _RELIABILITY_NOTE, svg, headers, rows)


def _mark_chosen(axes: "Axes", chosen: Operating) -> None:
    place = (chosen.coverage, chosen.risk)
    axes.scatter(*place, 40, color=ALERT, linewidths=0, clip_on=False, zorder=4)
    left = chosen.coverage > 0.6
    axes.annotate(
        "seuil actuel",
        place,
        (-8, 8) if left else (9, -3),
        textcoords="offset points",
        ha="right" if left else "left",
        va="bottom" if left else "top",
        color=INK,
    )


def _bin_row(each: ReliabilityBin) -> tuple[str, str, str, str]:
    between = f"{percent(each.low, 0)} à {percent(each.high, 0)}"
    return between, percent(each.confidence), percent(each.right), number(each.count)


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
        _draw_times(drawing.axes, edges, counts)
        _mark_time(drawing.axes, middle, "p50", "right")
        _mark_time(drawing.axes, late, "p95", "left")
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
    return np.linspace(low, high, min(_BARS, times.size) + 1)


def _draw_times(axes: "Axes", edges: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
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


def _mark_time(axes: "Axes", time: float, name: str, side: str) -> None:
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
