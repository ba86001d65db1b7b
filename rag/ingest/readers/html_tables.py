"""Tables of HTML as rows of cells."""

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from rag.ingest.characters import fold_line
from rag.ingest.readers.html_tree import is_skipped
from rag.ingest.readers.lines import has_header

_MOST_COLUMNS = 60
_MOST_SPANNED = 1000
_LONGEST_CELL = 1500
_ROW_PARENTS = frozenset({"thead", "tbody", "tfoot"})
_SEPARATED = frozenset("p div li br ul ol dd dt tr td".split())
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell as written, before its spans are spread over the grid."""

    text: str
    is_header: bool
    columns: int
    rows: int


def is_layout(table: LexborNode) -> bool:
    """Whether the table only arranges the page: nested, one column, or whole articles."""
    if (table.attributes.get("role") or "") in {"presentation", "none"}:
        return True
    if len(table.css("table")) > 1:
        return True
    rows = _rows(table)
    widths = [sum(cell.columns for cell in row) for row, _ in rows]
    longest = max((len(cell.text) for row, _ in rows for cell in row), default=0)
    return max(widths, default=0) <= 1 or longest > _LONGEST_CELL


def table_cells(
    table: LexborNode,
) -> tuple[str, tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The caption, the rows, and the column names (empty where the table has none).

    A cell that spans rows is given to each of them, so that a row can be read alone; one
    that spans columns stands in the first, but above columns it names them all. Several
    rows of column names are joined: ``2025 Montant``.
    """
    rows = _rows(table)
    heads = _count_heads(rows)
    grid = _grid([row for row, _ in rows], heads)
    # Two columns are as often names and values, so only the marked are believed there.
    if heads == 0 and len(rows) > 1 and len(grid[0]) > 2 and has_header(grid):
        heads = 1
    caption = table.css_first("caption")
    return (
        _cell_text(caption) if caption is not None else "",
        tuple(grid[heads:]),
        _merged(grid[:heads]),
    )


def _cell_text(node: LexborNode) -> str:
    """The text of a cell on one line, what stands in blocks set apart by spaces."""
    parts: list[str] = []
    _gather(node, parts, 0)
    return fold_line("".join(parts))


def _gather(node: LexborNode, parts: list[str], depth: int) -> None:
    for child in node.iter(include_text=True, skip_empty=False):
        tag = child.tag or ""
        if tag == "-text":
            parts.append(child.text_content or "")
        elif not is_skipped(child):
            spaced = tag in _SEPARATED
            parts.append(" " if spaced else "")
            if depth > _DEEPEST:
                parts.append(child.text())
            else:
                _gather(child, parts, depth + 1)
            parts.append(" " if spaced else "")


def _rows(table: LexborNode) -> list[tuple[list[_Cell], bool]]:
    """Each row's cells, and whether it stands in the table's head."""
    found: list[tuple[list[_Cell], bool]] = []
    for child in table.iter():
        if child.tag == "tr":
            found.append((_cells(child), False))
        elif child.tag in _ROW_PARENTS:
            rows = [_cells(row) for row in child.iter() if row.tag == "tr"]
            found += [(row, child.tag == "thead") for row in rows]
    return [(row, head) for row, head in found if row]


def _cells(row: LexborNode) -> list[_Cell]:
    cells = [cell for cell in row.iter() if cell.tag in {"td", "th"}]
    return [
        _Cell(
            _cell_text(cell),
            cell.tag == "th" or _is_bold(cell),
            _span(cell, "colspan", _MOST_COLUMNS),
            _span(cell, "rowspan", _MOST_SPANNED),
        )
        for cell in cells[:_MOST_COLUMNS]
    ]


def _is_bold(cell: LexborNode) -> bool:
    strong = cell.css_first("b, strong")
    if strong is None:
        return False
    return bool(_cell_text(strong)) and _cell_text(strong) == _cell_text(cell)


def _span(cell: LexborNode, name: str, most: int) -> int:
    value = (cell.attributes.get(name) or "1").strip()[:6]
    return min(most, max(1, int(value))) if value.isdecimal() else 1


def _count_heads(rows: list[tuple[list[_Cell], bool]]) -> int:
    for index, (row, in_head) in enumerate(rows):
        names = sum(cell.is_header for cell in row)
        if not in_head and (names < len(row) or len(row) == 1):
            return index
    return min(1, len(rows))


def _grid(rows: list[list[_Cell]], heads: int) -> list[tuple[str, ...]]:
    grid: list[tuple[str, ...]] = []
    spanned: dict[int, tuple[str, int]] = {}
    for number, row in enumerate(rows):
        filled: list[str] = []
        for cell in row:
            _take_spanned(filled, spanned)
            for offset in range(min(cell.columns, _MOST_COLUMNS - len(filled))):
                text = cell.text if offset == 0 or number < heads else ""
                if cell.rows > 1:
                    spanned[len(filled)] = (text, cell.rows - 1)
                filled.append(text)
        _take_spanned(filled, spanned)
        grid.append(tuple(filled))
    width = max(map(len, grid), default=0)
    return [row + ("",) * (width - len(row)) for row in grid]


def _take_spanned(filled: list[str], spanned: dict[int, tuple[str, int]]) -> None:
    while len(filled) in spanned and len(filled) < _MOST_COLUMNS:
        column = len(filled)
        text, left = spanned.pop(column)
        if left > 1:
            spanned[column] = (text, left - 1)
        filled.append(text)


def _merged(heads: list[tuple[str, ...]]) -> tuple[str, ...]:
    columns = zip(*heads, strict=True)
    return tuple(" ".join(dict.fromkeys(filter(None, names))) for names in columns)
