"""Tables whose cells are separated by tabs, as conversions from PDF leave them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.ingest.draft import DraftBlock
from rag.types import BlockKind

_RULE = re.compile(r"[ ]*:?-{2,}:?(?:[ ]*[|\t]+[ ]*:?-{2,}:?)*[ |\t]*\Z")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive lines, either of one tab-separated table or of anything else."""

    lines: tuple[str, ...]
    is_table: bool


def split_tables(text: str) -> Iterator[Stretch]:
    """The text as stretches of lines, in order.

    A table is at least two consecutive lines with the same number of tabs, the lines
    between that are rules (``--<tab>---``) left out. Fenced code is never a table. A rule
    below a single tabbed line (a converted table of contents) is dropped.
    """
    plain: list[str] = []
    lines = text.split("\n")
    fenced = False
    index = 0
    while index < len(lines):
        line = lines[index]
        fenced ^= bool(_FENCE.match(line))
        end = index if fenced else _table_end(lines, index)
        rows = tuple(row for row in lines[index:end] if not is_rule(row))
        if len(rows) >= 2:
            yield Stretch(tuple(plain), False)
            yield Stretch(rows, True)
            plain = []
        elif rows:
            plain += ["", *rows, ""]
        else:
            plain.append(line)
        index = max(end, index + 1)
    yield Stretch(tuple(plain), False)


def is_rule(line: str) -> bool:
    """Whether the line only underlines the cells above it."""
    return "\t" in line and _RULE.match(line) is not None


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a line, each without the white space around it."""
    return tuple(cell.strip() for cell in line.split("\t"))


def has_header(rows: Sequence[tuple[str, ...]]) -> bool:
    """Whether the first row names the columns: all are named, and none is a number."""
    first = rows[0]
    named = all(any(character.isalpha() for character in cell) for cell in first)
    return named and len(rows) > 1 and max(map(len, first)) <= 120


def table_blocks(rows: Sequence[tuple[str, ...]], page: int | None = None) -> list[DraftBlock]:
    """Rows as blocks, the first as the header where it reads as one."""
    header = has_header(rows)
    return [
        DraftBlock(
            BlockKind.TABLE_HEADER if header and number == 0 else BlockKind.TABLE_ROW,
            page=page,
            cells=cells,
        )
        for number, cells in enumerate(rows)
        if any(cells)
    ]


def to_pipes(rows: Sequence[str]) -> list[str]:
    """The same table as a pipe table, blank lines around it."""
    cells = [[cell.replace("|", "\\|") for cell in split_cells(row)] for row in rows]
    width = len(cells[0])
    if not has_header([tuple(row) for row in cells]):
        cells.insert(0, [""] * width)
    written = [f"| {' | '.join(row)} |" for row in cells]
    return ["", written[0], "|" + " --- |" * width, *written[1:], ""]


def _table_end(lines: Sequence[str], start: int) -> int:
    tabs = _tabs(lines[start])
    if not 0 < tabs < _MOST_COLUMNS or not lines[start].split("\t", 1)[0].strip():
        return start
    end = start + 1
    while end < len(lines) and (_tabs(lines[end]) == tabs or is_rule(lines[end])):
        end += 1
    return end if end - start > 1 else start


def _tabs(line: str) -> int:
    return line.rstrip("\r\n ").count("\t") if line.strip() else 0
