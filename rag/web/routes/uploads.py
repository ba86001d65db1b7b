"""``/v1/documents``: adding documents, replacing them, removing them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from rag.ingest.formats import FORMAT_NAMES
from rag.service import library
from rag.service.access import DEFAULT
from rag.text.typography import typeset
from rag.web import forms
from rag.web.http.responses import accepted
from rag.web.schemas import jobs
from rag.web.schemas.problems import problems
from rag.web.security import Editor, service_of

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
        f"Envoie un ou plusieurs fichiers ({FORMAT_NAMES}) dans une "
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
    return accepted(await forms.add_documents(request, principal))


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
    return accepted(await forms.replace_document(request, principal, document_id))


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
    job = await library.remove_document(service_of(request), principal, document_id)
    return accepted(job)
