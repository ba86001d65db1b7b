"""``/v1/collections``: the shelves that documents stand on."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from rag.library.collections import LONGEST_DESCRIPTION
from rag.service import library
from rag.service.access import DEFAULT_COLLECTION
from rag.text.typography import typeset
from rag.web.api.jobs import Job
from rag.web.api.schema import Model, Moment, api_field, describing, example
from rag.web.description import problems
from rag.web.http.responses import accepted, rendered
from rag.web.security import Admin, Reader, service_of

router = APIRouter(tags=["Collections"])


_PathName = Annotated[
    str,
    Path(description=typeset("Le nom de la collection."), min_length=1, max_length=500),
]

_EXAMPLE: Final = {
    "name": "ressources-humaines",
    "description": "Accords, notes de service et formulaires.",
}
_NAME: Final = api_field(
    "Le nom : 64 caractères au plus, sans barre oblique ni caractère de commande.",
    _EXAMPLE["name"],
    min_length=1,
    max_length=500,
)
_TEXT: Final = api_field(
    "À quoi elle sert.", _EXAMPLE["description"], max_length=LONGEST_DESCRIPTION
)


class CollectionRequest(Model):
    """Une collection à créer."""

    model_config = example(**_EXAMPLE)

    name: Annotated[str, _NAME]
    description: Annotated[str, _TEXT] = ""


@describing(
    library.CollectionEntry,
    name=_NAME,
    description=_TEXT,
    documents=api_field("Nombre de ses documents dans l'index.", 42, ge=0),
)
class Collection(Model):
    """Une collection."""

    model_config = example(**_EXAMPLE, documents=42, created="2026-02-03T09:30:00+00:00")

    created: Annotated[
        Moment | None,
        api_field("Sa création ; null si elle n'existe que par ses documents."),
    ]


class CollectionList(Model):
    """Les collections que voit la clé, par nom."""

    collections: list[Collection]


@router.get(
    "/v1/collections",
    summary="Lister les collections",
    description=typeset(
        "Les collections que voit la clé, par nom, avec le nombre de leurs documents. Une "
        "collection existe dès qu'elle est créée, ou qu'un document indexé s'y trouve ; "
        f"« {DEFAULT_COLLECTION} » existe toujours."
    ),
    response_model=CollectionList,
    response_description="Les collections.",
    responses=problems(401, 429, 503),
)
async def list_collections(request: Request, principal: Reader) -> Response:
    """The collections that this caller sees, by name."""
    service = service_of(request)
    seen = await service.read(partial(library.list_collections, service, principal))
    return rendered({"collections": seen})


@router.post(
    "/v1/collections",
    summary="Créer une collection",
    description=typeset(
        "Crée une collection vide. Une clé limitée à certaines collections ne peut créer que "
        "celles-là."
    ),
    status_code=201,
    response_model=Collection,
    response_description="La collection créée.",
    responses=problems(401, 403, 409, 422, 429, 503),
)
async def create_collection(
    request: Request, principal: Admin, wanted: CollectionRequest
) -> Response:
    """Make an empty collection."""
    made = await library.create_collection(
        service_of(request), principal, wanted.name, wanted.description
    )
    return rendered(made, 201)


@router.delete(
    "/v1/collections/{name:path}",
    summary="Supprimer une collection",
    description=typeset(
        "Retire de l'index tous les documents d'une collection, avec leurs fichiers envoyés, "
        "puis la collection elle-même. Les fichiers d'un dossier indexé par « sourcier "
        "index » ne sont pas touchés : la prochaine indexation de ce dossier les reprendrait."
    ),
    status_code=202,
    response_model=Job,
    response_description="Le travail qui la supprime ; Location dit où le suivre.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def remove_collection(request: Request, principal: Admin, name: _PathName) -> Response:
    """Queue the removal of a collection and of all its documents."""
    return accepted(await library.remove_collection(service_of(request), principal, name))
