"""From HTML elements to blocks of reading text."""

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from rag.ingest.characters import SUPERSCRIPTS, fold_line
from rag.ingest.draft import DraftBlock
from rag.ingest.line_shapes import looks_like_heading
from rag.ingest.readers.html_tables import is_layout, table_cells
from rag.ingest.readers.html_tree import DEEPEST, is_skipped, parse_html
from rag.types import BlockKind

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q "
    "rp rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
_STRONG = frozenset({"b", "strong"})
_WHITE = re.compile(r"[ \t\n\r\f]+")
_NOTE_ID = re.compile(r"(?:footnote|fn|cite_note|note)[-_:]?\D{0,20}(\d{1,4})\Z", re.IGNORECASE)
_NOTE_NUMBER = re.compile(r"[\[(]?(\d{1,4})[\])]?\Z")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)\Z", re.IGNORECASE)
_FEWEST_ALT_WORDS = 3
_BACK_LINKS = frozenset("↑ ↩ ↩︎ ^ ⤴ ↵".split())


@dataclass(frozen=True, slots=True)
class _Context:
    """Where in the tree the walk is.

    ``note`` is the label of the footnote the walk is in, ``depth`` the distance from the
    element where it began.
    """

    kind: BlockKind = BlockKind.PARAGRAPH
    lists: int = 0
    strong: bool = False
    raised: bool = False
    note: str | None = None
    depth: int = 0


def fragment_blocks(html: str) -> list[DraftBlock]:
    """The blocks of a stretch of HTML, such as stands inside Markdown."""
    body = parse_html(html).body
    return node_blocks(body) if body is not None else []


def node_blocks(node: LexborNode) -> list[DraftBlock]:
    """The blocks below an element, in order; menus, scripts and the like left out."""
    walker = _Walker()
    walker.walk(node, _Context())
    walker.flush(_Context())
    return walker.blocks


def meaningful_alt(alt: str) -> str:
    """The description of a picture if it tells something, else nothing."""
    told = fold_line(alt)
    if len(told.split()) < _FEWEST_ALT_WORDS or _FILE_NAME.match(told):
        return ""
    return told


