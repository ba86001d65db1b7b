"""From what a reader gave to what is worth reading: pure functions on blocks.

What a document carries along but does not say goes: feeds' tails, page furniture, repeats.

The order matters: tables of contents are told by tabs that folding white space would
lose; footnotes and furniture interrupt paragraphs, so they are told before these are
joined; headings are told by what follows them, so they come last.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.characters import clean_characters, clean_text, comparable, fold_line
from rag.ingest.draft import Draft, DraftBlock
from rag.ingest.footnotes import mark_footnotes, settle_footnotes
from rag.ingest.headings import recognise_headings, take_contents
from rag.ingest.joining import rejoin, restore_lists
from rag.ingest.line_shapes import ends_sentence, introduces, is_open, starts_lower
from rag.types import BlockKind

_TABLE = frozenset({BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW})
_FEED_TAIL = re.compile(
    r"(?:the post\b.{0,400}\bappeared first on\b|the post\b.{0,400}\bfirst appeared on\b"
    r"|(?:l[’']article|cet article|l[’']entrée|cette entrée)\b.{0,400}"
    r"\best apparue? en premier sur\b)",
    re.IGNORECASE | re.DOTALL,
)
_LETTERHEADS = frozenset(
    comparable(text)
    for text in (
        "Gouvernement",
        "Liberté",
        "Égalité",
        "Fraternité",
        "Liberté Égalité Fraternité",
        "République française",
        "République française Liberté Égalité Fraternité",
    )
)
_LONE_LINKS = frozenset({"source", "lien", "link", "original"})
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:page\s{0,2})?\d{1,3}(?:\s{0,2}(?:/|sur|of)\s{0,2}\d{1,4})?\W{0,3}\Z",
    re.IGNORECASE,
)
_LONGEST_AVATAR = 120
_SHORTEST_REPEAT = 40
_LONGEST_FURNITURE = 60
_FURNITURE_TIMES = 4


def clean(draft: Draft) -> Draft:
    """The draft with the blocks worth reading, in order; see the module for the steps.

    Text is as ``clean_text`` gives it, on one line in headings and cells; a block without
    text and a row without any cell are dropped.
    """
    listed, depths = take_contents(draft.blocks)
    tidy = _tidy(listed)
    whole = rejoin(restore_lists(without_boilerplate(mark_footnotes(tidy))))
    headed = recognise_headings(without_repeats(whole), depths)
    return replace(draft, blocks=tuple(_tidy(settle_footnotes(headed))))


def _tidy(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    tidied = (_tidy_block(block) for block in blocks)
    return [block for block in tidied if block.text or any(block.cells)]


def _tidy_block(block: DraftBlock) -> DraftBlock:
    if block.kind in _TABLE:
        cells = tuple(clean_text(cell).replace("\n", " ") for cell in block.cells)
        return replace(block, text="", cells=cells)
    if block.kind is BlockKind.CODE:
        return replace(block, text=_tidy_code(block.text))
    text = clean_text(block.text)
    return replace(block, text=fold_line(text) if block.kind is BlockKind.HEADING else text)


def _tidy_code(text: str) -> str:
    """Code keeps its indentation; blank lines would end the block."""
    lines = clean_characters(text).expandtabs(4).split("\n")
    kept = (line.rstrip() for line in lines if line.strip())
    return textwrap.dedent("\n".join(kept)).strip()


def without_boilerplate(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Without the tails of feeds, avatars, lone source links, letterheads, page numbers.

    A short line that comes four times or more keeps its first place only.
    """
    furniture = _furniture(blocks)
    kept: list[DraftBlock] = []
    met: set[str] = set()
    for index, block in enumerate(blocks):
        if block.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.QUOTE}:
            key = comparable(block.text[: 2 * _LONGEST_AVATAR])
            if key in furniture and key in met:
                continue
            met.add(key)
            if _is_noise(block.text, key) or _is_page_number(blocks, index):
                continue
        kept.append(block)
    return kept


def without_repeats(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Without paragraphs of 40 characters or more that the document already had."""
    kept: list[DraftBlock] = []
    met: set[str] = set()
    for block in blocks:
        if block.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE} and (
            len(block.text) >= _SHORTEST_REPEAT
        ):
            key = " ".join(block.text.casefold().split())
            if key in met:
                continue
            met.add(key)
        kept.append(block)
    return kept


def _is_noise(text: str, key: str) -> bool:
    if key in _LETTERHEADS or key in _LONE_LINKS:
        return True
    return _is_avatar(text) or _FEED_TAIL.match(text[:600]) is not None


def _is_avatar(text: str) -> bool:
    """Whether it is a name said twice without a break, as an avatar's caption is."""
    if len(text) > _LONGEST_AVATAR or len(text) < 6:
        return False
    half = len(text) // 2
    first, second = text[:half], text[len(text) - half :]
    if first != second or len(text) % 2:
        return False
    return " " in first.strip() and first[0].isupper() and not ends_sentence(text)


def _is_page_number(blocks: Sequence[DraftBlock], index: int) -> bool:
    """Whether it is a lone number that no line below goes on with (``63``, ``sites``)."""
    block = blocks[index]
    if block.kind is not BlockKind.PARAGRAPH or not _PAGE_NUMBER.match(block.text[:40]):
        return False
    if index + 1 == len(blocks) or not starts_lower(blocks[index + 1].text):
        return True
    above = reversed(blocks[max(0, index - 9) : index])
    cut = next((each.text for each in above if each.kind is not BlockKind.FOOTNOTE), "")
    return len(cut) > 40 and is_open(cut)


def _furniture(blocks: Sequence[DraftBlock]) -> set[str]:
    times = Counter(
        comparable(block.text)
        for block in blocks
        if block.kind is BlockKind.PARAGRAPH and len(block.text) <= _LONGEST_FURNITURE
        if not ends_sentence(block.text) and not introduces(block.text)
    )
    return {key for key, count in times.items() if key and count >= _FURNITURE_TIMES}
