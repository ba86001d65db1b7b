import errno
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from rag.library.job import JobKind
from rag.library.keys import Role
from rag.library.uploads import Upload
from rag.service.service import Service
from rag.settings import Settings
from rag.web.api import jobs
from tests.uploading import settings
from tests.web.api.following import finished, part
from tests.web.conftest import KeyMaker

MENU = "# Menu\n\nLe menu du midi coûte onze euros.\n"
QUESTION = {"question": "Combien coûte le menu du midi ?"}


@pytest.fixture
def server_settings(index: Path) -> Settings:
    """At most three files at once, and of at most 2000 bytes."""
    chosen = settings(index)
    return chosen.model_copy(
        update={
            "server": chosen.server.model_copy(update={"upload_files": 3}),
            "limits": chosen.limits.model_copy(update={"file_bytes": 2000}),
        }
    )


def add(
    client: TestClient, *files: tuple[str, tuple[str, bytes]], **fields: str
) -> httpx2.Response:
    return client.post("/v1/documents", files=list(files), data=fields)


def titles(client: TestClient, question: dict[str, Any] = QUESTION) -> set[str]:
    hits = client.post("/v1/ask", json=question).json()["hits"]
    return {hit["title"] for hit in hits}


def kept(service: Service) -> set[str]:
    """The digests of the originals on disk."""
    folder = service.originals.path("0" * 64).parent
    return {path.name for path in folder.glob("*")} if folder.is_dir() else set()


def test_an_upload_is_answered_from_as_soon_as_its_job_is_done(client: TestClient) -> None:
    response = add(client, part("menu.md", MENU))

    told = jobs.Job.model_validate_json(response.content)
    assert response.headers["location"] == f"/v1/jobs/{told.id}"
    job = finished(client, response)
    assert job["state"] == "done"
    assert "Menu" in titles(client)
    (file,) = job["files"]
    document = client.get(f"/v1/documents/{file['document_id']}").json()
    assert (document["path"], document["collection"]) == ("menu.md", "documents")
    assert document["uploaded"] is not None
    original = client.get(f"/v1/documents/{file['document_id']}/original")
    assert original.content == MENU.encode()


def test_several_files_make_one_job(client: TestClient) -> None:
    sent = [part("a.txt", "Le quai A est fermé."), part("b.html", "<html><p>Quai B.</p>")]

    job = finished(client, add(client, *sent, collection="notes"))

    assert job["state"] == "done"
    assert [each["media_type"] for each in job["files"]] == ["text/plain", "text/html"]
    listed = client.get("/v1/documents", params={"collection": "notes"}).json()
    assert listed["total"] == 3


def test_a_name_already_there_is_refused_and_told_how_to_replace(client: TestClient) -> None:
    job = finished(client, add(client, part("menu.md", MENU)))

    response = add(client, part("menu.md", MENU + "\nFermé le lundi.\n"))

    assert response.status_code == 409
    assert f"PUT /v1/documents/{job['files'][0]['document_id']}" in response.json()["detail"]


def test_a_document_found_in_a_folder_is_there_already(client: TestClient) -> None:
    assert add(client, part("salon.md", MENU)).status_code == 409


def test_a_name_on_its_way_is_refused(client: TestClient, service: Service) -> None:
    service.wake = lambda: None  # type: ignore[method-assign]
    assert add(client, part("menu.md", MENU)).status_code == 202

    assert add(client, part("menu.md", MENU)).status_code == 409


def lost(client: TestClient, service: Service) -> str:
    """The id of a document that is on record in « notes », and that the index has lost."""
    sent = finished(client, add(client, part("menu.md", MENU), collection="notes"))
    job = finished(client, client.delete("/v1/collections/notes"))
    assert job["state"] == "done"
    (file,) = sent["files"]
    service.uploads.put(
        Upload(
            file["document_id"], "notes", "menu.md", file["sha256"], "text/markdown", 9,
            "2026-02-03T09:30:00+00:00",
        )
    )  # fmt: skip
    service.collections.create("notes")
    return str(file["document_id"])


def test_a_document_that_the_index_lost_can_be_added_again(
    client: TestClient, service: Service
) -> None:
    identity = lost(client, service)

    job = finished(client, add(client, part("menu.md", MENU), collection="notes"))

    assert job["state"] == "done"
    assert client.get(f"/v1/documents/{identity}").json()["path"] == "menu.md"


def test_a_document_that_the_index_lost_can_be_replaced(
    client: TestClient, service: Service
) -> None:
    url = f"/v1/documents/{lost(client, service)}"

    job = finished(client, client.put(url, files={"file": ("autre.md", MENU.encode())}))

    assert (job["state"], job["files"][0]["name"]) == ("done", "menu.md")
    assert client.get(url).json()["path"] == "menu.md"