class _Walker:
    def __init__(self) -> None:
        self.blocks: list[DraftBlock] = []
        self._parts: list[tuple[str, bool]] = []
        self._item_open = False
        self._heading_level = 1
        self._term = ""

    def walk(self, node: LexborNode, context: _Context) -> None:
        if context.depth > DEEPEST:
            self._parts.append((_WHITE.sub(" ", node.text()), context.strong))
            return
        context = replace(context, depth=context.depth + 1)
        for child in node.iter(include_text=True, skip_empty=False):
            self._child(child, context)

    def flush(self, context: _Context) -> None:
        """End the block being gathered."""
        text = "".join(part for part, _ in self._parts)
        bold = all(strong for part, strong in self._parts if part.strip())
        self._parts = []
        text = "\n".join(fold_line(line) for line in text.split("\v")).strip()
        if text:
            self._add(text, bold, context)

    def _child(self, node: LexborNode, context: _Context) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "", context)
        elif is_skipped(node):
            return
        elif tag == "br":
            self._parts.append(("\v", context.strong))
        elif tag == "img":
            self._picture(node, context)
        elif tag in _INLINE:
            self._inline(node, tag, context)
        else:
            self.flush(context)
            self._block(node, tag, context)

    def _text(self, text: str, context: _Context) -> None:
        shown = _WHITE.sub(" ", text).replace("\v", " ")
        if context.raised and shown.strip().isdecimal():
            shown = shown.strip().translate(SUPERSCRIPTS)
        self._parts.append((shown, context.strong))

    def _inline(self, node: LexborNode, tag: str, context: _Context) -> None:
        if tag in {"a", "sup"} and (label := _note_call(node, tag)):
            self._parts.append((f"[^{label}]", context.strong))
            return
        if tag == "a" and node.text().strip()[:4] in _BACK_LINKS:
            return
        strong = context.strong or tag in _STRONG
        self.walk(node, replace(context, strong=strong, raised=context.raised or tag == "sup"))

    def _block(self, node: LexborNode, tag: str, context: _Context) -> None:
        if tag in _HEADINGS:
            self._heading(node, tag, context)
        elif tag == "table" and not is_layout(node):
            self._table(node)
        elif tag == "pre":
            self._add_code(node.text())
        elif tag in {"ul", "ol"}:
            self._within(node, replace(context, lists=context.lists + 1))
        elif tag == "li":
            self._item(node, context)
        elif tag in {"dt", "dd"}:
            self._definition(node, tag, context)
        elif tag == "blockquote":
            self._within(node, replace(context, kind=BlockKind.QUOTE))
        else:
            self._within(node, context)

    def _within(self, node: LexborNode, context: _Context) -> None:
        self.walk(node, context)
        self.flush(context)

    def _heading(self, node: LexborNode, tag: str, context: _Context) -> None:
        self._heading_level = int(tag[1])
        self._within(node, replace(context, kind=BlockKind.HEADING, lists=0))

    def _item(self, node: LexborNode, context: _Context) -> None:
        match = _NOTE_ID.match((node.attributes.get("id") or "")[:60])
        if match:
            self._within(node, replace(context, kind=BlockKind.FOOTNOTE, note=match[1]))
            return
        self._item_open = False
        item = replace(context, kind=BlockKind.LIST_ITEM, lists=max(1, context.lists))
        self._within(node, item)
        self._item_open = False

    def _definition(self, node: LexborNode, tag: str, context: _Context) -> None:
        """A term and its definition make one item: « terme : définition »."""
        if tag == "dt":
            self._term = fold_line(node.text())[:200]
            return
        if self._term:
            self._parts.append((f"{self._term}\xa0: ", False))
        self._item_open = False
        self._within(node, replace(context, kind=BlockKind.LIST_ITEM, lists=1))
        self._item_open = False

    def _table(self, node: LexborNode) -> None:
        caption, rows, headers = table_cells(node)
        if caption:
            self.blocks.append(DraftBlock(BlockKind.PARAGRAPH, caption))
        if headers:
            self.blocks.append(DraftBlock(BlockKind.TABLE_HEADER, cells=headers))
        self.blocks += [DraftBlock(BlockKind.TABLE_ROW, cells=row) for row in rows if any(row)]

    def _picture(self, node: LexborNode, context: _Context) -> None:
        told = meaningful_alt((node.attributes.get("alt") or "")[:500])
        if told and context.kind is BlockKind.PARAGRAPH and not context.lists:
            self.flush(context)
            self.blocks.append(DraftBlock(BlockKind.PARAGRAPH, told))

    def _add_code(self, text: str) -> None:
        if text.strip():
            self.blocks.append(DraftBlock(BlockKind.CODE, text))

    def _add(self, text: str, bold: bool, context: _Context) -> None:
        kind, level = context.kind, 0
        if kind is BlockKind.HEADING:
            level, text = self._heading_level, text.replace("\n", " ")
        elif kind is BlockKind.PARAGRAPH and bold and looks_like_heading(text):
            kind, level = BlockKind.HEADING, min(6, self._heading_level + 1)
        elif kind is BlockKind.FOOTNOTE:
            text = f"[^{context.note}] {text}"
        elif kind is BlockKind.LIST_ITEM:
            level = context.lists
            if self._continues_item(text):
                return
            self._item_open = True
        self.blocks.append(DraftBlock(kind, text, level))

    def _continues_item(self, text: str) -> bool:
        last = self.blocks[-1] if self.blocks else None
        if not self._item_open or last is None or last.kind is not BlockKind.LIST_ITEM:
            return False
        self.blocks[-1] = replace(last, text=f"{last.text}\n{text}")
        return True


def _note_call(node: LexborNode, tag: str) -> str | None:
    """The number of the note a raised link calls, or None."""
    link = node if tag == "a" else node.css_first("a")
    if link is None or not (link.attributes.get("href") or "").startswith("#"):
        return None
    if tag == "a" and node.css_first("sup") is None:
        return None
    match = _NOTE_NUMBER.match(node.text().strip()[:12])
    return match[1] if match else None
