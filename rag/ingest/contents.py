"""Tables of contents: dropped, for a title with a page number answers nothing.

What they say of the document's structure is kept: their entries are its headings.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rag.ingest.characters import comparable, fold_line
from rag.ingest.draft import DraftBlock
from rag.ingest.shapes import numbering
from rag.types import BlockKind

_TITLES = frozenset(
    comparable(title)
    for title in (
        "Sommaire",
        "Table des matières",
        "Contents",
        "Table of contents",
        "Au sommaire",
    )
)
_PAGE = re.compile(r"\d{1,4}\Z")
_LEADERS = "._…·‥"
_LONGEST = 400
_MOST_PAGES = 2000


@dataclass(frozen=True, slots=True)
class Contents:
    """The blocks without their table of contents, and the depth of each of its entries.

    ``depths`` maps a title, as ``comparable`` gives it, to 1 for a part, 2 for a chapter.
    """

    blocks: tuple[DraftBlock, ...]
    depths: Mapping[str, int]


def take_contents(blocks: Sequence[DraftBlock]) -> Contents:
    """Drop entries with leader dots or a tab before their page, and what a title opens."""
    later = _occurrences(blocks)
    dropped: set[int] = set()
    depths: dict[str, int] = {}
    index = 0
    while index < len(blocks):
        end = _entries_end(blocks, index + 1, later) if _is_title(blocks[index]) else index
        listed = list(range(index + 1, end))
        if len(listed) >= 2:
            dropped.add(index)
        elif _has_leaders(blocks[index]):
            listed = [index]
        else:
            listed = []
        for entry in listed:
            dropped.add(entry)
            depths.setdefault(
                title_key(_without_page(blocks[entry].text)), _depth(blocks[entry])
            )
        index = max(end, index + 1)
    kept = tuple(block for n, block in enumerate(blocks) if n not in dropped)
    return Contents(kept, MappingProxyType(depths))


def title_key(text: str) -> str:
    """A title as entries and headings are compared: without number, case or accents."""
    line = fold_line(text[:_LONGEST])
    number = numbering(line)
    return comparable(line[len(number) :] if number else line)


def _occurrences(blocks: Sequence[DraftBlock]) -> dict[str, int]:
    """Where each short text stands last."""
    return {
        title_key(block.text): index
        for index, block in enumerate(blocks)
        if 0 < len(block.text) <= _LONGEST
    }


def _is_title(block: DraftBlock) -> bool:
    if block.kind not in {BlockKind.HEADING, BlockKind.PARAGRAPH} or len(block.text) > 40:
        return False
    return comparable(block.text) in _TITLES


def _entries_end(blocks: Sequence[DraftBlock], start: int, later: Mapping[str, int]) -> int:
    """Where the entries below a title end: at what neither has a page nor comes again."""
    page = 0
    for index in range(start, len(blocks)):
        block = blocks[index]
        if not 0 < len(block.text) <= _LONGEST:
            return index
        found = _page(block.text)
        comes_again = later.get(title_key(_without_page(block.text)), index) > index
        if found is not None and page <= found <= _MOST_PAGES:
            page = found
        elif not (comes_again and block.kind is BlockKind.LIST_ITEM):
            return index
    return len(blocks)


def _page(text: str) -> int | None:
    match = _PAGE.search(text.rstrip()[-8:])
    return int(match.group()) if match else None


def _without_page(text: str) -> str:
    stripped = text.rstrip()
    match = _PAGE.search(stripped[-8:])
    if match is None:
        return stripped
    return stripped[: -len(match.group())].rstrip(f"{_LEADERS} \t\xa0")


def _has_leaders(block: DraftBlock) -> bool:
    """Whether a page number ends the block after leader dots or a tab."""
    text = block.text.rstrip()
    match = _PAGE.search(text[-8:])
    if match is None or len(text) > _LONGEST:
        return False
    head = text[: -len(match.group())]
    between = head[len(head.rstrip(f"{_LEADERS} \t\xa0")) :]
    dots = sum(between.count(leader) for leader in _LEADERS) + 2 * between.count("…")
    return dots >= 4 or ("\t" in between and bool(head.strip()))


def _depth(block: DraftBlock) -> int:
    number = numbering(fold_line(block.text[:_LONGEST]))
    below = number.rstrip(".").count(".") + 1 if number else 0
    return 1 + max(below, block.level if block.kind is BlockKind.LIST_ITEM else 0)
