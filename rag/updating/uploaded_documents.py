"""Uploaded documents: read by what their files hold, shown under the names given."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Final

from rag.errors import (
    CorruptDocumentError,
    MediaTypeError,
    ReadError,
    UnsupportedFormatError,
)
from rag.index.documents import Entry, SkippedFile, SourceStamp
from rag.ingest.chunking import chunk
from rag.ingest.cleaning import clean
from rag.ingest.formats import Format, format_by_media_type
from rag.ingest.reading import assemble, read_bytes, read_file
from rag.ingest.sniffing import require_format
from rag.library.schema import moment
from rag.library.uploads import UPLOADED, Upload
from rag.protocols import Tokens
from rag.settings import ChunkingSettings, LimitSettings
from rag.types import Document
from rag.updating.previous_index import PreviousIndex, read_errors

_NANOSECONDS: Final = 1_000_000_000


class UploadedDocuments:
    """The documents that were uploaded, by id, and how to read them from their files."""

    def __init__(
        self,
        uploads: Iterable[Upload],
        previous: PreviousIndex,
        path_of: Callable[[str], Path],
        tokens: Tokens,
        chunking: ChunkingSettings,
        limits: LimitSettings,
    ) -> None:
        """Take note of the uploads; ``path_of`` finds a file by its SHA-256."""
        self.by_id = {upload.document_id: upload for upload in uploads}
        self._previous = previous
        self._path_of = path_of
        self._tokens = tokens
        self._chunking = chunking
        self._limits = limits

    def ids(self) -> set[str]:
        """Every uploaded document, of the records or of the index before."""
        stamps = self._previous.stamps.items()
        return self.by_id.keys() | {
            identity for identity, stamp in stamps if stamp.root == UPLOADED
        }

    def missing(self) -> list[Upload]:
        """The uploads that the index before should hold, and does not."""
        stamps = self._previous.stamps
        return [
            upload
            for identity, upload in self.by_id.items()
            if identity not in stamps or stamps[identity].root != UPLOADED
        ]

    def carried_over(self, identity: str) -> Entry:
        """A document of the index before, read again where its reader reads better now."""
        stamp, upload = self._previous.stamps[identity], self.by_id.get(identity)
        if stamp.root != UPLOADED or upload is None:
            return self._previous.entry(identity)
        try:
            if stamp.reader != self._format(upload).version:
                return self.read(upload)
        except ReadError:
            pass
        return self._previous.entry(identity)

    def read(self, upload: Upload) -> Entry:
        """The document of an upload, under the upload's id and name.

        A `ReadError` where the file cannot be read, or is not the one that was sent.
        """
        with read_errors():
            form = self._format(upload)
            data = read_file(self._path_of(upload.sha256), self._limits)
            if hashlib.sha256(data).hexdigest() != upload.sha256:
                raise CorruptDocumentError(
                    "Le fichier gardé n'est plus celui qui a été envoyé. Envoyez-le de nouveau."
                )
            document = self._document(data, form, upload)
            passages = chunk(document, self._tokens, self._chunking)
            return Entry(document, passages, _stamp(upload, form))

    def _format(self, upload: Upload) -> Format:
        known = format_by_media_type(upload.media_type)
        if known is not None:
            return known
        try:
            return require_format(self._path_of(upload.sha256), upload.name)
        except MediaTypeError as error:
            raise UnsupportedFormatError(str(error)) from error

    def _document(self, data: bytes, form: Format, upload: Upload) -> Document:
        document = assemble(
            clean(read_bytes(f"document{form.endings[0]}", data, self._limits)),
            collection=upload.collection,
            path=PurePath(upload.name),
            most_characters=self._limits.text_characters,
        )
        # One that replaces a document found in a folder keeps that one's id.
        return replace(document, id=upload.document_id)


def left_out(upload: Upload, reason: str) -> SkippedFile:
    """An upload that an index should hold, and cannot."""
    return SkippedFile(upload.collection, UPLOADED, upload.name, reason)


def uploaded_at(stamp: SourceStamp) -> str:
    """When a document was uploaded, ISO 8601 in UTC, to the second."""
    return moment(datetime.fromtimestamp(stamp.mtime_ns // _NANOSECONDS, UTC))


def _stamp(upload: Upload, form: Format) -> SourceStamp:
    sent = datetime.fromisoformat(upload.uploaded)
    return SourceStamp(
        root=UPLOADED,
        size=upload.size,
        mtime_ns=int(sent.timestamp()) * _NANOSECONDS,
        sha256=upload.sha256,
        reader=form.version,
    )
