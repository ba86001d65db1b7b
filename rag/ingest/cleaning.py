"""From what a reader gave to what is worth reading: pure functions on blocks.

The order matters: tables of contents are told by tabs that folding white space would
lose; footnotes and furniture interrupt paragraphs, so they are told before these are
joined; headings are told by what follows them, so they come last.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.boilerplate import without_boilerplate, without_repeats
from rag.ingest.characters import clean_characters, clean_text, fold_line
from rag.ingest.contents import take_contents
from rag.ingest.draft import Draft, DraftBlock
from rag.ingest.footnotes import mark_footnotes, settle_footnotes
from rag.ingest.headings import recognise_headings
from rag.ingest.joining import rejoin, restore_lists
from rag.types import BlockKind

_TABLE = frozenset({BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW})


def clean(draft: Draft) -> Draft:
    """The draft with clean characters, restored structure and no boilerplate."""
    return replace(draft, blocks=tuple(clean_blocks(draft.blocks)))


def clean_blocks(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """The blocks worth reading, in order; see the module for the steps.

    Text is as ``clean_text`` gives it, on one line in headings and cells; a block without
    text and a row without any cell are dropped.
    """
    contents = take_contents(blocks)
    tidy = _tidy(contents.blocks)
    whole = rejoin(restore_lists(without_boilerplate(mark_footnotes(tidy))))
    headed = recognise_headings(without_repeats(whole), contents.depths)
    return _tidy(settle_footnotes(headed))


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
