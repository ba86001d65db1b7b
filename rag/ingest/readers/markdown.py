"""Markdown with front matter, and text that is Markdown in all but its extension."""

import re
from collections.abc import Iterator
from dataclasses import replace

from markdown_it import MarkdownIt

from rag.errors import CorruptDocumentError
from rag.ingest.characters import clean_characters
from rag.ingest.draft import Draft
from rag.ingest.metadata import split_front_matter
from rag.ingest.readers.encoding import decode
from rag.ingest.readers.lines import FENCE, split_tables, to_pipes, wrap_width
from rag.ingest.readers.markdown_blocks import TokenReader

_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*)")
_SOURCE_LINK = re.compile(
    r"^\[(?:source|lien|link|original)\]\((https?://[^\s()<>]+)\)\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_MARGIN_BULLETS = frozenset({"- ", "* ", "+ "})
_BRACKET = re.compile(r"[\[\]]")
_DEEPEST = 60


def read_markdown(data: bytes) -> Draft:
    """The document in these bytes of Markdown."""
    return draft_from_markdown(decode(data), strict=True)


def draft_from_markdown(text: str, *, strict: bool) -> Draft:
    """The blocks of a Markdown text, without markup, and its front matter.

    ``strict``: a line feed inside a paragraph is a space, an indented line is code, as
    the specification has it. Otherwise neither is taken on trust: line feeds end
    paragraphs where lines were not wrapped, and indentation means nothing.
    """
    metadata, body = split_front_matter(clean_characters(text).lstrip())
    source = _SOURCE_LINK.search(body)
    if metadata.source_url is None and source is not None:
        metadata = replace(metadata, source_url=source[1])
    lines = _prepare(body, strict)
    # A width of zero joins every line: no follower ever fits.
    width = 0 if strict else wrap_width(lines)
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"])
    if not strict:
        parser.disable("code")
    try:
        tokens = parser.parse("\n".join(lines))
        blocks = TokenReader(width).read(tokens)
    except (RecursionError, MemoryError, ValueError, IndexError) as error:
        raise CorruptDocumentError(
            "Le Markdown de ce document est illisible (imbrication excessive)."
        ) from error
    return Draft(tuple(blocks), metadata)


def _prepare(body: str, strict: bool) -> list[str]:
    """The lines, with tab-separated tables and notes in a form CommonMark keeps."""
    lines: list[str] = []
    for stretch in split_tables(body):
        lines += to_pipes(stretch.lines) if stretch.is_table else stretch.lines
    lines = list(_defused(_open_notes(lines)))
    return lines if strict else list(_nested_items(lines))


def _open_notes(lines: list[str]) -> list[str]:
    """``[^1]: text`` as a paragraph ``[^1] text``.

    CommonMark would take a note of one word for the target of a link and drop it, and
    what is indented below it for code.
    """
    opened: list[str] = []
    fenced = in_note = False
    for line in lines:
        fenced ^= bool(FENCE.match(line))
        note = None if fenced else _NOTE.match(line)
        if note:
            opened += ["", f"[^{note[1]}] {note[2]}"]
            in_note = True
        elif in_note and line[:2].isspace():
            opened.append(line.strip())
        else:
            in_note = in_note and not line.strip()
            opened.append(line)
    return opened


def _defused(lines: list[str]) -> Iterator[str]:
    """The lines, brackets escaped in paragraphs where they nest beyond any reason.

    Looking for the end of each of thousands of open brackets takes quadratic time.
    """
    start = depth = deepest = 0
    for index, line in enumerate([*lines, ""]):
        for bracket in _BRACKET.findall(line):
            depth = max(0, depth + (1 if bracket == "[" else -1))
            deepest = max(deepest, depth)
        if line.strip() and index < len(lines):
            continue
        for held in lines[start : index + 1]:
            yield held.replace("[", "\\[") if deepest > _DEEPEST else held
        start, depth, deepest = index + 1, 0, 0


def _nested_items(lines: list[str]) -> Iterator[str]:
    """An item one space in, below an item at the margin, two spaces in.

    Conversions nest so; CommonMark would see one flat list.
    """
    below_margin = shifted = False
    for line in lines:
        if line.strip() and not line[0].isspace():
            below_margin, shifted = line[:2] in _MARGIN_BULLETS, False
        elif below_margin and line[1:3] in _MARGIN_BULLETS:
            shifted = True
        yield f" {line}" if shifted and line.strip() else line
