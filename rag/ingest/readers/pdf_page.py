"""One page of a PDF as lines of positioned text, and the rules drawn on it."""

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from rag.ingest.characters import SUPERSCRIPTS

LINE_END_HYPHENS = "\ufffe\x02\xad"
"""What pdfium puts for a hyphen that ends a line."""

_COLUMN_GAP = 1.0
_SAME_BASELINE = 0.25
_RAISED = (0.15, 0.7)
_SMALLER = 0.85
_OTHER_SIZE = 1.0
_NO_BREAK = frozenset("\xa0\u202f")
_THIN = 3.0
_MOST_OBJECTS = 20_000
_FONT_NAME = 128


@dataclass(frozen=True, slots=True)
class Run:
    """Text on one baseline without a wide gap; points, from the page's lower left.

    ``y`` is the baseline and ``size`` the font size most of it is in.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Runs side by side on one baseline, left to right."""

    runs: tuple[Run, ...]
    page: int

    @property
    def text(self) -> str:
        """The runs' texts, separated by spaces."""
        return " ".join(run.text.strip() for run in self.runs)

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.runs[0].x0

    @property
    def x1(self) -> float:
        """The right edge."""
        return max(run.x1 for run in self.runs)

    @property
    def y(self) -> float:
        """The baseline."""
        return self.runs[0].y

    @property
    def size(self) -> float:
        """The font size most of it is in."""
        return max(self.runs, key=lambda run: len(run.text)).size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(run.bold for run in self.runs)


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line drawn on the page; ``x0 <= x1`` and ``y0 <= y1``, in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_vertical(self) -> bool:
        """Whether it is taller than wide."""
        return self.y1 - self.y0 > self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class Page:
    """What is read of a page; ``number`` counts from 1, ``height`` is in points."""

    number: int
    height: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """The lines of a page in reading order, and its rules."""
    rules = tuple(_rules(page))
    textpage = page.get_textpage()
    try:
        runs = list(_runs(textpage, [rule for rule in rules if rule.is_vertical]))
    finally:
        textpage.close()
    lines = tuple(_lines(_in_reading_order(runs), number))
    return Page(number, page.get_height(), lines, rules)


@dataclass(slots=True)
class _Glyph:
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


def _glyphs(textpage: pdfium.PdfTextPage) -> Iterator[_Glyph | None]:
    """The page's characters; None where pdfium saw a line end."""
    left, right, low, high, x, y = (ctypes.c_double() for _ in range(6))
    name = ctypes.create_string_buffer(_FONT_NAME)
    flags = ctypes.c_int()
    for index in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        if code in {10, 13}:
            yield None
            continue
        pdfium_c.FPDFText_GetCharBox(textpage, index, left, right, low, high)
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        size = pdfium_c.FPDFText_GetFontSize(textpage, index)
        if not all(map(isfinite, (left.value, right.value, y.value, size))):
            continue
        length = pdfium_c.FPDFText_GetFontInfo(textpage, index, name, _FONT_NAME, flags)
        lowered = name.raw[: min(length, _FONT_NAME)].lower()
        bold = b"bold" in lowered or b"black" in lowered or b"heavy" in lowered
        yield _Glyph(chr(code), left.value, right.value, y.value, size, bold)


def _runs(textpage: pdfium.PdfTextPage, verticals: Sequence[Rule]) -> Iterator[Run]:
    gathered: list[_Glyph] = []
    space = ""
    for glyph in _glyphs(textpage):
        if glyph is None:
            space = ""
            continue
        if glyph.text.isspace():
            space = glyph.text if glyph.text in _NO_BREAK else space or " "
            continue
        if gathered and not _goes_on(gathered, glyph, verticals, bool(space)):
            yield _run(gathered)
            gathered = []
        gathered.append(_placed(gathered, glyph, space))
        space = ""
    if gathered:
        yield _run(gathered)


def _placed(gathered: list[_Glyph], glyph: _Glyph, space: str) -> _Glyph:
    """The character with the space before it, if any; raised digits as superscripts.

    Gaps are left to pdfium, which knows the widths that the fonts declare.
    """
    if not gathered:
        return glyph
    first = gathered[0]
    if _is_raised(first, glyph) and glyph.text.isdecimal():
        glyph = replace(glyph, text=glyph.text.translate(SUPERSCRIPTS))
    return replace(glyph, text=f"{space}{glyph.text}")


