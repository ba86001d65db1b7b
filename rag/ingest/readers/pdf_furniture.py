"""Running headers, running footers and page numbers of a PDF."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rag.ingest.characters import comparable
from rag.ingest.readers.pdf_page import Line, Page

_EDGE_LINES = 3
_EDGE_SHARE = 0.14
_SAME_HEIGHT = 6.0
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:p(?:age|\.)?\s{0,2})?\d{1,4}(?:\s{0,2}(?:/|sur|of|de|–|-)\s{0,2}\d{1,4})?\W{0,3}\Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def without_furniture(
    pages: Sequence[Page], tables: Mapping[int, frozenset[int]]
) -> list[Page]:
    """The pages without the lines that stand at their edges page after page.

    A line at the top or foot goes if it is a page number, or if the same words (numbers
    aside) stand at the same height on another page: on at least half the pages of a short
    document, three pages of a long one.

    Args:
        pages: the pages, in order.
        tables: by page number, the indices of the lines in tables, which stay: a table's
            names are repeated at the head of each page as a running header is.
    """
    seen: dict[tuple[str, bool], list[tuple[int, float]]] = defaultdict(list)
    for page in pages:
        for line, at_top in _edge_lines(page, tables.get(page.number, frozenset())):
            seen[_key(line, at_top)].append((page.number, line.y))
    kept: list[Page] = []
    for page in pages:
        tabled = tables.get(page.number, frozenset())
        kept.append(replace(page, lines=tuple(_kept(page, seen, len(pages), tabled))))
    return kept


def _kept(
    page: Page,
    seen: dict[tuple[str, bool], list[tuple[int, float]]],
    pages: int,
    tabled: frozenset[int],
) -> Iterator[Line]:
    dropped = {
        id(line)
        for line, at_top in _edge_lines(page, tabled)
        if _PAGE_NUMBER.match(line.text.strip())
        or _repeats(seen[_key(line, at_top)], line, pages)
    }
    return (line for line in page.lines if id(line) not in dropped)


def _edge_lines(page: Page, tabled: frozenset[int]) -> Iterator[tuple[Line, bool]]:
    """The outermost lines outside tables, and whether each is at the top."""
    flowing = (line for index, line in enumerate(page.lines) if index not in tabled)
    ordered = sorted(flowing, key=lambda line: -line.y)
    margin = _EDGE_SHARE * page.height
    for line in ordered[:_EDGE_LINES]:
        if line.y > page.height - margin:
            yield line, True
    for line in ordered[-_EDGE_LINES:]:
        if line.y < margin:
            yield line, False


def _key(line: Line, at_top: bool) -> tuple[str, bool]:
    return comparable(_DIGITS.sub("0", line.text))[:200], at_top


def _repeats(places: list[tuple[int, float]], line: Line, pages: int) -> bool:
    level = {number for number, y in places if abs(y - line.y) <= _SAME_HEIGHT}
    needed = max(2, min(3, (pages + 1) // 2))
    return len(level) >= needed
