"""Takes in uploaded files: from a multipart form to originals that a job can name."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import BinaryIO, Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from rag.errors import LibraryError, UploadError, UploadTooLargeError
from rag.ingest.readers.sniffing import require_media_type
from rag.ingest.reading import document_id
from rag.library.blob_store import Stored
from rag.library.names import clean_name
from rag.library.records import JobFile
from rag.service.service import Service
from rag.storage.disk_errors import refusal
from rag.text.typography import counted, typeset
from rag.updating.index_records import named_digests
from rag.web.http.disconnection import GONE
from rag.web.http.problems import Refused

_CHUNK: Final = 1024 * 1024
_FIELD_BYTES: Final = 10_000
_FIELDS: Final = 10
_TOO_MANY: Final = "Too many files"
"""How Starlette begins to say so: it has no exception of its own for it."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form: a name that can be shown, and its bytes, to be read once."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that shall be a document, of this id and name, whatever it was sent as."""

    document_id: str
    name: str
    file: SentFile


@dataclass(frozen=True, slots=True)
class Form:
    """What a multipart form sent."""

    fields: Mapping[str, str]
    files: tuple[SentFile, ...]


@asynccontextmanager
async def read_form(
    request: Request, files: str, fields: Sequence[str], most: int
) -> AsyncIterator[Form]:
    """The form that a request sends; its files are dropped at the end.

    Args:
        request: one whose body was not read yet.
        files: the name of the parts that are files.
        fields: the names of the others, each of which may be left out.
        most: how many files it may send.

    Raises:
        UploadError: it is no such form, sends something else, or no file.
        UploadTooLargeError: it sends more files.
        LibraryError: the disk is full.
        Refused: the client went away before the end.
    """
    sent = await _parsed(request, files, most)
    try:
        yield _read(sent, files, fields)
    finally:
        await sent.close()


def arrivals(collection: str, files: Iterable[SentFile]) -> list[Arrival]:
    """Files as the new documents of a collection, in the order given.

    Raises:
        UploadError: two of them have one name.
    """
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
    stored: list[Stored] = []
    try:
        yield [_kept(service, each, stored) for each in coming]
    except BaseException:
        named = partial(named_digests, service.jobs, service.uploads)
        # What cannot be removed now is when the next job has been worked on.
        with suppress(LibraryError):
            for each in reversed(stored):
                service.originals.withdraw(each, named)
        raise
    # The job is queued: a hold that cannot be let go of ends by itself.
    with suppress(LibraryError):
        for each in stored:
            service.originals.release(each)


def _kept(service: Service, coming: Arrival, stored: list[Stored]) -> JobFile:
    limit = service.settings.limits.file_bytes
    try:
        put = service.originals.put(_chunks(coming.file.content), limit)
        stored.append(put)
        media_type = require_media_type(service.originals.path(put.sha256), coming.file.name)
    except UploadError as error:
        error.file = coming.file.name
        raise
    return JobFile(coming.document_id, coming.name, put.sha256, media_type.name, put.size)


async def _parsed(request: Request, files: str, most: int) -> FormData:
    try:
        return await request.form(
            max_files=most, max_fields=_FIELDS, max_part_size=_FIELD_BYTES
        )
    except HTTPException as error:
        if error.status_code != 400:
            raise
        if error.detail.startswith(_TOO_MANY):
            raise UploadTooLargeError(
                f"Trop de fichiers : au plus {counted(most, 'fichier')} par envoi. "
                "Faites-en plusieurs."
            ) from error
        raise UploadError(
            "Le formulaire n'a pas pu être lu : il est mal formé, ou ses champs sont trop "
            f"nombreux ou trop longs. Envoyez-le en multipart/form-data. {_how(files)}"
        ) from error
    except ClientDisconnect as error:
        raise Refused(GONE) from error
    except OSError as error:
        raise LibraryError(f"L'envoi n'a pas pu être reçu : {refusal(error)}.") from error


def _read(sent: FormData, files: str, fields: Sequence[str]) -> Form:
    texts: dict[str, str] = {}
    uploads: list[SentFile] = []
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile) and name == files:
            # A browser sends an empty, nameless part for a field left empty.
            if value.filename or value.size:
                uploads.append(SentFile(clean_name(value.filename or ""), value.file))
        elif isinstance(value, str) and name in fields and name not in texts:
            texts[name] = value
        else:
            raise UploadError(
                typeset(f"Le champ « {clean_name(name)} » est inattendu ici. {_how(files)}")
            )
    if not uploads:
        raise UploadError(f"Aucun fichier n'a été envoyé. {_how(files)}")
    return Form(texts, tuple(uploads))


def _how(files: str) -> str:
    return typeset(f"Les fichiers s'envoient sous le nom « {files} ».")


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk
