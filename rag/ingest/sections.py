"""The sections of a document: a path of headings and the blocks under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.text.normalisation import fold
from rag.types import Block, BlockKind, Document

_DOCUMENT: Final = 0
"""The rank of text before any heading: it is about all that follows."""


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
