"""``/v1/documents``: which there are; adding, replacing and removing some."""

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from rag import types
from rag.index.filters import Filters
from rag.ingest.formats import FORMAT_NAMES
from rag.service import library
from rag.service.access import DEFAULT_COLLECTION, read_collections, scope_of
from rag.service.catalogue import DocumentEntry, Order
from rag.text.typography import typeset
from rag.web import forms
from rag.web.api.jobs import Job
from rag.web.api.schema import DOCUMENT_ID, Model, Moment, api_field, describing, example
from rag.web.description import problems
from rag.web.http.responses import accepted, rendered
from rag.web.security import Editor, Reader, service_of

TAG: Final = "Documents"

router = APIRouter(tags=[TAG])

DocumentId = Annotated[
    str,
    Path(description=typeset("L'identifiant du document."), min_length=1, max_length=100),
]

_METADATA: Final = {
    "title": "Obtenir un document administratif : la procédure pas à pas",
    "date": "2025-11-04",
    "source": "Commission d’accès aux documents administratifs (CADA)",
    "source_url": "https://www.cada.fr/",
    "language": "fr",
    "author": None,
    "description": None,
    "categories": ["service-public"],
}
_DOCUMENT: Final = {
    "id": "58fb63eaffa1defd",
    "collection": "documents",
    "path": "acces-documents-administratifs-cada.md",
    "version": "sha256:a0d0668e2de2c9caa4a24d9886542bdb7f03b43e935153b5613b2e637643c8ec",
    "title": _METADATA["title"],
    "metadata": _METADATA,
    "media_type": "text/markdown",
    "size": 7312,
    "uploaded": "2026-02-03T09:30:00+00:00",
}
_FILE: Final = {"type": "string", "format": "binary"}
_FOLLOWED: Final = "Le travail ; Location dit où le suivre."


class ListQuery(Model):
    """Quels documents lister, et dans quel ordre."""

    collection: Annotated[
        str | None,
        api_field("Une seule collection ; par défaut, toutes celles que voit la clé."),
    ] = None
    q: Annotated[str, api_field("Mots à trouver dans le titre ou le nom.", max_length=500)] = ""
    offset: Annotated[int, api_field("Combien en passer.", ge=0, le=2**53)] = 0
    limit: Annotated[int, api_field("Combien en rendre.", ge=1, le=500)] = 50
    sort: Annotated[
        Literal["title", "name", "date", "-date"],
        api_field(
            "L'ordre : « title » ou « name » (alphabétique), « date » (du plus ancien au plus "
            "récent), « -date » (l'inverse). Les documents sans date viennent en dernier."
        ),
    ] = "title"


@describing(
    types.Metadata,
    date=api_field("En ISO 8601.", "2025-11-04"),
    source=api_field("Qui l'a publié.", _METADATA["source"]),
    source_url=api_field("Où il est publié.", "https://www.cada.fr/"),
    language=api_field("En ISO 639-1.", "fr"),
)
class Metadata(Model):
    """Ce que le document dit de lui-même."""


@describing(
    DocumentEntry,
    id=DOCUMENT_ID,
    collection=api_field("Sa collection.", "documents"),
    path=api_field(
        "Le nom sous lequel il a été envoyé, ou son chemin dans le dossier indexé.",
        _DOCUMENT["path"],
    ),
    title=api_field("Son titre, ou à défaut son nom.", _METADATA["title"]),
    media_type=api_field("Le type de son fichier.", "text/markdown"),
    size=api_field("La taille de son fichier, en octets.", 7312, ge=0),
)
class Document(Model):
    """Un document de l'index."""

    model_config = example(**_DOCUMENT)

    metadata: Metadata
    uploaded: Annotated[
        Moment | None,
        api_field("Son envoi ; null s'il vient d'un dossier indexé par « sourcier index »."),
    ]


class DocumentList(Model):
    """Une page de documents."""

    model_config = example(
        total=120,
        offset=0,
        limit=50,
        next="/v1/documents?offset=50&limit=50",
        documents=[_DOCUMENT],
    )

    total: Annotated[int, api_field("Combien il y en a en tout.", 120, ge=0)]
    offset: Annotated[int, api_field("Combien ont été passés.", 0, ge=0)]
    limit: Annotated[int, api_field("Combien au plus sont rendus.", 50, ge=1)]
    next: Annotated[
        str | None,
        api_field("L'adresse de la page suivante ; null après la dernière."),
    ]
    documents: list[Document]


@router.get(
    "/v1/documents",
    summary="Lister les documents",
    description=typeset(
        "Les documents que voit la clé, page par page. `next` est l'adresse de la suivante."
    ),
    response_model=DocumentList,
    response_description="Une page de documents.",
    responses=problems(401, 404, 422, 429, 503),
)
async def list_documents(
    request: Request, principal: Reader, query: Annotated[ListQuery, Query()]
) -> Response:
    """One page of the documents that this caller sees."""
    service = service_of(request)
    asked = None if query.collection is None else (query.collection,)
    filters = Filters(collections=await read_collections(service, principal, asked))
    page = await service.read(
        lambda catalogue: catalogue.page(
            filters, query.offset, query.limit, Order(query.sort), query.q
        )
    )
    return rendered(
        {
            "total": page.total,
            "offset": query.offset,
            "limit": query.limit,
            "next": _next(query, len(page.documents), page.total),
            "documents": page.documents,
        }
    )


@router.get(
    "/v1/documents/{document_id}",
    summary="Décrire un document",
    description="Ce que l'index sait d'un document, sans son texte.",
    response_model=Document,
    response_description="Le document.",
    responses=problems(401, 404, 422, 429, 503),
)
async def read_document(
    request: Request, principal: Reader, document_id: DocumentId
) -> Response:
    """A document without its text."""
    scope = scope_of(principal)
    entry = await service_of(request).read(
        lambda catalogue: catalogue.entry(document_id, scope)
    )
    return rendered(entry)


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
    response_model=Job,
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
                "default": DEFAULT_COLLECTION,
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
    response_model=Job,
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
    response_model=Job,
    response_description=_FOLLOWED,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def remove_document(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Queue the removal of a document."""
    job = await library.remove_document(service_of(request), principal, document_id)
    return accepted(job)


def _next(query: ListQuery, given: int, total: int) -> str | None:
    after = query.offset + given
    if given == 0 or after >= total:
        return None
    asked = query.model_dump(mode="json", exclude_defaults=True)
    return f"/v1/documents?{urlencode({**asked, 'offset': after, 'limit': query.limit})}"
