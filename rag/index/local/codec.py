"""How values are written in the store's columns, and read back as they were.

Text is UTF-8 that lets lone surrogates through, as a path may hold one where the file
system's names are not UTF-8; structures are compact ASCII JSON.
"""

import json
from dataclasses import asdict
from typing import Any

from rag.index.passage_index import KIND_CODES, KINDS
from rag.types import Block, Metadata, Sentence, Span


def pack_text(text: str) -> bytes:
    """Bytes for a text column."""
    return text.encode("utf-8", "surrogatepass")


def unpack_text(packed: bytes) -> str:
    """The text that was packed."""
    return packed.decode("utf-8", "surrogatepass")


def pack_json(value: object) -> str:
    """JSON without spaces, in ASCII."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def pack_sentences(sentences: tuple[Sentence, ...]) -> str:
    """``[[start, end, kind, search_text?], …]``."""
    return pack_json(
        [
            [sentence.start, sentence.end, KIND_CODES[sentence.kind]]
            + ([] if sentence.search_text is None else [sentence.search_text])
            for sentence in sentences
        ]
    )


def unpack_sentences(packed: str) -> tuple[Sentence, ...]:
    """The sentences that were packed."""
    return tuple(
        Sentence(start, end, KINDS[kind], rest[0] if rest else None)
        for start, end, kind, *rest in json.loads(packed)
    )


def pack_blocks(blocks: tuple[Block, ...]) -> str:
    """``[[kind, start, end, level, page, cell starts and ends …], …]``."""
    return pack_json(
        [
            [KIND_CODES[block.kind], block.start, block.end, block.level, block.page]
            + [edge for cell in block.cells for edge in (cell.start, cell.end)]
            for block in blocks
        ]
    )


def unpack_blocks(packed: str) -> tuple[Block, ...]:
    """The blocks that were packed."""
    return tuple(
        Block(KINDS[kind], start, end, level, page, _cells(edges))
        for kind, start, end, level, page, *edges in json.loads(packed)
    )


def pack_metadata(metadata: Metadata) -> str:
    """A JSON object of the fields that say something."""
    fields = asdict(metadata).items()
    return pack_json({key: value for key, value in fields if value not in (None, ())})


def unpack_metadata(packed: str) -> Metadata:
    """The metadata that was packed."""
    fields: dict[str, Any] = json.loads(packed)
    fields["categories"] = tuple(fields.get("categories", ()))
    return Metadata(**fields)


def _cells(edges: list[int]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
