"""A document's blocks set for reading: headings, prose, nested lists, tables, in parts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, Final

from rag.types import Block, BlockKind, Document
from rag.web.pages.marking import Marker, Piece

LONGEST: Final = 200_000
"""Characters of a part, give or take the section that reaches that far."""

_NEAR: Final = 0.9
_NESTING: Final = 6
_LOWEST: Final = 6
_NUMBERED: Final = re.compile(r"(\d{1,4}|[A-Za-z]|[ivxIVX]{1,5})\s?[.)°]\s")
_TABLE: Final = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` is that of the page, which has its own at 1."""

    tag: ClassVar[str] = "heading"
    level: int
    anchor: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, a quote, some code or a footnote, as ``kind`` says."""

    tag: ClassVar[str] = "prose"
    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, and the items below it."""

    pieces: tuple[Piece, ...]
    items: tuple["Item", ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; ``numbered`` where its items bring signs of their own."""

    tag: ClassVar[str] = "listing"
    items: tuple[Item, ...]
    numbered: bool


Row = tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, each row a tuple of cells; ``width`` is that of its widest row."""

    tag: ClassVar[str] = "table"
    head: tuple[Row, ...]
    body: tuple[Row, ...]
    width: int


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page of the file begins, counted from 1."""

    tag: ClassVar[str] = "page"
    number: int


Element = Heading | Prose | Listing | Table | PageStart


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading in the outline: ``level`` from 1, ``block`` its index in the document."""

    level: int
    anchor: str
    text: str
    block: int


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """The headings in order, without the one that only says the title again.

    Levels go down one at a time, whatever the document does.
    """
    above: list[int] = []
    entries: list[OutlineEntry] = []
    for index, block in enumerate(document.blocks):
        if block.kind is not BlockKind.HEADING or repeats_title(document, index):
            continue
        while above and above[-1] >= block.level:
            above.pop()
        above.append(block.level)
        text = document.text[block.start : block.end]
        entries.append(OutlineEntry(len(above), f"s{index}", text, index))
    return tuple(entries)


def sections(document: Document, entries: Sequence[OutlineEntry]) -> tuple[OutlineEntry, ...]:
    """The headings that part the text: without a first one that holds all the others.

    One that opens the text, or repeats the title further down, names the document once
    more and is no part of it.
    """
    if len(entries) < 2 or any(each.level == 1 for each in entries[1:]):
        return tuple(entries)
    if entries[0].block and _plain(entries[0].text) != _plain(document.title):
        return tuple(entries)
    return tuple(replace(each, level=each.level - 1) for each in entries[1:])


def repeats_title(document: Document, index: int) -> bool:
    """Whether a block is the document's title, which the page shows as its own."""
    block = document.blocks[index]
    return (
        index == 0
        and block.kind is BlockKind.HEADING
        and _plain(document.text[block.start : block.end]) == _plain(document.title)
    )


def parts(blocks: Sequence[Block], longest: int = LONGEST) -> tuple[range, ...]:
    """Ranges of blocks, one at least; a part ends before a heading where one is near."""
    found = []
    first = 0
    for index, block in enumerate(blocks):
        length = block.start - blocks[first].start
        heading = block.kind is BlockKind.HEADING
        if index > first and (length >= longest or (heading and length >= _NEAR * longest)):
            found.append(range(first, index))
            first = index
    return (*found, range(first, len(blocks)))


def part_of(ranges: Sequence[range], blocks: Sequence[Block], offset: int) -> int:
    """Which of the parts shows a character: the last that begins at it or before."""
    begun = (at for at, each in enumerate(ranges) if each and blocks[each[0]].start <= offset)
    return max(begun, default=0)


def elements(
    document: Document, part: range, marker: Marker, entries: Sequence[OutlineEntry]
) -> Iterator[Element]:
    """The blocks of a part of a document as elements of a page, the title's left out."""
    headings = {entry.block: entry for entry in entries}
    page = None
    for first, run in _runs(document, part):
        if run[0].page is not None and run[0].page != page:
            page = run[0].page
            yield PageStart(page)
        if first in headings:
            yield _heading(headings[first], run[0], marker)
        elif not repeats_title(document, first):
            yield _element(document, run, marker)


def _runs(document: Document, part: range) -> Iterator[tuple[int, tuple[Block, ...]]]:
    """Blocks that make one thing together, each run with the index of its first."""
    numbered = ((index, document.blocks[index]) for index in part)
    for _, group in groupby(_tables_apart(numbered), lambda each: each[0]):
        members = [(index, block) for _, index, block in group]
        yield members[0][0], tuple(block for _, block in members)


def _tables_apart(
    numbered: Iterator[tuple[int, Block]],
) -> Iterator[tuple[tuple[object, ...], int, Block]]:
    """Each block with what those that belong with it share; a header opens a new table."""
    table, previous = 0, None
    for index, block in numbered:
        opens = block.kind is BlockKind.TABLE_HEADER and previous is BlockKind.TABLE_ROW
        table += opens
        previous = block.kind
        if block.kind in _TABLE:
            yield ("table", table, block.page), index, block
        elif block.kind is BlockKind.LIST_ITEM:
            yield ("list", block.page), index, block
        else:
            yield (index,), index, block


def _heading(entry: OutlineEntry, block: Block, marker: Marker) -> Heading:
    pieces = marker.pieces(block.start, block.end)
    return Heading(min(entry.level + 1, _LOWEST), entry.anchor, pieces)


def _element(document: Document, run: Sequence[Block], marker: Marker) -> Element:
    if run[0].kind in _TABLE:
        return _table(run, marker)
    if run[0].kind is BlockKind.LIST_ITEM:
        texts = (document.text[block.start : block.start + 12] for block in run)
        return Listing(_items(run, marker), all(map(_NUMBERED.match, texts)))
    return Prose(run[0].kind.value, marker.pieces(run[0].start, run[0].end))


def _items(run: Sequence[Block], marker: Marker) -> tuple[Item, ...]:
    """Items with those that follow them deeper; what is too deep stays at the deepest."""
    top = min(block.level for block in run)
    return _nested([(min(block.level - top, _NESTING), block) for block in run], 0, marker)


def _nested(run: Sequence[tuple[int, Block]], depth: int, marker: Marker) -> tuple[Item, ...]:
    starts = [at for at, (level, _) in enumerate(run) if level <= depth or at == 0]
    items = []
    for at, after in zip(starts, [*starts[1:], len(run)], strict=True):
        block = run[at][1]
        below = _nested(run[at + 1 : after], depth + 1, marker) if after > at + 1 else ()
        items.append(Item(marker.pieces(block.start, block.end), below))
    return tuple(items)


def _table(run: Sequence[Block], marker: Marker) -> Table:
    head = [block for block in run if block.kind is BlockKind.TABLE_HEADER]
    body = [block for block in run if block.kind is BlockKind.TABLE_ROW]
    return Table(
        tuple(_row(block, marker) for block in head),
        tuple(_row(block, marker) for block in body),
        max(len(block.cells) or 1 for block in run),
    )


def _row(block: Block, marker: Marker) -> Row:
    if not block.cells:
        return (marker.pieces(block.start, block.end),)
    return tuple(marker.pieces(cell.start, cell.end) for cell in block.cells)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
