"""Tables of a PDF page: by the rules drawn around cells, else by aligned columns."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.ingest.readers.pdf_page import Line, Page, Rule, Run

_NEAR = 2.5
_ALIGNED = 4.0
_FEWEST_ROWS = 3
_MOST_ROWS = 400
_MOST_COLUMNS = 30
_ROW_PITCH = 1.25


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells of equal count; ``line_ids`` are the indices of the lines it took."""

    rows: tuple[tuple[str, ...], ...]
    line_ids: frozenset[int]


def find_tables(page: Page) -> list[Table]:
    """The page's tables in reading order, none sharing a line with another."""
    ruled = _ruled_tables(page)
    taken = frozenset(index for table in ruled for index in table.line_ids)
    found = [*ruled, *_aligned_tables(page.lines, taken)]
    return sorted(found, key=lambda table: min(table.line_ids))


def _ruled_tables(page: Page) -> list[Table]:
    tables: list[Table] = []
    for rules in _clusters(page.rules):
        columns = _edges(rule.x0 for rule in rules if rule.is_vertical)
        rows = _edges(rule.y0 for rule in rules if not rule.is_vertical)
        if not 3 <= len(columns) <= _MOST_COLUMNS or not 3 <= len(rows) <= _MOST_ROWS:
            continue
        table = _fill(page.lines, columns, rows)
        if table is not None:
            tables.append(table)
    return tables


def _clusters(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch, grouped: each group may frame a table."""
    clusters: list[tuple[Rule, list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: -rule.y1)[: 4 * _MOST_ROWS]:
        touching = [cluster for cluster in clusters if _touch(cluster[0], rule)]
        box, members = rule, [rule]
        for cluster in touching:
            box = _around(box, cluster[0])
            members += cluster[1]
            clusters.remove(cluster)
        clusters.append((box, members))
    return [members for _, members in clusters if len(members) >= 4]


def _touch(one: Rule, two: Rule) -> bool:
    across = one.x0 <= two.x1 + _NEAR and two.x0 <= one.x1 + _NEAR
    along = one.y0 <= two.y1 + _NEAR and two.y0 <= one.y1 + _NEAR
    return across and along


def _around(one: Rule, two: Rule) -> Rule:
    return Rule(
        min(one.x0, two.x0), min(one.y0, two.y0), max(one.x1, two.x1), max(one.y1, two.y1)
    )


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _fill(lines: Sequence[Line], columns: list[float], rows: list[float]) -> Table | None:
    cells: dict[tuple[int, int], list[Run]] = {}
    taken: set[int] = set()
    for index, line in enumerate(lines):
        places = [_place(run, columns, rows) for run in line.runs]
        if any(place is None for place in places):
            continue
        taken.add(index)
        for place, run in zip(places, line.runs, strict=True):
            if place is not None:
                cells.setdefault(place, []).append(run)
    height, width = len(rows) - 1, len(columns) - 1
    grid = tuple(
        tuple(_cell(cells.get((row, column), [])) for column in range(width))
        for row in reversed(range(height))
    )
    filled = tuple(row for row in grid if any(row))
    if len(filled) < 2 or sum(1 for row in filled if sum(map(bool, row)) > 1) < 2:
        return None
    return Table(filled, frozenset(taken))


def _place(run: Run, columns: list[float], rows: list[float]) -> tuple[int, int] | None:
    column = bisect_right(columns, run.x0 + 1) - 1
    row = bisect_right(rows, run.y + run.size / 4) - 1
    if 0 <= column < len(columns) - 1 and 0 <= row < len(rows) - 1:
        return row, column
    return None


def _cell(runs: list[Run]) -> str:
    ordered = sorted(runs, key=lambda run: (-round(run.y), run.x0))
    return " ".join(run.text.strip() for run in ordered)


def _aligned_tables(lines: Sequence[Line], taken: frozenset[int]) -> list[Table]:
    tables: list[Table] = []
    start = 0
    while start < len(lines):
        end = _aligned_end(lines, start, taken)
        table = _aligned_table(lines, start, end) if end - start >= _FEWEST_ROWS else None
        if table is not None:
            tables.append(table)
        start = end if table is not None else start + 1
    return tables


def _aligned_end(lines: Sequence[Line], start: int, taken: frozenset[int]) -> int:
    """The end of the stretch from ``start`` whose runs begin where the first row's do."""
    if start in taken or len(lines[start].runs) < 2:
        return start
    columns = [run.x0 for run in lines[start].runs]
    if not _side_by_side(lines[start]):
        return start
    end = start + 1
    while end < len(lines) and end not in taken:
        line = lines[end]
        aligned = all(min(abs(run.x0 - x) for x in columns) <= _ALIGNED for run in line.runs)
        near = 0 < lines[end - 1].y - line.y < 4 * line.size
        level = abs(lines[end - 1].y - line.y) < 1
        if not aligned or not (near or level):
            break
        end += 1
    return end


def _side_by_side(line: Line) -> bool:
    """Whether the runs are columns, not a bullet or a number and its text."""
    return len(line.runs[0].text.strip()) > 3 or len(line.runs) > 2


def _aligned_table(lines: Sequence[Line], start: int, end: int) -> Table | None:
    columns = [run.x0 for run in lines[start].runs]
    rows: list[list[str]] = []
    drops = (one.y - two.y for one, two in pairwise(lines[start:end]))
    pitch = max(drops, default=0.0)
    previous: Line | None = None
    for line in lines[start:end]:
        cells = [""] * len(columns)
        for run in line.runs:
            column = min(range(len(columns)), key=lambda n: abs(columns[n] - run.x0))
            cells[column] = f"{cells[column]} {run.text.strip()}".strip()
        wraps = previous is not None and _wraps(previous, line, cells, pitch)
        if wraps and rows:
            rows[-1] = [
                " ".join(filter(None, pair)) for pair in zip(rows[-1], cells, strict=True)
            ]
        else:
            rows.append(cells)
        previous = line
    full = sum(1 for row in rows if sum(map(bool, row)) > 1)
    if full < _FEWEST_ROWS or full * 2 < len(rows):
        return None
    return Table(tuple(map(tuple, rows)), frozenset(range(start, end)))


def _wraps(previous: Line, line: Line, cells: list[str], pitch: float) -> bool:
    """Whether the line goes on with the row above: no first cell, or set tighter."""
    drop = previous.y - line.y
    return not cells[0] or drop * _ROW_PITCH < pitch