def _goes_on(
    gathered: list[_Glyph], glyph: _Glyph, verticals: Sequence[Rule], after_space: bool
) -> bool:
    first, last = gathered[0], gathered[-1]
    # A number set larger than the item it opens; letters set larger open words.
    if after_space and abs(glyph.size - last.size) > _OTHER_SIZE and last.text.isdecimal():
        return False
    size = max(first.size, glyph.size, 1.0)
    level = abs(glyph.y - first.y) <= _SAME_BASELINE * size or _is_raised(first, glyph)
    gap = glyph.x0 - last.x1
    if not level or gap < -size or gap > _COLUMN_GAP * size:
        return False
    return not any(
        last.x1 - 1 <= rule.x0 <= glyph.x0 + 1 and rule.y0 <= first.y <= rule.y1
        for rule in verticals
    )


def _is_raised(first: _Glyph, glyph: _Glyph) -> bool:
    low, high = _RAISED
    rise = glyph.y - first.y
    return glyph.size < _SMALLER * first.size and low < rise / max(first.size, 1) < high


def _run(glyphs: list[_Glyph]) -> Run:
    first = glyphs[0]
    bold = all(glyph.bold for glyph in glyphs if glyph.text.strip().isalnum())
    right = max(glyph.x1 for glyph in glyphs)
    text = "".join(glyph.text for glyph in glyphs)
    size, _ = Counter(round(glyph.size, 1) for glyph in glyphs).most_common(1)[0]
    return Run(text, first.x0, right, first.y, size, bold)


def _in_reading_order(runs: list[Run]) -> list[Run]:
    """The order of the file, which is the author's, unless it jumps about the page."""
    ups = sum(1 for one, two in pairwise(runs) if two.y > one.y + two.size)
    if ups * 3 <= len(runs):
        return runs
    return sorted(runs, key=lambda run: (-round(run.y), run.x0))


def _lines(runs: list[Run], page: int) -> Iterator[Line]:
    gathered: list[Run] = []
    for run in runs:
        if gathered and _is_note_number(gathered[-1], run):
            number = gathered.pop()
            run = replace(run, text=f"{number.text.translate(SUPERSCRIPTS)} {run.text}")
        if gathered and not _beside(gathered[-1], run):
            yield Line(tuple(gathered), page)
            gathered = []
        gathered.append(run)
    if gathered:
        yield Line(tuple(gathered), page)


def _is_note_number(last: Run, run: Run) -> bool:
    """Whether ``last`` is the raised number that opens a footnote's text."""
    if not last.text.strip().isdecimal() or len(last.text) > 3:
        return False
    rise = (last.y - run.y) / max(run.size, 1)
    near = -1 <= run.x0 - last.x1 <= run.size
    return near and last.size < _SMALLER * run.size and _RAISED[0] < rise < _RAISED[1]


def _beside(last: Run, run: Run) -> bool:
    level = abs(run.y - last.y) <= _SAME_BASELINE * max(run.size, last.size, 1)
    return level and run.x0 >= last.x1 - 1


def _rules(page: pdfium.PdfPage) -> Iterator[Rule]:
    paths = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=5)
    for count, path in enumerate(paths):
        if count >= _MOST_OBJECTS:
            return
        left, low, right, high = path.get_bounds()
        if not all(map(isfinite, (left, low, right, high))):
            continue
        if right - left <= _THIN or high - low <= _THIN:
            yield Rule(left, low, right, high)
        elif _is_frame(path):
            yield Rule(left, low, left, high)
            yield Rule(right, low, right, high)
            yield Rule(left, low, right, low)
            yield Rule(left, high, right, high)


def _is_frame(path: pdfium.PdfObject) -> bool:
    """Whether the path strokes its outline: a box, whose four sides are rules."""
    stroke = ctypes.c_int()
    fill = ctypes.c_int()
    if not pdfium_c.FPDFPath_GetDrawMode(path, fill, stroke):
        return False
    return bool(stroke.value) and pdfium_c.FPDFPath_CountSegments(path) <= 6
