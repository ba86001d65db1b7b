"""``/v1/collections``: the shelves that documents stand on."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from rag.service import library
from rag.service.access import DEFAULT
from rag.text.typography import typeset
from rag.web.http.responses import accepted, created, rendered
from rag.web.schemas import collections, jobs
from rag.web.schemas.problems import problems
from rag.web.security import Admin, Reader, service_of

router = APIRouter(tags=["Collections"])


CollectionName = Annotated[
    str,
    Path(description=typeset("Le nom de la collection."), min_length=1, max_length=500),
]

_ENTRY: Final = TypeAdapter(library.CollectionEntry)
_LISTING: Final = TypeAdapter(dict[str, list[library.CollectionEntry]])
_FIELDS: Final = {"name", "description", "documents", "created"}


@router.get(
    "/v1/collections",
    summary="Lister les collections",
    description=typeset(
        "Les collections que voit la clé, par nom, avec le nombre de leurs documents. Une "
        "collection existe dès qu'elle est créée, ou qu'un document indexé s'y trouve ; "
        f"« {DEFAULT} » existe toujours."
    ),
    response_model=collections.CollectionList,
    response_description="Les collections.",
    responses=problems(401, 429, 503),
)
async def list_collections(request: Request, principal: Reader) -> Response:
    """The collections that this caller sees, by name."""
    service = service_of(request)
    seen = await service.read(partial(library.list_collections, service, principal))
    return rendered(_LISTING, {"collections": seen})


@router.post(
    "/v1/collections",
    summary="Créer une collection",
    description=typeset(
        "Crée une collection vide. Une clé limitée à certaines collections ne peut créer que "
        "celles-là."
    ),
    status_code=201,
    response_model=collections.Collection,
    response_description="La collection créée.",
    responses=problems(401, 403, 409, 422, 429, 503),
)
async def create_collection(
    request: Request, principal: Admin, wanted: collections.CollectionRequest
) -> Response:
    """Make an empty collection."""
    made = await library.create_collection(
        service_of(request), principal, wanted.name, wanted.description
    )
    return created(_ENTRY, made, _FIELDS)


@router.delete(
    "/v1/collections/{name:path}",
    summary="Supprimer une collection",
    description=typeset(
        "Retire de l'index tous les documents d'une collection, avec leurs fichiers envoyés, "
        "puis la collection elle-même. Les fichiers d'un dossier indexé par « sourcier "
        "index » ne sont pas touchés : la prochaine indexation de ce dossier les reprendrait."
    ),
    status_code=202,
    response_model=jobs.Job,
    response_description="Le travail qui la supprime ; Location dit où le suivre.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def remove_collection(
    request: Request, principal: Admin, name: CollectionName
) -> Response:
    """Queue the removal of a collection and of all its documents."""
    return accepted(await library.remove_collection(service_of(request), principal, name))
