"""What the confidence is worth: risk against coverage, and how far it keeps its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rag.evaluation.report.plots.canvas import (
    ACCENT,
    ALERT,
    INK,
    MUTED,
    Plot,
    canvas,
    shares_across,
    shares_upwards,
)
from rag.evaluation.report.wording import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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


@dataclass(frozen=True, slots=True)
class Operating:
    """Where on the risk–coverage curve one can stand; both are shares, 0 to 1."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies between ``low`` and ``high``.

    ``confidence`` is their mean confidence and ``right`` the share that was right, both
    0 to 1; ``count`` is 1 and up.
    """

    low: float
    high: float
    confidence: float
    right: float
    count: int


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
            _mark(axes, chosen)
        rows = tuple((percent(x.coverage), percent(x.risk)) for x in _thinned(curve))
        said = ", ".join(f"risque {risk} à {coverage} de couverture" for coverage, risk in rows)
        svg = drawing.svg(f"Courbe du risque selon la couverture\u00a0: {said}.")
    headers = ("Couverture", "Risque")
    return Plot("risk", "Risque et couverture", _RISK_NOTE, svg, headers, rows)


def reliability_plot(bins: Sequence[Bin]) -> Plot | None:
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
    rows = tuple(map(_row, bins))
    title = "Fiabilité de la confiance"
    return Plot("reliability", title, _RELIABILITY_NOTE, svg, headers, rows)


def _mark(axes: "Axes", chosen: Operating) -> None:
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


def _row(each: Bin) -> tuple[str, str, str, str]:
    between = f"{percent(each.low, 0)} à {percent(each.high, 0)}"
    return between, percent(each.confidence), percent(each.right), number(each.count)


def _thinned(curve: Sequence[Operating]) -> list[Operating]:
    """At most `_ROWS` points, the first and the last among them."""
    if len(curve) <= _ROWS:
        return list(curve)
    step = (len(curve) - 1) / (_ROWS - 1)
    return [curve[round(index * step)] for index in range(_ROWS)]
