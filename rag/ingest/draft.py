"""What a reader gives before offsets exist: blocks of text with their kind."""

from dataclasses import dataclass, field

from rag.types import BlockKind, Metadata


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """A block of text on its way to a document.

    For a table header or row ``cells`` holds the cells and ``text`` is empty; for the
    others ``text`` is the reading text, without markup, and may hold single line feeds.
    ``level`` is 1–6 for a heading, the nesting depth from 1 for a list item.
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    page: int | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its reader gave it: blocks in reading order, and metadata."""

    blocks: tuple[DraftBlock, ...]
    metadata: Metadata = field(default_factory=Metadata)
