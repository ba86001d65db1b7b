"""``/v1/documents``: adding documents, replacing them, removing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rag.errors import ConflictError, UnknownError
from rag.index.filters import EVERYTHING
from rag.library.records import Job, JobFile, JobKind, Upload
from rag.service.catalogue import Catalogue
from rag.service.service import Service
from rag.text.typography import typeset
from rag.web.forms import Arrival, arrivals, kept, read_form
from rag.web.http.responses import accepted
from rag.web.schemas import jobs
from rag.web.schemas.problems import problems
from rag.web.security import Editor, Principal
from rag.web.visibility import DEFAULT, existing, named, scope_of, service_of

TAG: Final = "Documents"

router = APIRouter(tags=[TAG])

DocumentId = Annotated[
    str,
    Path(description=typeset("L'identifiant du document."), min_length=1, max_length=100),
]

_FILE: Final = {"type": "string", "format": "binary"}
_FOLLOWED: Final = "Le travail ; Location dit où le suivre."


def _form(properties: dict[str, Any], required: str) -> dict[str, Any]:
    """How a multipart form is described; the route reads it itself, once it knows who asks."""
    schema = {
        "type": "object",
        "properties": properties,
        "required": [required],
        "additionalProperties": False,
    }
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/v1/documents",
    summary="Ajouter des documents",
    description=typeset(
        "Envoie un ou plusieurs fichiers (PDF, DOCX, HTML, Markdown, texte) dans une "
        "collection qui existe. Leur format est reconnu à leur contenu, et non à leur nom ; "
        "si l'un d'eux n'est d'aucun format lu, rien n'est pris (415). Un nom déjà pris dans "
        "la collection donne 409 : remplacez alors le document par PUT. La réponse vient "
        "aussitôt, avec le travail qui lira les fichiers ; quand il est achevé, les "
        "réponses en tiennent compte."
    ),
    status_code=202,
    response_model=jobs.Job,
    response_description=_FOLLOWED,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 503, 507),
    openapi_extra=_form(
        {
            "files": {
                "type": "array",
                "items": _FILE,
                "minItems": 1,
                "description": "Les fichiers, un par partie.",
            },
            "collection": {
                "type": "string",
                "default": DEFAULT,
                "description": "La collection qui les reçoit.",
            },
        },
        "files",
    ),
)
async def add_documents(request: Request, principal: Editor) -> Response:
    """Queue the reading of one or several new documents."""
    service = service_of(request)
    most = service.settings.server.upload_files
    async with read_form(request, "files", ("collection",), most) as form:
        collection = await _collection(
            service, principal, form.fields.get("collection", DEFAULT)
        )
        coming = arrivals(collection, form.files)
        await service.read(lambda catalogue: _refuse_known(catalogue, collection, coming))
        job = await run_in_threadpool(_add, service, principal, collection, coming)
    service.wake()
    return accepted(job)


@router.put(
    "/v1/documents/{document_id}",
    summary="Remplacer un document",
    description=typeset(
        "Envoie la nouvelle version d'un document déjà envoyé : il garde son identifiant et "
        "son nom. Jusqu'à la fin du travail, et si le fichier ne peut pas être lu, la "
        "version précédente répond. Un document venu d'un dossier indexé se remplace dans ce "
        "dossier (409)."
    ),
    status_code=202,
    response_model=jobs.Job,
    response_description=_FOLLOWED,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 503, 507),
    openapi_extra=_form({"file": {**_FILE, "description": "Le fichier."}}, "file"),
)
async def replace_document(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Queue the replacement of an uploaded document by a new version of it."""
    service = service_of(request)
    known = await _known(service, principal, document_id)
    if not known.uploaded:
        raise ConflictError(
            typeset(
                f"« {known.name} » vient d'un dossier indexé : modifiez le fichier à sa "
                "place, puis relancez sourcier index."
            )
        )
    async with read_form(request, "file", (), 1) as form:
        coming = [Arrival(document_id, known.name, form.files[0])]
        job = await run_in_threadpool(_replace, service, principal, known.collection, coming)
    service.wake()
    return accepted(job)


