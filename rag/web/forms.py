"""Reads the multipart forms that send files, for the use cases that take them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from rag.errors import LibraryError, UploadError, UploadTooLargeError
from rag.library.job import Job
from rag.library.names import clean_name
from rag.service import library
from rag.service.access import DEFAULT_COLLECTION, Principal
from rag.service.sent_files import SentFile
from rag.storage.disk_errors import refusal
from rag.text.typography import counted, typeset
from rag.web.http.problems import Refused
from rag.web.http.responses import GONE
from rag.web.security import service_of

_FIELD_BYTES: Final = 10_000
_FIELDS: Final = 10
_TOO_MANY: Final = "Too many files"
"""How Starlette begins to say so: it has no exception of its own for it."""


async def add_documents(request: Request, principal: Principal) -> Job:
    """Queue the reading of the ``files`` that a form sends for its ``collection``.

    Raises:
        SourcierError: the form is not such as is expected (`UploadError`,
            `UploadTooLargeError`), the disk is full, or the use case refuses.
        Refused: the client went away before the end.
    """
    service = service_of(request)
    most = service.settings.server.upload_files
    async with _form(request, "files", ("collection",), most) as (fields, files):
        collection = fields.get("collection", DEFAULT_COLLECTION)
        return await library.add_documents(service, principal, collection, files)


async def replace_document(request: Request, principal: Principal, document_id: str) -> Job:
    """Queue the replacement of a document by the ``file`` that a form sends.

    Nothing of the form is read where the document cannot be replaced. Raises as
    `add_documents` does.
    """
    service = service_of(request)
    known = await library.replaceable_document(service, principal, document_id)
    async with _form(request, "file", (), 1) as (_, files):
        return await library.replace_document(service, principal, known, files[0])


@asynccontextmanager
async def _form(
    request: Request, files: str, fields: Sequence[str], most: int
) -> AsyncIterator[tuple[dict[str, str], list[SentFile]]]:
    """The fields and the files of the form that a request sends; dropped at the end.

    The parts named ``files`` are files, one at least and ``most`` at most; ``fields`` are
    the names of the others, each of which may be left out.
    """
    sent = await _parsed(request, files, most)
    try:
        yield _read(sent, files, fields)
    finally:
        await sent.close()


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


def _read(
    sent: FormData, files: str, fields: Sequence[str]
) -> tuple[dict[str, str], list[SentFile]]:
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
    return texts, uploads


def _how(files: str) -> str:
    return typeset(f"Les fichiers s'envoient sous le nom « {files} ».")
