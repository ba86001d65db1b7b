"""The use cases of the library: documents and collections, added, removed, and how far that is.

A change to documents is checked, then queued as a job. Every function refuses with
`RoleError` whoever may not do so much, and raises `IndexingError` where what is published
cannot be read, `LibraryError` where the service's records or files cannot be used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from anyio.to_thread import run_sync

from rag.errors import ConflictError, RoleError, UnknownError
from rag.index.filters import EVERYTHING
from rag.library.collections import Collection
from rag.library.job import Job, JobFile, JobKind
from rag.library.keys import Role
from rag.library.names import as_label, read_label
from rag.service.access import (
    DEFAULT_COLLECTION,
    Principal,
    existing,
    read_collection,
    scope_of,
)
from rag.service.catalogue import Catalogue
from rag.service.sent_files import Arrival, SentFile, arrivals, kept
from rag.service.service import Service
from rag.text.typography import typeset


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document that is there to be changed; ``uploaded`` where its file was sent."""

    id: str
    collection: str
    name: str
    uploaded: bool


@dataclass(frozen=True, slots=True)
class CollectionEntry:
    """A collection as a list shows it; ``created`` is None for one that nobody made."""

    name: str
    description: str
    documents: int
    created: str | None

    @property
    def lasting(self) -> bool:
        """Whether removing it only empties it."""
        return self.name == DEFAULT_COLLECTION


async def add_documents(
    service: Service, principal: Principal, collection: str, files: Sequence[SentFile]
) -> Job:
    """Queue the reading of new documents into a collection that is there.

    Raises:
        UnknownError: there is no such collection, or it may not be seen.
        ConflictError: a document of one of these names is there already, or on its way.
        UploadError: two files have one name, one is over ``limits.file_bytes``
            (`UploadTooLargeError`) or of no format that is read (`MediaTypeError`).
    """
    principal.require(Role.EDITOR)
    try:
        name = await read_collection(service, principal, collection)
    except UnknownError as error:
        told = f"Aucune collection « {collection} ». Créez-la d'abord : POST /v1/collections."
        raise UnknownError(typeset(told)) from error
    coming = arrivals(name, files)
    await service.read(lambda catalogue: _refuse_known(catalogue, name, coming))

    def add() -> Job:
        _refuse_pending(service, name, coming)
        with kept(service, coming) as originals:
            # Another request may have been as quick as this one.
            _refuse_pending(service, name, coming)
            return service.jobs.add(JobKind.ADD, name, originals, principal.key)

    return await _queued(service, add)


async def replaceable_document(
    service: Service, principal: Principal, document_id: str
) -> KnownDocument:
    """The document that a file shall replace; known before the file is read.

    Raises:
        UnknownError: there is none, or it may not be seen.
        ConflictError: it was found in a folder: there it is to be replaced.
    """
    principal.require(Role.EDITOR)
    known = await _known(service, principal, document_id)
    if not known.uploaded:
        raise ConflictError(
            typeset(
                f"« {known.name} » vient d'un dossier indexé : modifiez le fichier à sa "
                "place, puis relancez sourcier index."
            )
        )
    return known


async def replace_document(
    service: Service, principal: Principal, known: KnownDocument, file: SentFile
) -> Job:
    """Queue the reading of a file in the place of what `replaceable_document` found.

    Raises `UploadError` as `add_documents` does.
    """
    principal.require(Role.EDITOR)

    def add() -> Job:
        with kept(service, [Arrival(known.id, known.name, file)]) as files:
            return service.jobs.add(JobKind.REPLACE, known.collection, files, principal.key)

    return await _queued(service, add)


async def remove_document(service: Service, principal: Principal, document_id: str) -> Job:
    """Queue the removal of a document; `UnknownError` where there is none to be seen."""
    principal.require(Role.EDITOR)
    known = await _known(service, principal, document_id)
    files = [JobFile(document_id, known.name)]
    add = partial(service.jobs.add, JobKind.REMOVE, known.collection, files, principal.key)
    return await _queued(service, add)