@router.delete(
    "/v1/documents/{document_id}",
    summary="Supprimer un document",
    description=typeset(
        "Retire un document de l'index, avec le fichier envoyé. Le fichier d'un dossier "
        "indexé par « sourcier index » n'est pas touché : la prochaine indexation de ce "
        "dossier le reprendrait."
    ),
    status_code=202,
    response_model=jobs.Job,
    response_description=_FOLLOWED,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def remove_document(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Queue the removal of a document."""
    service = service_of(request)
    known = await _known(service, principal, document_id)
    files = [JobFile(document_id, known.name)]
    job = await run_in_threadpool(
        service.jobs.add, JobKind.REMOVE, known.collection, files, principal.key
    )
    service.wake()
    return accepted(job)


@dataclass(frozen=True, slots=True)
class _Known:
    """A document that is there to be changed; ``uploaded`` where its file was sent."""

    collection: str
    name: str
    uploaded: bool


async def _collection(service: Service, principal: Principal, asked: str) -> str:
    there = await existing(service)
    collection = named(asked, there)
    if not principal.sees(collection) or collection not in there:
        raise UnknownError(
            typeset(f"Aucune collection « {asked} ». Créez-la d'abord : POST /v1/collections.")
        )
    return collection


async def _known(service: Service, principal: Principal, document_id: str) -> _Known:
    """A document of the index; or one on record that the index has lost.

    Raises:
        UnknownError: there is neither, or this caller may not see it.
    """
    scope = scope_of(principal)

    def find(catalogue: Catalogue) -> _Known:
        try:
            entry = catalogue.entry(document_id, scope)
        except UnknownError:
            upload = _lost(service, catalogue, document_id)
            if upload is None or not principal.sees(upload.collection):
                raise
            return _Known(upload.collection, upload.name, uploaded=True)
        return _Known(entry.collection, entry.path, entry.uploaded is not None)

    return await service.read(find)


def _lost(service: Service, catalogue: Catalogue, document_id: str) -> Upload | None:
    """The record of a document that the index should hold, and does not."""
    return None if _is_indexed(catalogue, document_id) else service.uploads.of(document_id)


def _add(
    service: Service, principal: Principal, collection: str, coming: Sequence[Arrival]
) -> Job:
    _refuse_pending(service, collection, coming)
    with kept(service, coming) as files:
        # Another request may have been as quick as this one.
        _refuse_pending(service, collection, coming)
        return service.jobs.add(JobKind.ADD, collection, files, principal.key)


def _replace(
    service: Service, principal: Principal, collection: str, coming: Sequence[Arrival]
) -> Job:
    with kept(service, coming) as files:
        return service.jobs.add(JobKind.REPLACE, collection, files, principal.key)


def _refuse_known(catalogue: Catalogue, collection: str, coming: Sequence[Arrival]) -> None:
    """Refuse what the index holds already.

    Raises:
        ConflictError: a document of one of these ids is there.
    """
    for each in coming:
        if _is_indexed(catalogue, each.document_id):
            raise ConflictError(
                typeset(
                    f"« {each.name} » est déjà dans « {collection} », sous l'identifiant "
                    f"{each.document_id}. Pour le remplacer : "
                    f"PUT /v1/documents/{each.document_id}."
                ),
                file=each.name,
            )


def _refuse_pending(service: Service, collection: str, coming: Sequence[Arrival]) -> None:
    """Refuse what is on its way to the index, or out of it.

    Raises:
        ConflictError: a document of one of these ids is in a job under way.
    """
    if service.jobs.pending(collection, [each.document_id for each in coming]):
        raise ConflictError(
            typeset(
                f"Un travail en cours change déjà l'un de ces documents de « {collection} ». "
                "Attendez sa fin (GET /v1/jobs), puis recommencez."
            ),
            file=_pending_one(service, collection, coming),
        )


def _pending_one(service: Service, collection: str, coming: Sequence[Arrival]) -> str:
    """Which of several is in a job under way; empty where the job has just ended."""
    if len(coming) == 1:
        return coming[0].name
    pending = (
        each.name for each in coming if service.jobs.pending(collection, [each.document_id])
    )
    return next(pending, "")


def _is_indexed(catalogue: Catalogue, document_id: str) -> bool:
    try:
        catalogue.entry(document_id, EVERYTHING)
    except UnknownError:
        return False
    return True
