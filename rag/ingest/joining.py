"""Blocks that belong together: lists that lost their marks, paragraphs cut by a page."""

from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.draft import DraftBlock
from rag.ingest.line_shapes import (
    ends_in_mid_phrase,
    ends_sentence,
    introduces,
    is_open,
    is_prose,
    looks_like_heading,
    numbering,
    starts_lower,
    words,
)
from rag.types import BlockKind

_LONGEST_ITEM = 300
_LONGEST_CAPITAL_ITEM = 120
_LONGEST_FIGURE = 60
_SHORTEST_CUT = 40
_GROWS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE})


def restore_lists(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Items without a mark become list items.

    A paragraph that ends with a colon, followed by two or more short paragraphs of the
    same make (all begin in lower case, or none ends as a sentence does), introduces them;
    two or more numbered lines in a row are a list as well.
    """
    restored: list[DraftBlock] = []
    index = 0
    while index < len(blocks):
        end = _items_end(blocks, index) if _introduces(restored) else index
        if end - index < 2:
            end = _numbered_end(blocks, index)
        if end - index < 2:
            restored.append(blocks[index])
            index += 1
            continue
        restored += [_item(block) for block in blocks[index:end]]
        index = end
    return restored


def rejoin(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Paragraphs and items cut by a page end, a footnote or a figure's layout, whole again.

    The second half is joined where the first breaks off and the second begins in lower
    case, or the first ends in mid-phrase (``chargée de``), or a footnote stands between.
    """
    joined: list[DraftBlock] = []
    for block in blocks:
        last = _last_text(joined)
        if last is not None and _goes_on(joined[last], block, len(joined) - 1 - last):
            joined[last] = replace(joined[last], text=f"{joined[last].text} {block.text}")
        else:
            joined.append(block)
    return joined


def _introduces(blocks: Sequence[DraftBlock]) -> bool:
    return (
        bool(blocks) and blocks[-1].kind is BlockKind.PARAGRAPH and introduces(blocks[-1].text)
    )


def _items_end(blocks: Sequence[DraftBlock], start: int) -> int:
    lower = starts_lower(blocks[start].text)
    end = start
    while end < len(blocks) and _could_be_item(blocks[end], lower):
        end += 1
    heads_prose = end < len(blocks) and end > start and _heads(blocks[end - 1], blocks[end])
    return end - 1 if heads_prose and not lower else end


def _could_be_item(block: DraftBlock, lower: bool) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or introduces(block.text):
        return False
    if lower:
        return starts_lower(block.text) and len(block.text) <= _LONGEST_ITEM
    short = len(block.text) <= _LONGEST_CAPITAL_ITEM and not ends_sentence(block.text)
    return short and not starts_lower(block.text) and numbering(block.text) is None


def _heads(block: DraftBlock, following: DraftBlock) -> bool:
    return looks_like_heading(block.text) and (
        following.kind is not BlockKind.PARAGRAPH or is_prose(following.text)
    )


def _numbered_end(blocks: Sequence[DraftBlock], start: int) -> int:
    end = start
    while end < len(blocks) and blocks[end].kind is BlockKind.PARAGRAPH:
        number = numbering(blocks[end].text)
        if number is None or number.rstrip(".)").count("."):
            break
        end += 1
    return end


def _item(block: DraftBlock) -> DraftBlock:
    number = numbering(block.text)
    text = block.text[len(number) :].strip() if number else block.text
    return replace(block, kind=BlockKind.LIST_ITEM, text=text or block.text, level=1)


def _last_text(blocks: Sequence[DraftBlock]) -> int | None:
    """The last block that is no footnote, if it is one that can go on."""
    index = len(blocks) - 1
    while index >= 0 and blocks[index].kind is BlockKind.FOOTNOTE:
        index -= 1
    return index if index >= 0 and blocks[index].kind in _GROWS else None


def _goes_on(last: DraftBlock, block: DraftBlock, notes_between: int) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or not is_open(last.text):
        return False
    if starts_lower(block.text):
        cut = len(last.text) >= _SHORTEST_CUT or ends_in_mid_phrase(last.text)
        return cut or _is_figure(last)
    if looks_like_heading(block.text):
        return False
    if ends_in_mid_phrase(last.text) and len(last.text) >= _SHORTEST_CUT:
        return True
    return notes_between > 0 and len(last.text) >= _SHORTEST_CUT


def _is_figure(block: DraftBlock) -> bool:
    """Whether it is a figure set large above what it counts: ``63 sites``."""
    text = block.text
    short = len(text) <= _LONGEST_FIGURE and words(text) <= 6
    return block.kind is BlockKind.PARAGRAPH and short and text[:1].isdigit()
