"""The sections of a document, and their atoms: what is never cut when passages are made."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from rag.text.normalisation import fold
from rag.text.sentences import split_sentences
from rag.types import Block, BlockKind, Document, Sentence, Span

_DOCUMENT: Final = 0
"""The rank of text before any heading: it is about all that follows."""
_INTRODUCTION: Final = 150
"""Characters kept of the sentence that introduces a list."""
_COLUMN: Final = 80
"""Characters kept of a column's name."""
_CELL: Final = 200
"""Characters kept of a cell carried down from the row above."""
_TABLE: Final = frozenset({BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW})


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks between one heading, or one chain of headings, and the next.

    ``headings`` open it: more than one where each stands directly under the one before.
    ``rank`` is the level of the first of them, 1 the highest, 0 before any heading.
    ``path`` is the path of headings of its text, outermost first, without the document's
    title.
    """

    headings: tuple[Block, ...]
    blocks: tuple[Block, ...]
    rank: int
    path: tuple[str, ...]


def sections(document: Document) -> list[Section]:
    """The sections of a document, in order; blocks of white space alone are left out."""
    found: list[Section] = []
    above: list[tuple[int, str]] = []
    title = fold(document.title)
    for headings, blocks in _runs(document):
        for heading in headings:
            while above and above[-1][0] >= heading.level:
                above.pop()
            name = " ".join(document.text[heading.start : heading.end].split())
            above.append((heading.level, name))
        rank = headings[0].level if headings else _DOCUMENT
        path = tuple(name for _, name in above if fold(name) != title)
        found.append(Section(tuple(headings), tuple(blocks), rank, path))
    return found


def common_path(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest path that begins them all."""
    shortest = min(paths, key=len, default=())
    for depth, name in enumerate(shortest):
        if any(path[depth] != name for path in paths):
            return shortest[:depth]
    return shortest


def _runs(document: Document) -> Iterator[tuple[list[Block], list[Block]]]:
    """Headings directly under one another, with the blocks that follow them."""
    headings: list[Block] = []
    blocks: list[Block] = []
    for block in document.blocks:
        if not document.text[block.start : block.end].strip():
            continue
        if block.kind is not BlockKind.HEADING:
            blocks.append(block)
            continue
        if blocks or (headings and headings[-1].level >= block.level):
            yield headings, blocks
            headings, blocks = [], []
        headings.append(block)
    if headings or blocks:
        yield headings, blocks


@dataclass(frozen=True, slots=True)
class Atom:
    """A sentence to be, with what must stay before it.

    ``start`` is where it begins in the text: its span's own start, or that of the headings
    that open its section where it comes first. ``context`` is what introduces a list item,
    or a table row with its columns' names. ``section`` and ``block`` are its places in the
    document and in its section; ``page`` is that of what it begins with.
    """

    start: int
    span: Span
    kind: BlockKind
    context: str | None
    section: int
    block: int
    page: int | None

    def sentence(self, text: str) -> Sentence:
        """The sentence, with what retrieval is to see of it."""
        searched = self.context
        if searched is not None and self.kind is BlockKind.LIST_ITEM:
            searched = f"{searched} {_folded(text, self.span)}"
        return Sentence(self.span.start, self.span.end, self.kind, searched)


def section_atoms(document: Document, section: Section, number: int) -> list[Atom]:
    """The atoms of a section, in order; for a list item, each of its sentences.

    A section without text gives its last heading as its one atom.
    """
    contexts = _contexts(document.text, section.blocks)
    first = section.headings[0] if section.headings else None
    atoms: list[Atom] = []
    for place, block in enumerate(section.blocks or section.headings[-1:]):
        for span in _spans(document.text, block):
            opening = block if atoms or first is None else first
            start = span.start if opening is block else opening.start
            context = contexts.get(place)
            atoms.append(Atom(start, span, block.kind, context, number, place, opening.page))
    return atoms


def announces(text: str) -> bool:
    """Whether a text announces what follows it: it ends with a colon."""
    return text.rstrip(" \u00a0\u202f*_»)\n").endswith(":")


