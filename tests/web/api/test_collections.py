from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.web.api import collections
from tests.web.api.following import finished, part
from tests.web.conftest import KeyMaker


def names(client: TestClient, headers: dict[str, str] | None = None) -> list[str]:
    found = client.get("/v1/collections", headers=headers).json()["collections"]
    return [each["name"] for each in found]


def test_list_is_as_documented(client: TestClient) -> None:
    response = client.get("/v1/collections")

    listed = collections.CollectionList.model_validate_json(response.content)
    counts = {each.name: each.documents for each in listed.collections}
    assert counts == {"documents": 2, "notes": 1}


def test_a_collection_is_made_then_filled(client: TestClient) -> None:
    wanted = {"name": "ressources humaines", "description": "Accords et notes."}

    response = client.post("/v1/collections", json=wanted)

    assert response.status_code == 201
    made = collections.Collection.model_validate_json(response.content)
    assert (made.name, made.description, made.documents) == (*wanted.values(), 0)
    assert made.created is not None
    sent = client.post(
        "/v1/documents", files=[part("a.md", "Texte")], data={"collection": made.name}
    )
    assert finished(client, sent)["state"] == "done"
    assert names(client) == ["documents", "notes", "ressources humaines"]


def test_a_name_already_taken_is_refused(client: TestClient) -> None:
    for name in ("notes", "documents", " notes "):
        assert client.post("/v1/collections", json={"name": name}).status_code == 409, name


def test_a_name_that_is_none_is_refused(client: TestClient) -> None:
    for name in ("", " ", "a/b", "a\nb", "a\0b", "x" * 65, "\u202e"):
        assert client.post("/v1/collections", json={"name": name}).status_code == 422, name
    assert names(client) == ["documents", "notes"]


def test_a_removed_collection_takes_its_documents_with_it(client: TestClient) -> None:
    client.post("/v1/collections", json={"name": "été 2026"})
    sent = client.post(
        "/v1/documents", files=[part("a.md", "Texte")], data={"collection": "été 2026"}
    )
    (file,) = finished(client, sent)["files"]

    job = finished(client, client.delete("/v1/collections/été 2026"))

    assert (job["kind"], job["state"]) == ("remove_collection", "done")
    assert names(client) == ["documents", "notes"]
    assert client.get(f"/v1/documents/{file['document_id']}").status_code == 404


def test_an_empty_collection_can_be_removed(client: TestClient) -> None:
    client.post("/v1/collections", json={"name": "vide"})

    finished(client, client.delete("/v1/collections/vide"))

    assert names(client) == ["documents", "notes"]


def test_the_last_documents_of_all_can_go(client: TestClient) -> None:
    for name in ("notes", "documents"):
        assert finished(client, client.delete(f"/v1/collections/{name}"))["state"] == "done"

    assert client.get("/v1/documents").json()["total"] == 0
    answer = client.post("/v1/ask", json={"question": "Quand ouvre le salon ?"}).json()
    assert (answer["answered"], answer["hits"]) == (False, [])


def test_an_unknown_collection_is_not_found(client: TestClient) -> None:
    for name in ("ailleurs", "..", "notes/", "a%00b"):
        assert client.delete(f"/v1/collections/{name}").status_code == 404, name


def test_a_key_lists_and_makes_its_own_alone(client: TestClient, key: KeyMaker) -> None:
    mine = key(Role.ADMIN, "notes", "à venir")

    assert names(client, mine) == ["notes"]
    made = {
        name: client.post("/v1/collections", json={"name": name}, headers=mine).status_code
        for name in ("à venir", "documents", "ailleurs")
    }
    assert made == {"à venir": 201, "documents": 403, "ailleurs": 403}


def test_a_description_is_as_long_as_documented(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["CollectionRequest"]
    most = schema["properties"]["description"]["maxLength"]
    for extra, status in ((1, 422), (0, 201)):
        wanted = {"name": "longue", "description": "é" * (most + extra)}
        made = client.post("/v1/collections", json=wanted)
        assert made.status_code == status
        assert ("errors" in made.json()) is bool(extra)