def test_a_document_that_the_index_lost_can_be_removed(
    client: TestClient, service: Service
) -> None:
    identity = lost(client, service)

    job = finished(client, client.delete(f"/v1/documents/{identity}"))

    assert job["state"] == "done"
    assert service.uploads.of(identity) is None
    assert client.delete(f"/v1/documents/{identity}").status_code == 404


def test_what_the_index_lost_is_no_more_seen_than_the_rest(
    client: TestClient, service: Service, key: KeyMaker
) -> None:
    url = f"/v1/documents/{lost(client, service)}"
    other, own = key(Role.EDITOR, "documents"), key(Role.EDITOR, "notes")

    assert client.delete(url, headers=other).status_code == 404
    files = {"file": ("menu.md", MENU.encode())}
    assert client.put(url, files=files, headers=other).status_code == 404
    assert client.delete(url, headers=own).status_code == 202


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (409, lambda client: add(client, part("neuf.md", "# Neuf"), part("salon.md", MENU))),
        (422, lambda client: add(client, part("a.md", MENU), part("x/a.md", MENU + "!"))),
        (413, lambda client: add(client, part("a.md", MENU), part("b.md", "b" * 2001))),
        (
            415,
            lambda client: add(
                client, part("a.md", MENU), part("b.md", MENU), part("c.pdf", b"\x89PNG\0\0")
            ),
        ),
        (404, lambda client: add(client, part("a.md", MENU), collection="ailleurs")),
    ],
)
def test_what_is_refused_leaves_nothing_on_the_disk(
    client: TestClient,
    service: Service,
    status: int,
    send: Callable[[TestClient], httpx2.Response],
) -> None:
    assert send(client).status_code == status
    assert kept(service) <= {".lock"}


def test_what_was_queued_while_it_was_written_is_refused_and_goes(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [False, True]
    monkeypatch.setattr(service.jobs, "pending", lambda *_: answers.pop(0))

    assert add(client, part("menu.md", MENU)).status_code == 409
    assert kept(service) == {".lock"}


def test_a_refusal_takes_nothing_from_others(client: TestClient, service: Service) -> None:
    (file,) = finished(client, add(client, part("menu.md", MENU)))["files"]

    sent = [part("copie.md", MENU), part("photo.jpg", b"\xff\xd8\xff\xe0\0\0")]
    assert add(client, *sent).status_code == 415

    assert kept(service) == {".lock", file["sha256"]}


def test_what_was_taken_is_not_held_any_longer(client: TestClient, service: Service) -> None:
    (file,) = finished(client, add(client, part("menu.md", MENU)))["files"]
    assert kept(service) == {".lock", file["sha256"]}


def test_a_replacement_is_answered_from_and_keeps_the_id(client: TestClient) -> None:
    (file,) = finished(client, add(client, part("menu.md", MENU)))["files"]
    url = f"/v1/documents/{file['document_id']}"
    new = MENU.replace("onze", "quinze")

    job = finished(client, client.put(url, files={"file": ("autre nom.md", new.encode())}))

    assert (job["kind"], job["state"]) == ("replace", "done")
    assert "quinze euros" in client.get(f"{url}/text").text
    assert client.get(url).json()["path"] == "menu.md"
    assert client.get(f"{url}/original").content == new.encode()


def test_a_document_of_a_folder_is_replaced_in_its_folder(client: TestClient) -> None:
    (document,) = client.get("/v1/documents", params={"q": "salon"}).json()["documents"]

    response = client.put(
        f"/v1/documents/{document['id']}", files={"file": ("salon.md", b"Autre")}
    )

    assert response.status_code == 409
    assert "sourcier index" in response.json()["detail"]


def test_a_removed_document_is_gone_from_everywhere(
    client: TestClient, service: Service
) -> None:
    (file,) = finished(client, add(client, part("menu.md", MENU)))["files"]
    url = f"/v1/documents/{file['document_id']}"

    job = finished(client, client.delete(url))

    assert (job["kind"], job["state"]) == ("remove", "done")
    assert "Menu" not in titles(client)
    for path in ("", "/text", "/passages", "/original"):
        assert client.get(url + path).status_code == 404
    assert file["sha256"] not in kept(service)


def test_a_document_of_a_folder_leaves_the_index_and_not_its_folder(
    client: TestClient, made_index: Path
) -> None:
    (document,) = client.get("/v1/documents", params={"q": "salon"}).json()["documents"]

    job = finished(client, client.delete(f"/v1/documents/{document['id']}"))

    assert job["state"] == "done"
    assert client.get(f"/v1/documents/{document['id']}").status_code == 404
    assert (made_index.parent / "files" / "salon.md").is_file()


def test_a_full_disk_is_told_and_leaves_nothing(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("rag.library.blob_store.os.fsync", full)
    response = add(client, part("menu.md", MENU))
    monkeypatch.undo()

    assert response.status_code == 507
    assert not {name for name in kept(service) if not name.startswith(".lock")}
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_what_cannot_even_be_received_is_told(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "removed"))
    response = add(client, part("long.txt", "a" * 1_100_000))
    monkeypatch.undo()

    assert response.status_code == 503
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_taken(
    client: TestClient,
) -> None:
    sent = [part("vide.txt", ""), part("menu.md", MENU)]

    job = finished(client, add(client, *sent))

    assert job["state"] == "partly"
    reasons = {each["name"]: each["reason"] for each in job["files"]}
    assert reasons["vide.txt"]
    assert reasons["menu.md"] is None
    assert "Menu" in titles(client)


def test_content_decides_and_not_the_name(client: TestClient, service: Service) -> None:
    response = add(client, part("menu.pdf", b"\x89PNG\r\n\x1a\n\0\0\0"))

    assert response.status_code == 415
    assert "menu.pdf" in response.json()["detail"]
    assert not {name for name in kept(service) if len(name) == 64}
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_one_unknown_format_refuses_them_all(client: TestClient) -> None:
    sent = [part("menu.md", MENU), part("photo.jpg", b"\xff\xd8\xff\xe0\0\0")]

    assert add(client, *sent).status_code == 415
    assert client.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\notes\\été.txt", "été.txt"),
        ("/dev/null", "null"),
        ("..", "document"),
        ("e\u0301te\u0301.md", "été.md"),
        ("a" * 3000 + ".md", "a" * 252 + ".md"),
    ],
)
def test_a_name_is_only_a_name(client: TestClient, name: str, shown: str) -> None:
    response = add(client, part(name, MENU))

    assert response.status_code == 202
    assert response.json()["files"][0]["name"] == shown


