"""Lines of text: which were wrapped, which open list items, which are rows between tabs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.ingest.draft import DraftBlock
from rag.types import BlockKind

ORDERED = re.compile(r"([ \t]*)(?:\(?\d{1,3}[.)°]|\(?[a-z]\))[ \t\xa0]+(?=\S)")
"""The number or letter that opens an item of an ordered list."""
FENCE = re.compile(r" {0,3}(?:```|~~~)")
"""What opens and closes a stretch of code in Markdown."""

_BULLET = re.compile(r"([ \t]*)(?:[•◦▪‣●○■□➢✓\uf0a7\uf0b7*–—-]|o(?=[ \t]))[ \t\xa0]+(?=\S)")
_SHORTEST_WRAPPED = 50
_LONGEST_WRAPPED = 110
_SLACK = 10
_FULL = 0.75
_STRUCTURE = re.compile(r"\s*(?:[#>|*•+-]|\d{1,3}[.)]\s|```|~~~|---|===|.{0,200}\t)")
_RULE = re.compile(r"[ ]*:?-{2,}:?(?:[ ]*[|\t]+[ ]*:?-{2,}:?)*[ |\t]*\Z")
_MOST_COLUMNS = 60


def wrap_width(lines: Sequence[str]) -> int | None:
    """The width at which an editor wrapped these lines, or None if none did.

    Only a line that another line of running text follows says anything. Lines that go on
    for a paragraph's length were not wrapped, nor were lines of all lengths: their line
    feeds end paragraphs.
    """
    lengths = sorted(
        len(line.rstrip())
        for line, following in pairwise(lines)
        if line.strip() and following.strip()
        if not _STRUCTURE.match(line) and not _STRUCTURE.match(following)
    )
    if not lengths:
        return None
    width = lengths[min(len(lengths) - 1, len(lengths) * 9 // 10)]
    full = sum(length >= _FULL * width for length in lengths)
    in_reach = _SHORTEST_WRAPPED <= width <= _LONGEST_WRAPPED
    return width if in_reach and (full >= 2 or full == len(lengths)) else None


def unwrap(lines: Sequence[str], width: int | None) -> Iterator[str]:
    """The lines as their author meant them, those that were only full joined by a space.

    ``width`` None keeps every line. A line whose follower's first word would have fitted
    was ended on purpose.
    """
    joined = ""
    previous = ""
    for line in lines:
        if previous and (width is None or _ended_early(previous, line, width)):
            yield joined
            joined = ""
        joined = f"{joined} {line.strip()}" if joined else line.strip()
        previous = line
    if joined:
        yield joined


def _ended_early(line: str, following: str, width: int) -> bool:
    word = following.strip().split(" ", 1)[0]
    return len(line.rstrip()) + 1 + len(word) <= width - _SLACK


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
        fenced ^= bool(FENCE.match(line))
        end = index if fenced else _table_end(lines, index)
        rows = tuple(row for row in lines[index:end] if not _is_rule(row))
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


def _is_rule(line: str) -> bool:
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
    while end < len(lines) and (_tabs(lines[end]) == tabs or _is_rule(lines[end])):
        end += 1
    return end if end - start > 1 else start


def _tabs(line: str) -> int:
    return line.rstrip("\r\n ").count("\t") if line.strip() else 0


def list_mark(line: str) -> re.Match[str] | None:
    """The mark that opens a list item, with the white space around it, or None."""
    return _BULLET.match(line) or ORDERED.match(line)
