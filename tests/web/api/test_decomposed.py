"""A collection's name means the same in whatever form its letters are sent."""

import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.access import named
from rag.service.service import Service
from tests.web.api.following import finished, part
from tests.web.conftest import KeyMaker

NAME = "été"
APART = unicodedata.normalize("NFD", NAME)
MENU = "# Menu\n\nLe menu du midi coûte onze euros.\n"
QUESTION = "Combien coûte le menu du midi ?"


@pytest.fixture
def editor(client: TestClient, key: KeyMaker) -> dict[str, str]:
    """The key of one who sees this collection alone, where one document is."""
    headers = key(Role.ADMIN, APART)
    made = client.post("/v1/collections", json={"name": APART}, headers=headers)
    assert (made.status_code, made.json()["name"]) == (201, NAME)
    sent = client.post(
        "/v1/documents",
        files=[part("menu.md", MENU)],
        data={"collection": APART},
        headers=headers,
    )
    job = finished(client, sent, headers)
    assert (job["state"], job["collection"]) == ("done", NAME)
    return headers


def test_in_a_query(client: TestClient, editor: dict[str, str]) -> None:
    asked = {"collection": APART}
    listed = client.get("/v1/documents", params=asked, headers=editor).json()
    assert [each["collection"] for each in listed["documents"]] == [NAME]
    (job,) = client.get("/v1/jobs", params=asked, headers=editor).json()["jobs"]
    assert job["collection"] == NAME


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION, "collections": [APART, NAME]}),
        ("/v1/search", {"query": QUESTION, "collections": [APART]}),
    ],
)
def test_in_a_question(
    client: TestClient, editor: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    hits = client.post(path, json=body, headers=editor).json()["hits"]
    assert [hit["title"] for hit in hits] == ["Menu"]


def test_in_a_model(client: TestClient, editor: dict[str, str]) -> None:
    model = f"sourcier:{APART}"
    body = {"model": model, "messages": [{"role": "user", "content": QUESTION}]}
    answer = client.post("/v1/chat/completions", json=body, headers=editor)
    assert "onze euros" in answer.json()["choices"][0]["message"]["content"]
    assert client.get(f"/v1/models/{quote(model)}", headers=editor).status_code == 200


def test_in_a_form(client: TestClient, editor: dict[str, str]) -> None:
    again = client.post(
        "/v1/documents",
        files=[part("menu.md", MENU)],
        data={"collection": APART},
        headers=editor,
    )
    assert again.status_code == 409
    made = client.post("/v1/collections", json={"name": f" {APART} "}, headers=editor)
    assert made.status_code == 409


def test_in_a_path(client: TestClient, editor: dict[str, str], service: Service) -> None:
    job = finished(
        client, client.delete(f"/v1/collections/{quote(APART)}", headers=editor), editor
    )
    assert (job["state"], job["collection"]) == ("done", NAME)
    assert service.collections.find(NAME) is None


def test_in_the_address_of_a_page(client: TestClient, editor: dict[str, str]) -> None:
    page = client.get("/documents", params={"collection": APART}, headers=editor)
    assert page.status_code == 200
    assert "menu.md" in page.text
    assert f"<h1><bdi>{NAME}</bdi></h1>" in page.text


def test_one_of_an_older_version_is_found_by_its_own_name() -> None:
    assert named(APART, {APART}) == APART
    assert named(APART, {APART, NAME}) == APART
    assert named(NAME, {APART}) == NAME
    assert named(f" {APART} ", {NAME}) == NAME
