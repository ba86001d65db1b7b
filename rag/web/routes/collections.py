"""``/v1/collections``: the shelves that documents stand on."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rag.errors import ConflictError, RoleError
from rag.library import records
from rag.library.labels import read_label
from rag.library.records import JobKind
from rag.service.catalogue import Catalogue
from rag.service.service import Service
from rag.text.typography import typeset
from rag.web.http.responses import accepted, created, rendered
from rag.web.schemas import collections, jobs
from rag.web.schemas.problems import problems
from rag.web.security import Admin, Reader
from rag.web.visibility import DEFAULT, existing, read_collection, service_of

router = APIRouter(tags=["Collections"])


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A collection with what it holds; ``created`` is None for one nobody made."""

    name: str
    description: str
    documents: int
    created: str | None


CollectionName = Annotated[
    str,
    Path(description=typeset("Le nom de la collection."), min_length=1, max_length=500),
]

_SHELF: Final = TypeAdapter(_Shelf)
_SHELVES: Final = TypeAdapter(dict[str, list[_Shelf]])
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
    found = await service.read(lambda catalogue: _shelves(service, catalogue))
    seen = [shelf for shelf in found if principal.sees(shelf.name)]
    return rendered(_SHELVES, {"collections": seen})


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
    service = service_of(request)
    name = read_label(wanted.name, "une collection")
    if not principal.sees(name):
        raise RoleError(
            "Cette clé est limitée à certaines collections, et celle-ci n'en est pas. "
            "Demandez une clé qui les voie toutes : sourcier keys create."
        )
    if name in await existing(service):
        raise ConflictError(typeset(f"La collection « {name} » existe déjà."))
    made = await run_in_threadpool(service.collections.create, name, wanted.description)
    return created(_SHELF, _Shelf(made.name, made.description, 0, made.created), _FIELDS)


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
    service = service_of(request)
    collection = await read_collection(service, principal, name)
    job = await run_in_threadpool(
        service.jobs.add, JobKind.REMOVE_COLLECTION, collection, (), principal.key
    )
    service.wake()
    return accepted(job)


def _shelves(service: Service, catalogue: Catalogue) -> list[_Shelf]:
    counts = catalogue.collections()
    made = {collection.name: collection for collection in service.collections.all()}
    names = sorted({DEFAULT, *counts, *made})
    return [_shelf(name, counts.get(name, 0), made.get(name)) for name in names]


def _shelf(name: str, documents: int, made: records.Collection | None) -> _Shelf:
    if made is None:
        return _Shelf(name, "", documents, None)
    return _Shelf(name, made.description, documents, made.created)
