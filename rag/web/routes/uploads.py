"""``/v1/documents``: adding documents, replacing them, removing them."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rag.errors import ConflictError, UnknownError
from rag.library.records import Job, JobFile, JobKind
from rag.retrieval.filters import EVERYTHING
from rag.service.catalogue import Catalogue, DocumentEntry
from rag.service.serving import Service
from rag.text.typography import typeset
from rag.web.forms import keep, keep_as, read_form
from rag.web.rendering import accepted
from rag.web.schemas import jobs
from rag.web.schemas.problems import problems
from rag.web.security import Editor, Principal
from rag.web.visibility import DEFAULT, existing, scope_of, service_of

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
        kept = await run_in_threadpool(keep, service, collection, form.files)
    await service.read(lambda catalogue: _refuse_known(service, catalogue, collection, kept))
    return accepted(await _queued(service, principal, JobKind.ADD, collection, kept))


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
    entry = await _entry(service, principal, document_id)
    if entry.uploaded is None:
        raise ConflictError(
            typeset(
                f"« {entry.path} » vient d'un dossier indexé : modifiez le fichier à sa "
                "place, puis relancez sourcier index."
            )
        )
    async with read_form(request, "file", (), 1) as form:
        file = await run_in_threadpool(keep_as, service, entry.id, entry.path, form.files[0])
    job = await _queued(service, principal, JobKind.REPLACE, entry.collection, [file])
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
    entry = await _entry(service, principal, document_id)
    file = JobFile(entry.id, entry.path)
    job = await _queued(service, principal, JobKind.REMOVE, entry.collection, [file])
    return accepted(job)


async def _collection(service: Service, principal: Principal, asked: str) -> str:
    if not principal.sees(asked) or asked not in await existing(service):
        raise UnknownError(
            typeset(f"Aucune collection « {asked} ». Créez-la d'abord : POST /v1/collections.")
        )
    return asked


async def _entry(service: Service, principal: Principal, document_id: str) -> DocumentEntry:
    scope = scope_of(principal)
    return await service.read(lambda catalogue: catalogue.entry(document_id, scope))


async def _queued(
    service: Service,
    principal: Principal,
    kind: JobKind,
    collection: str,
    files: Sequence[JobFile],
) -> Job:
    job = await run_in_threadpool(service.jobs.add, kind, collection, files, principal.key)
    service.wake()
    return job


def _refuse_known(
    service: Service, catalogue: Catalogue, collection: str, files: Sequence[JobFile]
) -> None:
    """Refuse what the index holds already, or is about to.

    Raises:
        ConflictError: a document of one of these ids is there, or in a job under way.
    """
    for file in files:
        if _is_known(service, catalogue, file.document_id):
            raise ConflictError(
                typeset(
                    f"« {file.name} » est déjà dans « {collection} », sous l'identifiant "
                    f"{file.document_id}. Pour le remplacer : "
                    f"PUT /v1/documents/{file.document_id}."
                )
            )
    if service.jobs.pending(collection, [file.document_id for file in files]):
        raise ConflictError(
            typeset(
                f"Un travail en cours change déjà l'un de ces documents de « {collection} ». "
                "Attendez sa fin (GET /v1/jobs), puis recommencez."
            )
        )


def _is_known(service: Service, catalogue: Catalogue, document_id: str) -> bool:
    if service.uploads.of(document_id) is not None:
        return True
    try:
        catalogue.entry(document_id, EVERYTHING)
    except UnknownError:
        return False
    return True
