"""Every route, with every role, on one's own things, another's, and what is not there."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from rag.library.job import FINISHED, Ending, JobFile, JobKind, JobState
from rag.library.keys import Role
from rag.service.service import Service
from rag.updating.job_worker import apply_jobs
from tests.little_embedder import LittleEmbedder
from tests.web.api.following import part
from tests.web.api.idle import idle_service

QUESTION = "Quand ferme la cantine ?"
RANKS = (Role.READER, Role.EDITOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: something of one's own, of another's, or of nobody's."""

    collection: str
    document: str
    job: str
    answer: str = ""


Ask = Callable[[TestClient, Target, Mapping[str, str]], httpx2.Response]


@dataclass(frozen=True, slots=True)
class Row:
    """A route, the least role it asks for, and the status for what one may touch."""

    method: str
    path: str
    role: Role
    status: int
    ask: Ask

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def allows(self, role: Role) -> bool:
        return RANKS.index(role) >= RANKS.index(self.role)


def plain(method: str, path: str) -> Ask:
    """A request whose path alone says what it is about."""

    def ask(client: TestClient, on: Target, headers: Mapping[str, str]) -> httpx2.Response:
        url = path.format(
            name=on.collection, document_id=on.document, job_id=on.job, model=model(on)
        )
        return client.request(method, url, headers=headers)

    return ask


def listing(path: str) -> Ask:
    """A list, narrowed to a collection."""

    def ask(client: TestClient, on: Target, headers: Mapping[str, str]) -> httpx2.Response:
        return client.get(path, params={"collection": on.collection}, headers=headers)

    return ask


def sending(path: str, body: Callable[[Target], dict[str, Any]]) -> Ask:
    """A request whose JSON says what it is about."""

    def ask(client: TestClient, on: Target, headers: Mapping[str, str]) -> httpx2.Response:
        return client.post(path, json=body(on), headers=headers)

    return ask


def uploading(client: TestClient, on: Target, headers: Mapping[str, str]) -> httpx2.Response:
    return client.post(
        "/v1/documents",
        files=[part("nouveau.md", "Nouveau")],
        data={"collection": on.collection},
        headers=headers,
    )


def replacing(client: TestClient, on: Target, headers: Mapping[str, str]) -> httpx2.Response:
    url = f"/v1/documents/{on.document}"
    return client.put(url, files={"file": ("neuf.md", b"Neuf")}, headers=headers)


def model(on: Target) -> str:
    return f"sourcier:{on.collection}"


def row(method: str, path: str, role: Role, status: int, ask: Ask | None = None) -> Row:
    return Row(method, path, role, status, ask or plain(method, path))


TABLE = (
    row(
        "POST",
        "/v1/ask",
        Role.READER,
        200,
        sending("/v1/ask", lambda on: {"question": QUESTION, "collections": [on.collection]}),
    ),
    row(
        "POST",
        "/v1/search",
        Role.READER,
        200,
        sending("/v1/search", lambda on: {"query": QUESTION, "collections": [on.collection]}),
    ),
    row(
        "POST",
        "/v1/chat/completions",
        Role.READER,
        200,
        sending(
            "/v1/chat/completions",
            lambda on: {
                "model": model(on),
                "messages": [{"role": "user", "content": QUESTION}],
            },
        ),
    ),
    row("GET", "/v1/models/{model}", Role.READER, 200),
    row("GET", "/v1/documents", Role.READER, 200, listing("/v1/documents")),
    row("GET", "/v1/documents/{document_id}", Role.READER, 200),
    row("GET", "/v1/documents/{document_id}/text", Role.READER, 200),
    row("GET", "/v1/documents/{document_id}/passages", Role.READER, 200),
    row("GET", "/v1/documents/{document_id}/original", Role.READER, 200),
    row(
        "POST",
        "/v1/feedback",
        Role.READER,
        201,
        sending("/v1/feedback", lambda on: {"answer_id": on.answer, "helpful": True}),
    ),
    row("POST", "/v1/documents", Role.EDITOR, 202, uploading),
    row("PUT", "/v1/documents/{document_id}", Role.EDITOR, 202, replacing),
    row("DELETE", "/v1/documents/{document_id}", Role.EDITOR, 202),
    row("GET", "/v1/jobs", Role.EDITOR, 200, listing("/v1/jobs")),
    row("GET", "/v1/jobs/{job_id}", Role.EDITOR, 200),
    row(
        "DELETE",
        "/v1/collections/{name:path}",
        Role.ADMIN,
        202,
        plain("DELETE", "/v1/collections/{name}"),
    ),
)
OF_NOTHING = (
    # Routes about nothing in particular; what they list is looked at in tests of their own.
    row("GET", "/v1/collections", Role.READER, 200),
    row("GET", "/v1/models", Role.READER, 200),
    # The keys of this module are limited to some collections, and what is measured is not.
    row("GET", "/metrics", Role.ADMIN, 403),
    row(
        "POST",
        "/v1/collections",
        Role.ADMIN,
        201,
        sending("/v1/collections", lambda on: {"name": "à venir"}),
    ),
)
OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/openapi.json")}


