"""Drawings by matplotlib as SVG that lives in a page: its colours, its fonts, its width."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import matplotlib
from markupsafe import Markup, escape

from rag.evaluation.french import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK: Final = "#000001"
MUTED: Final = "#000002"
LINE: Final = "#000003"
ACCENT: Final = "#000004"
ALERT: Final = "#000005"

# matplotlib knows no CSS: each stand-in is a colour that no drawing uses for itself.
_COLOURS: Final = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    ACCENT: "var(--accent)",
    ALERT: "var(--wrong)",
}
_SIZE: Final = (4.2, 2.75)
_TICKS: Final = 5
_STYLE: Final[dict[Any, object]] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10,
    "axes.labelpad": 6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "xtick.major.pad": 8,
    "ytick.major.pad": 6,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "lines.solid_capstyle": "round",
}
_PROLOGUE: Final = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)
_OPENING: Final = re.compile(r"\A<svg\b[^>]*?(viewBox=\"[^\"]*\")[^>]*>")
_PAGE_STYLE: Final = re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>")
_GROUP_ID: Final = re.compile(r"<g id=\"[^\"]*\"")
_FONT: Final = re.compile(r" font-family: [^;\"]*;")
_NO_TURN: Final = re.compile(r" transform=\"rotate\(-0 [^\"]*\"")
_COLOUR: Final = re.compile("|".join(_COLOURS))
_METADATA: Final = dict.fromkeys(("Date", "Creator", "Format", "Type"))


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing for the page.

    ``note`` says how to read it. ``headers`` and ``rows`` are its data, in words; each
    row's first cell heads it.
    """

    name: str
    title: str
    note: str
    svg: Markup
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Canvas:
    """One pair of axes to draw on, about 300 units wide."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure

        self._figure = Figure(figsize=_SIZE, layout="constrained")
        self.axes: Axes = self._figure.add_subplot()

    def svg(self, description: str) -> Markup:
        """The drawing as an ``svg`` element without size, metadata or style of its own.

        Colours are the page's (``currentColor`` and custom properties), ``description``
        is its text alternative. The same drawing gives the same characters.
        """
        stream = io.StringIO()
        self._figure.savefig(stream, format="svg", transparent=True, metadata=_METADATA)
        return Markup(_for_page(stream.getvalue(), description))  # noqa: S704 – all ours


@contextmanager
def canvas(name: str) -> Iterator[Canvas]:
    """A canvas under this report's style, whatever the user's matplotlibrc says.

    ``name`` makes the ids inside the drawing its own, as a page holds several.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_STYLE, "svg.hashsalt": name})
        yield Canvas()


def shares_upwards(axes: "Axes", top: float) -> None:
    """Give the vertical axis shares from 0 to ``top`` (at most 1), and its grid."""
    step = next(step for step in (0.05, 0.1, 0.25, 1.0) if top / step <= _TICKS or step == 1)
    ticks = [index * step for index in range(int(top / step + 1e-9) + 1)]
    axes.set_ylim(0, top)
    axes.set_yticks(ticks, [percent(tick, 0) for tick in ticks])
    axes.grid(axis="y")


def shares_across(axes: "Axes", label: str) -> None:
    """Give the horizontal axis shares from 0 to 1, and what they are of."""
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    axes.set_xlim(0, 1)
    axes.set_xticks(ticks, [percent(tick, 0) for tick in ticks])
    axes.set_xlabel(label)


def _for_page(drawn: str, description: str) -> str:
    svg = _PROLOGUE.sub("", drawn)
    label = escape(description)
    svg = _OPENING.sub(
        lambda match: f'<svg {match.group(1)} role="img" aria-label="{label}">', svg
    )
    svg = _PAGE_STYLE.sub("", svg)
    svg = _GROUP_ID.sub("<g", svg)
    svg = _NO_TURN.sub("", _FONT.sub("", svg)).replace("xlink:href", "href")
    return _COLOUR.sub(lambda match: _COLOURS[match.group()], svg)