async def create_collection(
    service: Service, principal: Principal, name: str, description: str = ""
) -> CollectionEntry:
    """Make an empty collection.

    Raises:
        UsageError: the name does not do, or the description is too long.
        ConflictError: there is one of that name.
    """
    principal.require(Role.ADMIN)
    label = read_label(name, "une collection")
    if not principal.sees(label):
        raise RoleError(
            "Cette clé est limitée à certaines collections, et celle-ci n'en est pas. "
            "Demandez une clé qui les voie toutes : sourcier keys create."
        )
    if label in await existing(service):
        raise ConflictError(typeset(f"La collection « {label} » existe déjà."))
    made = await run_sync(service.collections.create, label, description)
    return CollectionEntry(made.name, made.description, 0, made.created)


async def remove_collection(service: Service, principal: Principal, name: str) -> Job:
    """Queue the removal of a collection and its documents; `UnknownError` if none is seen."""
    principal.require(Role.ADMIN)
    collection = await read_collection(service, principal, name)
    add = partial(service.jobs.add, JobKind.REMOVE_COLLECTION, collection, (), principal.key)
    return await _queued(service, add)


def list_collections(
    service: Service, principal: Principal, catalogue: Catalogue
) -> list[CollectionEntry]:
    """The collections that this caller sees, by name; to be read by `Service.read`."""
    counts = catalogue.collections()
    made = {each.name: each for each in service.collections.all()}
    names = filter(principal.sees, sorted({DEFAULT_COLLECTION, *counts, *made}))
    return [_entry(name, counts.get(name, 0), made.get(name)) for name in names]


def _entry(name: str, documents: int, made: Collection | None) -> CollectionEntry:
    if made is None:
        return CollectionEntry(name, "", documents, None)
    return CollectionEntry(name, made.description, documents, made.created)


async def find_job(service: Service, principal: Principal, job_id: str) -> Job:
    """A job, told finished only once this service answers from what it published.

    `UnknownError` where there is none, or its collection may not be seen.
    """
    principal.require(Role.EDITOR)
    # In the same words whether it is not there or may not be known of.
    unknown = UnknownError(
        typeset(
            f"Aucun travail « {job_id} ». Les plus anciens sont oubliés ; voyez GET /v1/jobs."
        )
    )
    try:
        job = await service.job(job_id)
    except UnknownError:
        raise unknown from None
    if not principal.sees(job.collection):
        raise unknown
    return job


async def recent_jobs(
    service: Service, principal: Principal, collection: str | None = None, limit: int = 50
) -> list[Job]:
    """The newest jobs of a collection, or of all that the caller sees (None).

    `UnknownError` where the collection may not be seen.
    """
    principal.require(Role.EDITOR)
    if collection is None:
        return await service.recent_jobs(principal.collections, limit)
    name = as_label(collection)
    if not principal.sees(name):
        raise UnknownError(typeset(f"Aucune collection « {collection} »."))
    return await service.recent_jobs((name,), limit)


async def _queued(service: Service, add: Callable[[], Job]) -> Job:
    job = await run_sync(add)
    service.wake()
    return job


async def _known(service: Service, principal: Principal, document_id: str) -> KnownDocument:
    """A document of the index; or one on record that the index has lost."""
    scope = scope_of(principal)

    def find(catalogue: Catalogue) -> KnownDocument:
        try:
            entry = catalogue.entry(document_id, scope)
        except UnknownError:
            indexed = _is_indexed(catalogue, document_id)
            lost = None if indexed else service.uploads.of(document_id)
            if lost is None or not principal.sees(lost.collection):
                raise
            return KnownDocument(document_id, lost.collection, lost.name, uploaded=True)
        return KnownDocument(
            document_id, entry.collection, entry.path, entry.uploaded is not None
        )

    return await service.read(find)


def _refuse_known(catalogue: Catalogue, collection: str, coming: Sequence[Arrival]) -> None:
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
    """Refuse what is on its way to the index, or out of it."""
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