def test_two_files_of_one_name_are_refused(client: TestClient) -> None:
    response = add(client, part("menu.md", MENU), part("x/menu.md", MENU))

    assert response.status_code == 422
    assert "menu.md" in response.json()["detail"]


def test_too_many_files_are_refused(client: TestClient) -> None:
    response = add(client, *(part(f"{number}.md", MENU) for number in range(4)))

    assert response.status_code == 413
    assert "3 fichiers" in response.json()["detail"]


def test_a_file_over_the_limit_is_refused(client: TestClient, service: Service) -> None:
    assert add(client, part("long.txt", "a" * 2001)).status_code == 413
    assert not {name for name in kept(service) if len(name) == 64}


def test_an_unknown_collection_is_told_with_what_to_do(client: TestClient) -> None:
    response = add(client, part("menu.md", MENU), collection="ailleurs")

    assert response.status_code == 404
    assert "POST /v1/collections" in response.json()["detail"]


NO_FORMS: tuple[Callable[[TestClient], httpx2.Response], ...] = (
    lambda client: client.post("/v1/documents"),
    lambda client: client.post("/v1/documents", json={"files": []}),
    lambda client: client.post("/v1/documents", data={"collection": "notes"}),
    lambda client: add(client, ("fichier", ("menu.md", b"x"))),
    lambda client: add(client, part("menu.md", MENU), autre="x"),
    lambda client: client.post(
        "/v1/documents",
        content=b"--x\r\nnonsense",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ),
    lambda client: client.post(
        "/v1/documents",
        content=b"",
        headers={"Content-Type": "multipart/form-data"},
    ),
)


def test_a_form_that_is_not_one_is_refused(client: TestClient) -> None:
    for number, send in enumerate(NO_FORMS):
        response = send(client)
        assert response.status_code == 422, (number, response.text)
        assert response.headers["content-type"] == "application/problem+json"


def test_a_key_that_may_not_write_is_refused_before_its_body_is_read(
    client: TestClient, key: KeyMaker
) -> None:
    reader = key(Role.READER)

    response = client.post("/v1/documents", content=b"not a form", headers=reader)

    assert response.status_code == 403


def test_the_job_is_the_keys_own_and_does_not_tell_it(
    client: TestClient, key: KeyMaker, service: Service
) -> None:
    editor = key(Role.EDITOR, "notes")

    response = client.post(
        "/v1/documents",
        files=[part("menu.md", MENU)],
        data={"collection": "notes"},
        headers=editor,
    )

    finished(client, response, editor)
    (job,) = service.jobs.recent()
    assert job.kind is JobKind.ADD
    assert job.key
    assert job.key not in response.text


def test_the_first_document_of_all_can_be_uploaded(tmp_path: Path) -> None:
    from rag.web.app import create_app
    from tests.little_embedder import LittleEmbedder
    from tests.uploading import eager
    from tests.web.conftest import LOCAL
    from tests.web.workers import launch_in_thread

    chosen = settings(tmp_path / "new")
    service = Service(chosen, LittleEmbedder(), eager(), launch=launch_in_thread(chosen))
    with TestClient(create_app(service), base_url=LOCAL) as client:
        assert client.post("/v1/ask", json=QUESTION).status_code == 503
        assert client.get("/v1/documents").json()["total"] == 0

        assert finished(client, add(client, part("menu.md", MENU)))["state"] == "done"

        assert titles(client) == {"Menu"}
