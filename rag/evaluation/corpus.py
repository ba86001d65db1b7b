"""The documents that a dataset brings, as entries of an index of their own.

A text is indexed as it stands, character for character, so that the offsets that the
dataset gives (SQuAD) are those of the reading text. Each document's id in the index
follows from its id in the dataset alone, whichever others are indexed with it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from rag.evaluation.records import Text
from rag.index.documents import Entry, SourceStamp
from rag.ingest.chunking import chunk
from rag.ingest.reading import document_id
from rag.protocols import Tokens
from rag.settings import ChunkingSettings
from rag.text.language import detect_language
from rag.types import Block, BlockKind, Document, Metadata

COLLECTION: Final = "dataset"

_READER: Final = "dataset-1"
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_LANGUAGE_SAMPLE: Final = 20_000


def index_id(identity: str) -> str:
    """The id in the index of the document that a dataset calls ``identity``."""
    return document_id(COLLECTION, PurePath(_path(identity)))


def dataset_ids(texts: Iterable[Text]) -> dict[str, str]:
    """The id in the dataset of each document, by its id in the index."""
    return {index_id(text.id): text.id for text in texts}


def entries(
    texts: Iterable[Text], tokens: Tokens, chunking: ChunkingSettings
) -> Iterator[Entry]:
    """Each text as a document of its own, under its title, in order.

    ``document.text`` is the text itself, or its title where the text is blank; one that
    has neither is an entry without passages, which no search finds. Blank lines part
    paragraphs; nothing else of its structure is guessed.
    """
    for text in texts:
        document = _document(text)
        encoded = document.text.encode()
        stamp = SourceStamp(
            root=COLLECTION,
            size=len(encoded),
            mtime_ns=0,
            sha256=hashlib.sha256(encoded).hexdigest(),
            reader=_READER,
        )
        yield Entry(document, chunk(document, tokens, chunking), stamp)


def _document(text: Text) -> Document:
    read = text.text if text.text.strip() else text.title
    return Document(
        id=index_id(text.id),
        collection=COLLECTION,
        path=_path(text.id),
        version=f"sha256:{hashlib.sha256(read.encode()).hexdigest()}",
        title=text.title,
        text=read,
        blocks=tuple(_paragraphs(read)),
        metadata=Metadata(
            title=text.title or None, language=detect_language(read[:_LANGUAGE_SAMPLE])
        ),
    )


def _path(identity: str) -> str:
    """An id as one component of a path, different for different ids (a URL, accents)."""
    return quote(identity, safe=" ")


def _paragraphs(text: str) -> Iterator[Block]:
    start = 0
    for match in _BLANK_LINES.finditer(text):
        yield from _paragraph(text, start, match.start())
        start = match.end()
    yield from _paragraph(text, start, len(text))


def _paragraph(text: str, start: int, end: int) -> Iterator[Block]:
    """The stretch as a block, without the white space at its ends; none if it is blank."""
    stretch = text[start:end]
    held = stretch.strip()
    if held:
        first = start + len(stretch) - len(stretch.lstrip())
        yield Block(BlockKind.PARAGRAPH, first, first + len(held))
