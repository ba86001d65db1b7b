"""Footnotes: told from the text they interrupt, and placed after what calls them.

Readers leave a note as a paragraph that opens with its call sign, a superscript number or
``[^label]``, and leave the signs in the text. Here the notes become FOOTNOTE blocks and
both signs go: glued to a word (``artificielle¹``) a sign hides it from lexical search and
spoils the quote, and once the note stands beside its call the number says nothing more.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.draft import DraftBlock
from rag.types import BlockKind

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGN = r"(?:\[\^([^\]\s]{1,40})\]|([⁰¹²³⁴-⁹]{1,4}))"
_OPENING = re.compile(rf"{_SIGN}[.):]?[ \xa0]?(?=\S)")
_CALL = re.compile(_SIGN)
_UNIT = re.compile(r"(?:(?<![^\W_])(?:[kcdmhµ]?m|ha|s|[a-z])|(?<!\d)10|[=+*/^(-])\Z")
_RUNS = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER})


def mark_footnotes(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Paragraphs that open with a call sign become footnotes; their sign stays for now."""
    return [
        replace(block, kind=BlockKind.FOOTNOTE)
        if block.kind is BlockKind.PARAGRAPH and _is_note(block.text)
        else block
        for block in blocks
    ]


def settle_footnotes(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Each note after the block that calls it, without any call sign.

    A note called by a list item or a table row comes after the whole list or table, one
    that nothing calls stays where it stands.
    """
    labels = {label for block in blocks if (label := _label(block)) is not None}
    calls = _calls(blocks, labels)
    run_ends = _run_ends(blocks)
    placed: dict[int, list[DraftBlock]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.kind is BlockKind.FOOTNOTE:
            callers = calls.get(_label(block) or "", [])
            placed[_home(run_ends, callers, index)].append(block)
    settled: list[DraftBlock] = []
    for index, block in enumerate(blocks):
        if block.kind is not BlockKind.FOOTNOTE:
            settled.append(block)
        settled += placed[index]
    return [_without_signs(block, labels) for block in settled]


def _is_note(text: str) -> bool:
    match = _OPENING.match(text[:60])
    if match is None:
        return False
    # « ²⁰⁰⁰ » opens a formula; a note has something to say.
    return any(character.isalpha() for character in text[match.end() :])


def _label(block: DraftBlock) -> str | None:
    if block.kind is not BlockKind.FOOTNOTE:
        return None
    match = _OPENING.match(block.text[:60])
    return _label_of(match) if match else None


def _label_of(match: re.Match[str]) -> str:
    return match[1] if match[1] is not None else match[2].translate(_DIGITS)


def _calls(blocks: Sequence[DraftBlock], labels: set[str]) -> dict[str, list[int]]:
    """The blocks that call each note, in order."""
    calls: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.kind in {BlockKind.FOOTNOTE, BlockKind.CODE}:
            continue
        for text in (block.text, *block.cells):
            for match in _CALL.finditer(text):
                if label := _called(match, labels):
                    calls[label].append(index)
    return calls


def _run_ends(blocks: Sequence[DraftBlock]) -> list[int]:
    """For each block, the last of the list or table it is in, itself elsewhere."""
    ends = list(range(len(blocks)))
    for index in range(len(blocks) - 2, -1, -1):
        if blocks[index].kind in _RUNS and blocks[index + 1].kind in _RUNS:
            ends[index] = ends[index + 1]
    return ends


def _home(run_ends: Sequence[int], callers: list[int], index: int) -> int:
    """The block to stand after: the nearest caller above, else below, else where it is."""
    if not callers:
        return index
    above = bisect_left(callers, index)
    return run_ends[callers[above - 1] if above else callers[0]]


def _called(match: re.Match[str], labels: set[str]) -> str | None:
    """The note that a sign calls; none where it is part of a unit or a power (``m²``)."""
    label = _label_of(match)
    before = match.string[max(0, match.start() - 6) : match.start()]
    is_unit = match[2] is not None and _UNIT.search(before)
    return label if label in labels and not is_unit else None


def _without_signs(block: DraftBlock, labels: set[str]) -> DraftBlock:
    if block.kind is BlockKind.CODE:
        return block
    text = block.text
    if block.kind is BlockKind.FOOTNOTE:
        text = _OPENING.sub("", text, count=1)

    def drop(match: re.Match[str]) -> str:
        return "" if _called(match, labels) else match.group()

    cells = tuple(_CALL.sub(drop, cell) for cell in block.cells)
    return replace(block, text=_CALL.sub(drop, text), cells=cells)