def joined(atoms: Sequence[Atom]) -> Atom:
    """The atoms of one block as a single atom."""
    return replace(atoms[0], span=Span(atoms[0].span.start, atoms[-1].span.end))


def _spans(text: str, block: Block) -> Iterator[Span]:
    """The spans of a block's atoms, stripped, holding all that is not white space."""
    inside = text[block.start : block.end]
    if block.kind in _TABLE or block.kind is BlockKind.HEADING:
        lead = len(inside) - len(inside.lstrip())
        yield Span(block.start + lead, block.start + len(inside.rstrip()))
        return
    if block.kind is BlockKind.CODE:
        yield from _lines(inside, block.start)
        return
    for span in split_sentences(inside):
        yield Span(block.start + span.start, block.start + span.end)


def _lines(inside: str, start: int) -> Iterator[Span]:
    for line in inside.splitlines(keepends=True):
        if line.strip():
            lead = len(line) - len(line.lstrip())
            yield Span(start + lead, start + len(line.rstrip()))
        start += len(line)


def _folded(text: str, span: Span | Block) -> str:
    return " ".join(text[span.start : span.end].split())


def _contexts(text: str, blocks: Sequence[Block]) -> dict[int, str]:
    """What introduces each list item, and each table row with its columns' names.

    Keys are places in ``blocks``.
    """
    found: dict[int, str] = {}
    before: Block | None = None
    for kind, run in groupby(enumerate(blocks), key=lambda pair: _family(pair[1])):
        members = list(run)
        if kind is BlockKind.LIST_ITEM:
            found.update(_introductions(text, members, before))
        if kind is BlockKind.TABLE_ROW:
            found.update(_rows(text, members))
        before = members[-1][1]
    return found


def _family(block: Block) -> BlockKind:
    return BlockKind.TABLE_ROW if block.kind in _TABLE else block.kind


def _introductions(
    text: str, items: Sequence[tuple[int, Block]], before: Block | None
) -> Iterator[tuple[int, str]]:
    """For each item the sentence, or the item of a higher level, that announces it."""
    announced: list[tuple[int, str]] = []
    if before is not None and before.kind is not BlockKind.CODE:
        announced = [(0, line) for line in _announcement(text, before)]
    for place, item in items:
        while announced and announced[-1][0] >= item.level > 0:
            announced.pop()
        if announced:
            yield place, announced[-1][1]
        announced.extend((item.level, line) for line in _announcement(text, item))


def _announcement(text: str, block: Block) -> Iterator[str]:
    """The block's last sentence, shortened, if it announces something."""
    inside = text[block.start : block.end]
    if announces(inside):
        yield _shortened(_folded(inside, split_sentences(inside)[-1]), _INTRODUCTION)


def _shortened(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    short = textwrap.shorten(line[: width * 2], width, placeholder=" …")
    return short if len(short) > width // 2 else line[: width - 2] + " …"


def _rows(text: str, rows: Sequence[tuple[int, Block]]) -> Iterator[tuple[int, str]]:
    """Each row as ``Column : cell ; …`` under the nearest header above it.

    Leading cells left empty, as under a merged cell, take those of the row above.
    """
    names: list[str] = []
    above: list[str] = []
    for place, row in rows:
        cells = [_folded(text, cell) for cell in row.cells]
        if row.kind is BlockKind.TABLE_HEADER:
            names = [_shortened(cell.rstrip(" :"), _COLUMN) for cell in cells]
            above = []
            continue
        if any(cells):
            cells = _filled(cells, above)
            above = cells
        if names and any(cells):
            yield place, _row(names, cells)


def _filled(cells: list[str], above: list[str]) -> list[str]:
    first = next(place for place, cell in enumerate(cells) if cell)
    carried = [_shortened(cell, _CELL) for cell in above[:first]]
    return carried + cells[len(carried) :]


def _row(names: list[str], cells: list[str]) -> str:
    padded = names + [""] * (len(cells) - len(names))
    pairs = zip(padded, cells, strict=False)
    return " ; ".join(f"{name} : {cell}" if name else cell for name, cell in pairs if cell)
