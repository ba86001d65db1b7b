"""Takes files in for the documents that they shall be: originals that a job can name."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import BinaryIO, Final

from rag.errors import LibraryError, UploadError
from rag.ingest.reading import document_id
from rag.ingest.sniffing import require_format
from rag.library.blob_store import StoredFile
from rag.library.job import JobFile
from rag.library.library import named_digests
from rag.service.service import Service
from rag.text.typography import typeset

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file: a name as `rag.library.names.clean_name` gives it, and bytes to read once."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that shall be a document, of this id and name, whatever it was sent as."""

    document_id: str
    name: str
    file: SentFile


def arrivals(collection: str, files: Iterable[SentFile]) -> list[Arrival]:
    """Files as new documents of a collection, in order; `UploadError` if two share a name."""
    found: dict[str, Arrival] = {}
    for file in files:
        identity = document_id(collection, PurePath(file.name))
        if identity in found:
            raise UploadError(
                typeset(f"Deux fichiers s'appellent « {file.name} ». Renommez l'un d'eux."),
                file=file.name,
            )
        found[identity] = Arrival(identity, file.name, file)
    return list(found.values())


@contextmanager
def kept(service: Service, coming: Iterable[Arrival]) -> Iterator[list[JobFile]]:
    """Files kept as originals, for the job that the body queues; gone where it raises.

    Raises:
        UploadTooLargeError: one is over ``limits.file_bytes``.
        MediaTypeError: the content of one is of no format that is read.
        LibraryError: they cannot be written: disk full, permissions.
    """
    stored: list[StoredFile] = []
    try:
        yield [_stored(service, each, stored) for each in coming]
    except BaseException:
        digests = partial(named_digests, service.jobs, service.uploads)
        # What cannot be removed now is when the next job has been worked on.
        with suppress(LibraryError):
            for each in reversed(stored):
                service.originals.withdraw(each, digests)
        raise
    # The job is queued: a hold that cannot be let go of ends by itself.
    with suppress(LibraryError):
        for each in stored:
            service.originals.release(each)


def _stored(service: Service, coming: Arrival, stored: list[StoredFile]) -> JobFile:
    limit = service.settings.limits.file_bytes
    content = coming.file.content
    try:
        put = service.originals.put(iter(lambda: content.read(_CHUNK), b""), limit)
        stored.append(put)
        found = require_format(service.originals.path(put.sha256), coming.file.name)
    except UploadError as error:
        error.file = coming.file.name
        raise
    return JobFile(coming.document_id, coming.name, put.sha256, found.media_type, put.size)
