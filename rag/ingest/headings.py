"""Headings that lost their mark, told by their shape and the company they keep.

Tables of contents are dropped, for a title with a page number answers nothing; what they
say of the document's structure is kept: their entries are its headings.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.ingest.characters import comparable, fold_line
from rag.ingest.draft import DraftBlock
from rag.ingest.line_shapes import (
    introduces,
    is_open,
    is_prose,
    is_shouted,
    looks_like_heading,
    numbering,
    words,
)
from rag.types import BlockKind

_LONGEST_NUMBERED = 250
_CHARACTERS_PER_HEADING = 2500
_ANNEX = re.compile(r"(?:annexe|annex|appendix)\b", re.IGNORECASE)
_BODY = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW})
_DEEPEST = 6
_FEWEST_WORDS = 4
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


def recognise_headings(
    blocks: Sequence[DraftBlock], depths: Mapping[str, int]
) -> list[DraftBlock]:
    """Paragraphs that are headings become so; levels follow what the document tells.

    A document with enough headings of its own is left alone. Elsewhere a line is one if
    the table of contents lists it, or it opens with a number, or it looks like a heading,
    and what follows is running text, a list, a table or another heading. ``depths`` are
    those of the table of contents, as ``take_contents`` gives them.
    """
    if not depths and _is_structured(blocks):
        return list(blocks)
    return _with_levels(blocks, _found_depths(blocks, depths))


def _is_structured(blocks: Sequence[DraftBlock]) -> bool:
    headings = sum(block.kind is BlockKind.HEADING for block in blocks)
    length = sum(len(block.text) for block in blocks)
    return headings * _CHARACTERS_PER_HEADING > length and headings > 0


def _found_depths(blocks: Sequence[DraftBlock], depths: Mapping[str, int]) -> dict[int, int]:
    """The depth of each block that is a heading, 0 where nothing says it.

    From the end backwards, since what a heading is depends on what follows it.
    """
    found: dict[int, int] = {}
    following: DraftBlock | None = None
    follows_heading = False
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if block.kind is BlockKind.FOOTNOTE:
            continue
        depth = _own_depth(block, depths)
        if (
            depth is not None
            and following is not None
            and (depth or follows_heading or _is_body(block, following))
        ):
            found[index] = depth
        follows_heading = index in found or block.kind is BlockKind.HEADING
        following = block
    return found


def _own_depth(block: DraftBlock, depths: Mapping[str, int]) -> int | None:
    """What the block's own text tells: 0 for nothing, None when it cannot be a heading."""
    if block.kind is not BlockKind.PARAGRAPH or len(block.text) > 2 * _LONGEST_NUMBERED:
        return None
    text = block.text
    if listed := depths.get(title_key(text)):
        return listed
    if number := numbering(text):
        depth = number.rstrip(".)-–— ").count(".") + (2 if depths else 1)
        short = len(text) <= _LONGEST_NUMBERED and is_open(text)
        return depth if short else None
    if not looks_like_heading(text):
        return None
    return 1 if _ANNEX.match(text) or is_shouted(text) else 0


def _is_body(heading: DraftBlock, following: DraftBlock) -> bool:
    if following.kind in _BODY:
        return True
    if following.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE}:
        text = following.text
        told = is_prose(text) or (introduces(text) and words(text) >= _FEWEST_WORDS)
        return told and 2 * len(text) > len(heading.text)
    return False


def _with_levels(blocks: Sequence[DraftBlock], found: Mapping[int, int]) -> list[DraftBlock]:
    """The blocks, with what was found as headings.

    A title that opens the document is of level 1, parts of level 2, chapters of 3; a
    heading that only its shape tells stands one below the last that something else did.
    """
    levelled: list[DraftBlock] = []
    first = next((n for n, b in enumerate(blocks) if b.kind is not BlockKind.FOOTNOTE), -1)
    above = 1
    for index, block in enumerate(blocks):
        depth = found.get(index)
        if block.kind is BlockKind.HEADING:
            above = block.level
        if depth is None:
            levelled.append(block)
            continue
        level = 1 if index == first else (depth or above) + 1
        if depth or index == first:
            above = level
        levelled.append(replace(block, kind=BlockKind.HEADING, level=min(_DEEPEST, level)))
    return levelled


def take_contents(blocks: Sequence[DraftBlock]) -> tuple[list[DraftBlock], dict[str, int]]:
    """The blocks without their table of contents, and the depth of each of its entries.

    Entries have leader dots or a tab before their page, or stand below its title. Depths
    are by ``title_key``: 1 for a part, 2 for a chapter.
    """
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
            title, _, _ = _entry(blocks[entry].text)
            depths.setdefault(title_key(title), _depth(blocks[entry]))
        index = max(end, index + 1)
    return [block for n, block in enumerate(blocks) if n not in dropped], depths


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
        title, _, found = _entry(block.text)
        comes_again = later.get(title_key(title), index) > index
        if found is not None and page <= found <= _MOST_PAGES:
            page = found
        elif not (comes_again and block.kind is BlockKind.LIST_ITEM):
            return index
    return len(blocks)


def _entry(text: str) -> tuple[str, str, int | None]:
    """The title of an entry, what leads to its page number, and that number, if any."""
    stripped = text.rstrip()
    match = _PAGE.search(stripped[-8:])
    if match is None:
        return stripped, "", None
    head = stripped[: -len(match.group())]
    title = head.rstrip(f"{_LEADERS} \t\xa0")
    return title, head[len(title) :], int(match.group())


def _has_leaders(block: DraftBlock) -> bool:
    """Whether a page number ends the block after leader dots or a tab."""
    title, between, page = _entry(block.text)
    if page is None or len(block.text.rstrip()) > _LONGEST:
        return False
    dots = sum(between.count(leader) for leader in _LEADERS) + 2 * between.count("…")
    return dots >= 4 or ("\t" in between and bool((title + between).strip()))


def _depth(block: DraftBlock) -> int:
    number = numbering(fold_line(block.text[:_LONGEST]))
    below = number.rstrip(".").count(".") + 1 if number else 0
    return 1 + max(below, block.level if block.kind is BlockKind.LIST_ITEM else 0)
