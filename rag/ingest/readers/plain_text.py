"""Plain text: structure told by blank lines, marks at the head of lines, and tabs."""

import re
from collections.abc import Iterator, Sequence

from rag.ingest.characters import clean_characters
from rag.ingest.draft import Draft, DraftBlock
from rag.ingest.readers.encoding import decode
from rag.ingest.readers.lines import (
    ORDERED,
    list_mark,
    split_cells,
    split_tables,
    table_blocks,
    unwrap,
    wrap_width,
)
from rag.ingest.readers.markdown import draft_from_markdown
from rag.types import BlockKind

_UNDERLINE = re.compile(r"[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,}|~{3,}|#{3,})[ \t]*\Z")
_MARKDOWN = (
    re.compile(r"---[ \t]*\n"),
    re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE),
    re.compile(r"\*\*[^\s*][^*\n]{0,300}\*\*"),
    re.compile(r"\[[^\[\]\n]{1,300}\]\((?:https?://|#|/|mailto:)[^\s()]{0,500}\)"),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"^ {0,3}\[\^[^\]\s]{1,40}\]:", re.MULTILINE),
)


def read_plain_text(data: bytes) -> Draft:
    """The document in these bytes; with Markdown's marks, it is read as loose Markdown."""
    text = clean_characters(decode(data))
    if is_markdown(text):
        return draft_from_markdown(text, strict=False)
    return Draft(tuple(_blocks(text)))


def is_markdown(text: str) -> bool:
    """Whether the text opens with front matter or bears marks only Markdown has."""
    if _MARKDOWN[0].match(text.lstrip()[:10]):
        return True
    if any(mark.search(text) for mark in _MARKDOWN[1:]):
        return True
    return any(map(_is_pipe_rule, text.split("\n")))


def _is_pipe_rule(line: str) -> bool:
    """Whether it is the line below the names of a pipe table's columns."""
    return "---" in line and "|" in line and not line.strip("|:- \t")


def _blocks(text: str) -> Iterator[DraftBlock]:
    width = wrap_width(text.split("\n"))
    for stretch in split_tables(text):
        if stretch.is_table:
            yield from table_blocks([split_cells(line) for line in stretch.lines])
            continue
        for lines in _paragraphs(stretch.lines):
            yield from _paragraph_blocks(lines, width)


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    gathered: list[str] = []
    for line in lines:
        if line.strip():
            gathered.append(line)
        elif gathered:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _paragraph_blocks(lines: list[str], width: int | None) -> Iterator[DraftBlock]:
    """A heading above its underline, the items of a list, or paragraphs."""
    if len(lines) >= 2 and _UNDERLINE.match(lines[1]):
        yield DraftBlock(BlockKind.HEADING, lines[0], 1 if "=" in lines[1] else 2)
        lines = lines[2:]
    lines = [line for line in lines if not _UNDERLINE.match(line)]
    start = next((n for n, line in enumerate(lines) if list_mark(line)), len(lines))
    if start == len(lines) - 1 and ORDERED.match(lines[start]):
        start = len(lines)
    for paragraph in unwrap(lines[:start], width):
        yield DraftBlock(BlockKind.PARAGRAPH, paragraph)
    yield from _items(lines[start:])


def _items(lines: list[str]) -> Iterator[DraftBlock]:
    """List items; a line without a mark goes on with the item above it."""
    text, level = "", 1
    indents: list[int] = []
    for line in lines:
        match = list_mark(line)
        if match is None:
            text = f"{text} {line.strip()}"
            continue
        if text:
            yield DraftBlock(BlockKind.LIST_ITEM, text, level)
        indent = len(match[1].expandtabs(4))
        indents = [*(known for known in indents if known < indent), indent]
        text, level = line[match.end() :].strip(), len(indents)
    if text:
        yield DraftBlock(BlockKind.LIST_ITEM, text, level)
