from rag.ingest.draft import DraftBlock
from rag.types import BlockKind, Document

HEADING = BlockKind.HEADING
PARAGRAPH = BlockKind.PARAGRAPH
ITEM = BlockKind.LIST_ITEM
HEADER = BlockKind.TABLE_HEADER
ROW = BlockKind.TABLE_ROW
QUOTE = BlockKind.QUOTE
CODE = BlockKind.CODE
FOOTNOTE = BlockKind.FOOTNOTE

PROSE = "Une phrase assez longue pour être du texte courant, et qui finit par un point."


def heading(text: str, level: int = 1) -> DraftBlock:
    return DraftBlock(HEADING, text, level)


def paragraph(text: str) -> DraftBlock:
    return DraftBlock(PARAGRAPH, text)


def item(text: str, level: int = 1) -> DraftBlock:
    return DraftBlock(ITEM, text, level)


def row(*cells: str) -> DraftBlock:
    return DraftBlock(ROW, cells=cells)


def names(*cells: str) -> DraftBlock:
    return DraftBlock(HEADER, cells=cells)


def outline(blocks: object) -> list[tuple[str, str]]:
    """Kind and text (or cells) of drafts, for comparison at a glance."""
    return [
        (block.kind.value, " | ".join(block.cells) if block.cells else block.text)
        for block in blocks  # type: ignore[attr-defined]
    ]


def assert_sound(document: Document) -> None:
    """Blocks are in order, do not overlap, and hold all but white space."""
    position = 0
    for block in document.blocks:
        assert not document.text[position : block.start].strip()
        assert position <= block.start < block.end <= len(document.text)
        text = document.text[block.start : block.end]
        assert text == text.strip()
        for cell in block.cells:
            assert block.start <= cell.start <= cell.end <= block.end
        position = block.end
    assert position == len(document.text)
