"""Reads what the index holds, document by document, within what a caller may see."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.errors import UnknownError
from rag.index.documents import DocumentHeader, Order, SkippedFile, SourceStamp
from rag.index.filters import Filters
from rag.index.passage_index import PassageIndex
from rag.ingest.discovery import display_path
from rag.ingest.formats import TEXT, format_by_ending
from rag.library.blob_store import Originals
from rag.library.uploads import UPLOADED, Uploads
from rag.text.typography import typeset
from rag.types import Document, Metadata, Passage

__all__ = ["Catalogue", "DocumentEntry", "Order", "Original", "Page"]


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as a list shows it.

    ``path`` is relative to the folder that was indexed, or the name it was uploaded under.
    ``media_type`` and ``size`` (bytes) are the file's; ``uploaded`` is when it was sent
    (ISO 8601, UTC), None where it was found in a folder.
    """

    id: str
    collection: str
    path: str
    version: str
    title: str
    metadata: Metadata
    media_type: str
    size: int
    uploaded: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some documents of ``total``."""

    total: int
    documents: tuple[DocumentEntry, ...]


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a document was read from; ``name`` is for people, ``path`` its place."""

    path: Path
    name: str
    media_type: str


class Catalogue:
    """The documents of one revision of the index; none where nothing is published.

    A document that is absent and one that the filters do not admit are refused with
    `UnknownError`, in the same words. Every method may raise `IndexingError`, where the
    index turns out to be damaged, and `LibraryError`, where the records cannot be read.

    Args:
        index: that revision, held open; None where nothing is published.
        uploads: which documents were sent.
        originals: their files.
    """

    def __init__(
        self,
        index: PassageIndex | None,
        uploads: Uploads,
        originals: Originals,
    ) -> None:
        self._index = index
        self._uploads = uploads
        self._originals = originals

    def page(
        self,
        filters: Filters,
        offset: int = 0,
        limit: int = 50,
        order: Order = Order.TITLE,
        text: str = "",
    ) -> Page:
        """Documents in order, ``limit`` of them from the ``offset``-th on, both 0 and up.

        ``text`` leaves those that have all its words in their title or path.
        """
        if self._index is None:
            return Page(0, ())
        index = self._index
        found = index.documents.page(filters, order, text, offset, limit)
        return Page(found.total, tuple(self._entry(index, each) for each in found.headers))

    def entry(self, document_id: str, filters: Filters) -> DocumentEntry:
        """A document as a list shows it."""
        return self._entry(*self._found(document_id, filters))

    def document(self, document_id: str, filters: Filters) -> Document:
        """A whole document."""
        index, header = self._found(document_id, filters)
        return index.documents.read(header.id)

    def passages(self, document_id: str, filters: Filters) -> tuple[Passage, ...]:
        """A document's passages in order."""
        index, header = self._found(document_id, filters)
        return index.documents.passages(header.id)

    def original(self, document_id: str, filters: Filters) -> Original:
        """The file that a document was read from; unknown too where it is gone or changed."""
        index, header = self._found(document_id, filters)
        entry = self._entry(index, header)
        stamp = index.documents.source_stamp(header.id)
        path = find_source(stamp, header.path) if stamp.root != UPLOADED else None
        if stamp.root == UPLOADED and self._originals.has(stamp.sha256):
            path = self._originals.path(stamp.sha256)
        if path is None:
            raise UnknownError(
                typeset(
                    f"Le fichier de « {header.title} » a été supprimé, déplacé ou modifié "
                    "depuis son indexation : il n'est plus celui dont viennent les citations. "
                    "Indexez-le de nouveau."
                )
            )
        return Original(path, PurePath(header.path).name, entry.media_type)

    def by_version(
        self, versions: Collection[str], filters: Filters
    ) -> dict[str, DocumentHeader]:
        """Documents whose reading text is one of these versions, one for each."""
        if self._index is None:
            return {}
        return self._index.documents.by_version(versions, filters)

    def collections(self) -> dict[str, int]:
        """Documents of each collection that has some."""
        return {} if self._index is None else self._index.documents.collections()

    def skipped(self, collections: Collection[str] | None = None) -> tuple[SkippedFile, ...]:
        """Files left out of the index, in these collections; None for all."""
        if self._index is None:
            return ()
        return tuple(
            each
            for each in self._index.documents.skipped()
            if collections is None or each.collection in collections
        )

    def _found(self, document_id: str, filters: Filters) -> tuple[PassageIndex, DocumentHeader]:
        if self._index is not None:
            header = self._index.documents.find(document_id, filters)
            if header is not None:
                return self._index, header
        raise UnknownError(
            "Aucun document n'a cet identifiant. Il a pu être retiré ; voyez la liste des "
            "documents."
        )

    def _entry(self, index: PassageIndex, header: DocumentHeader) -> DocumentEntry:
        stamp = index.documents.source_stamp(header.id)
        found = format_by_ending(PurePath(header.path).suffix) or TEXT
        media_type, uploaded = found.media_type, None
        if stamp.root == UPLOADED:
            upload = self._uploads.of(header.id)
            # Its record comes a moment after the generation that it is in.
            uploaded = index.revision.created
            if upload is not None and upload.sha256 == stamp.sha256:
                media_type, uploaded = upload.media_type, upload.uploaded
        return DocumentEntry(
            id=header.id,
            collection=header.collection,
            path=header.path,
            version=header.version,
            title=header.title,
            metadata=header.metadata,
            media_type=media_type,
            size=stamp.size,
            uploaded=uploaded,
        )


def find_source(stamp: SourceStamp, path: str) -> Path | None:
    """The file of a folder that a document was read from; None where it is not that any more.

    ``stamp.root`` is a folder, or the file itself; ``path`` is the document's within it.
    """
    root = Path(stamp.root)
    try:
        found = root if root.is_file() else _below(root, PurePath(path))
        return found if found is not None and _is_as_read(found, stamp) else None
    except (OSError, ValueError):
        return None


def _below(root: Path, path: PurePath) -> Path | None:
    """The file that a displayed path stands for: another spelling of it may be on disk."""
    plain = root / path
    if plain.is_file():
        return plain
    at = root
    for part in path.parts:
        named = (name for name in os.listdir(at) if display_path(name) == part)
        name = next(named, None)
        if name is None:
            return None
        at /= name
    return at if at.is_file() else None


def _is_as_read(path: Path, stamp: SourceStamp) -> bool:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != stamp.size:
            return False
        return hashlib.file_digest(file, "sha256").hexdigest() == stamp.sha256
