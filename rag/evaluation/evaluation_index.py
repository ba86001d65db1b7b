"""The index that an evaluation makes to ask it: of a dataset's own texts, or of a folder."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import quote

from rag.errors import IndexingError, IndexMissingError, IndexWriteError, InputPathError
from rag.evaluation.datasets.dataset import Text
from rag.index.documents import Entry, SourceStamp
from rag.index.local.local_index import open_local_index
from rag.ingest.chunking import chunk
from rag.ingest.discovery import display_path
from rag.ingest.reading import document_id
from rag.protocols import Tokens
from rag.settings import ChunkingSettings
from rag.storage.disk_errors import refusal
from rag.storage.files import prepare_folder
from rag.text.language import detect_language
from rag.text.typography import typeset
from rag.types import Block, BlockKind, Document, Metadata

COLLECTION: Final = "dataset"
_READER: Final = "dataset-1"
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_LANGUAGE_SAMPLE: Final = 20_000
FOLDER_COLLECTION: Final = "evaluation"
"""Where documents indexed to be asked go; `sourcier index` does not use it unless told."""

_OURS: Final = frozenset({FOLDER_COLLECTION, COLLECTION})
_OTHER: Final = "Donnez un autre dossier, par exemple --keep build/evaluation."


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


def check_keep(keep: Path, published: Path) -> None:
    """See that what would be replaced is nothing, or was made by an evaluation."""
    if os.path.realpath(keep) == os.path.realpath(published):
        raise _refused(keep, "c'est le dossier de l'index publié, qui serait remplacé")
    try:
        with closing(open_local_index(keep)) as kept:
            others = sorted(kept.revision.collections.keys() - _OURS)
    except IndexMissingError:
        return
    except IndexingError as error:
        fault = "l'index qui s'y trouve est illisible, et rien ne dit qu'il vient d'ici"
        raise _refused(keep, fault) from error
    if others:
        named = ", ".join(map(display_path, others))
        raise _refused(
            keep, f"un index qu'une évaluation n'a pas fait s'y trouve (collections : {named})"
        )


def prepare_keep(keep: Path) -> None:
    """Create the folder and see that it can be written, before any long work."""
    try:
        prepare_folder(keep)
    except OSError as error:
        raise IndexWriteError(
            typeset(
                f"Impossible de garder l'index dans {display_path(keep)} : {refusal(error)}. "
                f"{_OTHER}"
            )
        ) from error


def _refused(keep: Path, reason: str) -> InputPathError:
    return InputPathError(
        typeset(
            f"L'évaluation ne peut pas garder son index dans {display_path(keep)} : {reason}. "
            f"{_OTHER}"
        )
    )