@dataclass(frozen=True, slots=True)
class Library:
    """Two collections with an uploaded document each, a job and an answer about each."""

    client: TestClient
    service: Service
    own: Target
    other: Target

    @property
    def absent(self) -> Target:
        return Target("ailleurs", "0" * 16, "0" * 32, "0" * 32)

    def key(self, role: Role, *collections: str) -> dict[str, str]:
        name = f"clé {len(self.service.keys.all())}"
        _, secret = self.service.keys.create(name, role, collections or None)
        return {"Authorization": f"Bearer {secret}"}

    def settle(self) -> None:
        """End the jobs that a request queued, so that the next one meets none."""
        for job in self.service.jobs.recent():
            if job.state not in FINISHED:
                self.service.jobs.finish(job.id, Ending(JobState.DONE))

    def answer(self, headers: Mapping[str, str], on: Target) -> Target:
        """The same, with an answer given to the key of these headers."""
        asked = self.client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
        return Target(on.collection, on.document, on.job, asked.json()["id"])


@pytest.fixture(scope="module")
def library(made_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    index = shutil.copytree(made_index, tmp_path_factory.mktemp("access") / "index")
    with idle_service(Path(index)) as (client, service):
        service.collections.create("direction")
        targets = [uploaded(client, name) for name in ("notes", "direction")]
        apply_jobs(service.settings, None, LittleEmbedder())
        service.live.refresh()
        yield Library(client, service, *targets)


def uploaded(client: TestClient, collection: str) -> Target:
    response = client.post(
        "/v1/documents",
        files=[part("menu.md", f"Le menu de {collection}.")],
        data={"collection": collection},
    )
    job = response.json()
    return Target(collection, job["files"][0]["document_id"], job["id"])


@pytest.fixture(autouse=True)
def _settled(library: Library) -> Iterator[None]:
    yield
    library.settle()


def test_the_table_has_every_route(library: Library) -> None:
    routes = {
        (method, path)
        for path, operations in library.client.get("/openapi.json").json()["paths"].items()
        for method in map(str.upper, operations)
    }

    named = {(each.method, each.path.replace(":path", "")) for each in TABLE + OF_NOTHING}
    assert routes - OPEN == named


NO_KEY = {
    "nobody": {},
    "unknown": {"Authorization": "Bearer src_" + "A" * 43},
    "empty": {"Authorization": "Bearer "},
    "basic": {"Authorization": "Basic dTpw"},
}


def test_without_a_key_nothing_is_done(library: Library) -> None:
    library.key(Role.READER)
    open_doors = []
    for row in TABLE + OF_NOTHING:
        for name, headers in NO_KEY.items():
            response = row.ask(library.client, library.own, headers)
            if response.status_code != 401 or "www-authenticate" not in response.headers:
                open_doors.append(f"{row} ({name}): {response.status_code}")
    assert open_doors == []


def test_a_revoked_key_opens_nothing(library: Library) -> None:
    made, secret = library.service.keys.create("à révoquer", Role.ADMIN, None)
    library.service.keys.revoke(made.id)
    headers = {"Authorization": f"Bearer {secret}"}
    told = {
        str(row): row.ask(library.client, library.own, headers) for row in TABLE + OF_NOTHING
    }
    assert {
        row: each.status_code for row, each in told.items() if each.status_code != 401
    } == {}


def test_a_role_goes_as_far_as_it_says(library: Library) -> None:
    wrong = []
    for row, role in product(TABLE + OF_NOTHING, RANKS):
        headers = library.key(role, "notes", "à venir")
        own = library.answer(headers, library.own)
        status = row.ask(library.client, own, headers).status_code
        if status != (row.status if row.allows(role) else 403):
            wrong.append(f"{row} for {role}: {status}")
        library.service.collections.remove("à venir")
        library.settle()
    assert wrong == []


def test_what_one_may_not_know_is_as_what_is_not_there(library: Library) -> None:
    wrong = []
    for row, role in product(TABLE, RANKS):
        headers = library.key(role, "notes")
        others = library.answer(library.key(Role.READER, "direction"), library.other)

        hidden = row.ask(library.client, others, headers)
        absent = row.ask(library.client, library.absent, headers)

        expected = 404 if row.allows(role) else 403
        if not hidden.status_code == absent.status_code == expected:
            wrong.append(f"{row} for {role}: {hidden.status_code}, {absent.status_code}")
        if without_names(hidden, others) != without_names(absent, library.absent):
            wrong.append(f"{row} for {role}: {hidden.text} but {absent.text}")
        if any(each.state not in FINISHED for each in library.service.jobs.recent()):
            wrong.append(f"{row} for {role}: a job was queued")
        library.settle()
    assert wrong == []


def without_names(response: httpx2.Response, on: Target) -> str:
    """A refusal, without what was named by whoever asked."""
    text = re.sub(r'"request_id": *"[^"]*"', "", response.text)
    for name in (on.collection, on.document, on.job, on.answer):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_naming_anothers_document_finds_nothing(library: Library, path: str) -> None:
    headers = library.key(Role.READER, "notes")
    field = "question" if path == "/v1/ask" else "query"

    hits = [
        library.client.post(
            path,
            json={field: "menu de direction", "filters": {"documents": [on.document]}},
            headers=headers,
        ).json()["hits"]
        for on in (library.other, library.absent)
    ]

    assert hits == [[], []]


@pytest.mark.parametrize("path", ["/v1/collections", "/v1/documents", "/v1/jobs", "/v1/models"])
def test_lists_tell_nothing_of_another_collection(library: Library, path: str) -> None:
    job = library.service.jobs.add(JobKind.REMOVE, "direction", [JobFile("x", "secret.md")])
    headers = library.key(Role.ADMIN, "notes")

    told = library.client.get(path, headers=headers).text

    assert "notes" in told
    others = (library.other.document, library.other.job, job.id)
    for secret in ("direction", "Salon", "secret.md", *others):
        assert secret not in told


def test_a_key_for_all_collections_sees_those_to_come(library: Library) -> None:
    headers = library.key(Role.ADMIN)
    library.service.collections.create("plus tard")

    found = library.client.get("/v1/collections", headers=headers).json()["collections"]

    assert "plus tard" in {each["name"] for each in found}
    library.service.collections.remove("plus tard")


def test_a_collection_out_of_reach_cannot_be_told_by_making_it(library: Library) -> None:
    headers = library.key(Role.ADMIN, "notes")

    told = [
        library.client.post("/v1/collections", json={"name": name}, headers=headers)
        for name in ("direction", "ailleurs")
    ]

    assert [response.status_code for response in told] == [403, 403]
    assert told[0].json()["detail"] == told[1].json()["detail"]
