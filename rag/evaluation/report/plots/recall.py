"""Recall by depth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rag.evaluation.records import Figure
from rag.evaluation.report.plots.canvas import (
    ACCENT,
    ALERT,
    INK,
    Plot,
    canvas,
    shares_upwards,
)
from rag.evaluation.report.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DEPTHS: Final = (1, 5, 10, 100)
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
_NOTE: Final = (
    "Part de ce qui était attendu parmi les k premiers résultats\u00a0; les traits verticaux "
    "sont les intervalles à 95\u00a0%."
)


def recall_plot(figures: Mapping[str, Figure]) -> Plot | None:
    """Recall by depth with its intervals, from ``recall@k`` and ``span_recall@k``.

    None where neither was measured.
    """
    rows = _rows(figures)
    if not rows:
        return None
    with canvas("recall") as drawing:
        axes = drawing.axes
        for series in _SERIES:
            _draw(axes, figures, *series)
        axes.set_xticks(range(len(_DEPTHS)), [str(depth) for depth in _DEPTHS])
        axes.set_xlim(-0.3, len(_DEPTHS) - 0.7)
        axes.set_xlabel("Nombre de résultats lus (k)")
        shares_upwards(axes, 1.0)
        axes.legend(**_LEGEND)
        said = ", ".join(f"{name}, {value}" for name, value, _ in rows)
        svg = drawing.svg(f"Courbe du rappel selon la profondeur\u00a0: {said}.")
    headers = ("Mesure", "Valeur", "Intervalle à 95\u00a0%")
    return Plot("recall", "Rappel selon la profondeur", _NOTE, svg, headers, rows)


def _draw(
    axes: "Axes",
    figures: Mapping[str, Figure],
    measure: str,
    label: str,
    colour: str,
    dashes: str,
    shift: float,
) -> None:
    known = [
        (place, figures[f"{measure}@{depth}"])
        for place, depth in enumerate(_DEPTHS)
        if f"{measure}@{depth}" in figures
    ]
    if not known:
        return
    across = [place + shift for place, _ in known]
    values = [figure.value for _, figure in known]
    axes.plot(
        across,
        values,
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


def _rows(figures: Mapping[str, Figure]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            f"{label} à {depth}",
            percent(figure.value),
            f"{percent(figure.low)} à {percent(figure.high)}",
        )
        for measure, label, *_ in _SERIES
        for depth in _DEPTHS
        if (figure := figures.get(f"{measure}@{depth}")) is not None
    )
