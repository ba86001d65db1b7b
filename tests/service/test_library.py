"""The use cases with plain values, as any caller has them; more of each under `tests/web`."""

import asyncio
from collections.abc import Callable, Coroutine
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from rag.errors import ConflictError, RoleError, UnknownError, UploadError
from rag.library.job import JobKind
from rag.library.keys import Role
from rag.service import library
from rag.service.access import DEFAULT_COLLECTION, LOCAL, Principal
from rag.service.sent_files import SentFile
from rag.service.service import Service
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings

READER = Principal("k", "moi", Role.READER, None)
EDITOR = Principal("k", "moi", Role.EDITOR, ("notes",))


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(settings(tmp_path / "index"), LittleEmbedder(), eager())


def sent(name: str = "menu.md") -> SentFile:
    return SentFile(name, BytesIO(b"# Menu\n\nLe plat du jour.\n"))


def names(service: Service, principal: Principal) -> list[str]:
    async def listed() -> list[library.CollectionEntry]:
        return await service.read(
            lambda catalogue: library.list_collections(service, principal, catalogue)
        )

    return [each.name for each in asyncio.run(listed())]


def test_documents_are_queued_and_their_files_kept(service: Service) -> None:
    files = [sent(), sent("carte.md")]
    job = asyncio.run(library.add_documents(service, LOCAL, DEFAULT_COLLECTION, files))
    assert (job.kind, job.collection) == (JobKind.ADD, DEFAULT_COLLECTION)
    assert [each.name for each in job.files] == ["menu.md", "carte.md"]
    assert all(service.originals.has(each.sha256) for each in job.files)
    with pytest.raises(ConflictError) as refused:
        asyncio.run(
            library.add_documents(service, LOCAL, DEFAULT_COLLECTION, [sent("carte.md")])
        )
    assert refused.value.file == "carte.md"


def test_a_job_is_followed_by_who_sees_its_collection(service: Service) -> None:
    job = asyncio.run(library.add_documents(service, LOCAL, DEFAULT_COLLECTION, [sent()]))
    assert asyncio.run(library.find_job(service, LOCAL, job.id)) == job
    assert asyncio.run(library.recent_jobs(service, LOCAL)) == [job]
    assert asyncio.run(library.recent_jobs(service, EDITOR)) == []
    for unseen in (
        library.find_job(service, EDITOR, job.id),
        library.find_job(service, LOCAL, "0"),
        library.recent_jobs(service, EDITOR, DEFAULT_COLLECTION),
    ):
        with pytest.raises(UnknownError):
            asyncio.run(unseen)
    with pytest.raises(RoleError):
        asyncio.run(library.recent_jobs(service, READER))


def test_nothing_is_queued_of_two_files_of_one_name(service: Service) -> None:
    with pytest.raises(UploadError, match=r"menu\.md"):
        asyncio.run(library.add_documents(service, LOCAL, DEFAULT_COLLECTION, [sent(), sent()]))
    assert service.jobs.recent() == []


def test_a_collection_is_made_seen_and_removed(service: Service) -> None:
    made = asyncio.run(library.create_collection(service, LOCAL, " notes ", "Les notes."))
    assert (made.name, made.description, made.documents) == ("notes", "Les notes.", 0)
    assert not made.lasting
    assert names(service, READER) == [DEFAULT_COLLECTION, "notes"]
    assert names(service, EDITOR) == ["notes"]
    with pytest.raises(ConflictError):
        asyncio.run(library.create_collection(service, LOCAL, "notes"))
    job = asyncio.run(library.remove_collection(service, LOCAL, "notes"))
    assert (job.kind, job.collection) == (JobKind.REMOVE_COLLECTION, "notes")


CHANGES: dict[str, Callable[[Service, Principal], Coroutine[Any, Any, object]]] = {
    "add": lambda service, who: library.add_documents(
        service, who, DEFAULT_COLLECTION, [sent()]
    ),
    "replace": lambda service, who: library.replaceable_document(service, who, "0"),
    "remove": lambda service, who: library.remove_document(service, who, "0"),
    "remove collection": lambda service, who: library.remove_collection(service, who, "autre"),
}


def test_who_may_not_change_the_library_is_refused_before_anything_is_looked_up(
    service: Service,
) -> None:
    for change in CHANGES.values():
        with pytest.raises(RoleError):
            asyncio.run(change(service, READER))
    with pytest.raises(RoleError):
        asyncio.run(library.create_collection(service, EDITOR, "notes"))


def test_what_is_not_there_or_not_seen_is_unknown(service: Service) -> None:
    limited = Principal("k", "moi", Role.ADMIN, ("notes",))
    for change in CHANGES.values():
        with pytest.raises(UnknownError):
            asyncio.run(change(service, limited))
    with pytest.raises(RoleError):
        asyncio.run(library.create_collection(service, limited, "autre"))
