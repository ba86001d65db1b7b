"""Documents made by hand, block by block."""

from rag.types import Block, BlockKind, Document, Span

Line = (
    tuple[BlockKind, str] | tuple[BlockKind, str, int] | tuple[BlockKind, str, int, int | None]
)


def document(*lines: Line, title: str = "Titre") -> Document:
    """A document of these blocks: kind, text (cells parted by « | »), level, page."""
    blocks = []
    text = ""
    for line in lines:
        kind, content = line[0], line[1]
        level = 0 if len(line) == 2 else line[2]
        page = line[3] if len(line) == 4 else None
        text += "\n\n" if text else ""
        start = len(text)
        text += content
        blocks.append(Block(kind, start, len(text), level, page, _cells(kind, content, start)))
    return Document(
        id="0123456789abcdef",
        collection="documents",
        path="essai.md",
        version="sha256:0",
        title=title,
        text=text,
        blocks=tuple(blocks),
    )


def _cells(kind: BlockKind, content: str, start: int) -> tuple[Span, ...]:
    if kind not in {BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW} or " | " not in content:
        return ()
    cells = []
    for cell in content.split(" | "):
        cells.append(Span(start, start + len(cell)))
        start += len(cell) + 3
    return tuple(cells)
