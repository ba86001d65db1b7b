"""From markdown-it's tokens to blocks of reading text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from rag.ingest.characters import SUPERSCRIPTS, fold_line
from rag.ingest.draft import DraftBlock
from rag.ingest.line_shapes import ends_sentence, is_open, looks_like_heading
from rag.ingest.readers.html_blocks import fragment_blocks, meaningful_alt
from rag.ingest.readers.lines import unwrap
from rag.types import BlockKind

_LONGEST_SETEXT = 200
_LETTERED_BULLET = re.compile(r"(?:o|[•◦▪‣●○■□➢✓\uf0a7\uf0b7])\s+(?=\S)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _InlineText:
    """Text without markup.

    Lines of the source are separated by line feeds, lines broken on purpose by vertical
    tabs. ``is_bold`` and ``is_emphasised``: all of it is strong; strong or italic.
    """

    text: str
    is_bold: bool
    is_emphasised: bool

    def joined(self) -> str:
        """On one line."""
        return fold_line(self.text.replace("\v", " "))


class TokenReader:
    """Walks the tokens of one text once.

    Args:
        width: the width at which lines were wrapped; 0 joins the lines of a paragraph,
            None takes each for a paragraph of its own.
    """

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._blocks: list[DraftBlock] = []
        self._lists: list[int | None] = []
        self._quotes = 0
        self._item_start: int | None = None
        self._heading_level = 1
        self._cells: list[str] | None = None
        self._in_head = False

    def read(self, tokens: Sequence[Token]) -> list[DraftBlock]:
        """The blocks, in order."""
        for index, token in enumerate(tokens):
            if token.type == "inline":
                self._inline(tokens, index)
            elif token.type in {"fence", "code_block"}:
                self._add(BlockKind.CODE, token.content)
            elif token.type == "html_block":
                self._blocks += fragment_blocks(token.content)
            else:
                self._structure(tokens, index)
        return self._blocks

    def _structure(self, tokens: Sequence[Token], index: int) -> None:
        token = tokens[index]
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(_only_number(tokens, index))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._item_start = None
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
            case "thead_open" | "thead_close":
                self._in_head = token.nesting == 1
            case "tr_open":
                self._cells = []
            case "tr_close":
                self._row()

    def _inline(self, tokens: Sequence[Token], index: int) -> None:
        token, opening = tokens[index], tokens[index - 1]
        text = _render_inline(token)
        if self._cells is not None:
            self._cells.append(text.joined())
        elif opening.type == "heading_open":
            self._heading(opening, text)
        elif self._lists:
            self._list_paragraph(tokens, index, text)
        else:
            self._paragraphs(text)

    def _row(self) -> None:
        cells = tuple(self._cells or ())
        self._cells = None
        if any(cells):
            kind = BlockKind.TABLE_HEADER if self._in_head else BlockKind.TABLE_ROW
            self._blocks.append(DraftBlock(kind, cells=cells))

    def _heading(self, opening: Token, text: _InlineText) -> None:
        joined = text.joined()
        underlined = opening.markup in {"-", "="}
        if underlined and (len(joined) > _LONGEST_SETEXT or ends_sentence(joined)):
            self._paragraphs(text)
            return
        self._heading_level = int(opening.tag[1:])
        self._add(BlockKind.HEADING, joined, self._heading_level)

    def _paragraphs(self, text: _InlineText) -> None:
        if text.is_bold and looks_like_heading(text.joined()):
            self._add(BlockKind.HEADING, text.joined(), min(6, self._heading_level + 1))
            return
        kind = BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH
        for paragraph in unwrap(text.text.split("\n"), self._width):
            self._add(kind, paragraph.replace("\v", "\n"))

    def _list_paragraph(self, tokens: Sequence[Token], index: int, text: _InlineText) -> None:
        joined = text.joined()
        only = self._lists[-1]
        alone = only is not None or (text.is_emphasised and _is_alone(tokens, index))
        if alone and len(self._lists) == 1 and is_open(joined):
            self._add(BlockKind.PARAGRAPH, f"{only}. {joined}" if only is not None else joined)
            return
        if self._item_start is not None:
            self._continue_item(joined)
            return
        self._item_start = len(self._blocks)
        bullet = _LETTERED_BULLET.match(joined)
        joined = joined[bullet.end() :] if bullet else joined
        self._add(BlockKind.LIST_ITEM, joined, len(self._lists))

    def _continue_item(self, text: str) -> None:
        """A further paragraph of an item belongs to it while nothing stands between."""
        last = self._blocks[-1] if self._blocks else None
        if last is None or last.kind is not BlockKind.LIST_ITEM or not text:
            self._add(BlockKind.PARAGRAPH, text)
            return
        self._blocks[-1] = DraftBlock(last.kind, f"{last.text}\n{text}", last.level)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        if text.strip():
            self._blocks.append(DraftBlock(kind, text, level))


def _only_number(tokens: Sequence[Token], index: int) -> int | None:
    """The number of an ordered list of one paragraph: a numbered title, not a list."""
    kinds = [token.type for token in tokens[index + 1 : index + 7]]
    one = ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"]
    if kinds != [*one, "ordered_list_close"]:
        return None
    return int(tokens[index].attrGet("start") or 1)


def _is_alone(tokens: Sequence[Token], index: int) -> bool:
    """Whether the paragraph is all that its list holds."""
    opened = [token.type for token in tokens[max(0, index - 3) : index]]
    closed = [token.type for token in tokens[index + 1 : index + 4]]
    return opened == ["bullet_list_open", "list_item_open", "paragraph_open"] and closed == [
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    ]


def _render_inline(token: Token) -> _InlineText:
    """What an ``inline`` token shows: links as their text, images as a telling caption."""
    parts: list[str] = []
    plain = weak = 0
    strong = emphasis = 0
    raised = False
    for child in token.children or ():
        strong += child.nesting if child.type.startswith("strong") else 0
        emphasis += child.nesting if child.type.startswith("em_") else 0
        if child.type == "html_inline":
            raised = _is_raised(child.content, raised)
        shown = _shown(child)
        parts.append(shown.translate(SUPERSCRIPTS) if raised and shown.isdigit() else shown)
        if shown.strip() and not strong:
            weak += 1
            plain += not emphasis
    text = "".join(parts)
    seen = bool(text.strip())
    return _InlineText(text, seen and not weak, seen and not plain)


def _shown(child: Token) -> str:
    match child.type:
        case "text" | "code_inline" | "text_special":
            return child.content
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "\v"
        case "image":
            return meaningful_alt("".join(each.content for each in child.children or ()))
        case "html_inline" if _BREAK.match(child.content):
            return "\v"
    return ""


def _is_raised(tag: str, raised: bool) -> bool:
    lowered = tag[:5].casefold()
    if lowered == "<sup>":
        return True
    return raised and not tag[:6].casefold() == "</sup>"
