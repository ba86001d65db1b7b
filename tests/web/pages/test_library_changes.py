import pytest
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Service
from tests.web.conftest import KeyMaker
from tests.web.pages.browsing import PAGE, look, seen, settle, texts

MENU = ("files", ("menu.md", b"# Menu\n\nLe menu du midi vaut onze euros.\n"))
NEW = ("file", ("autre.md", b"# Menu du soir\n\nLe menu du soir vaut vingt euros.\n"))
TITLES = "#documents .document-title"


@pytest.fixture
def menu(client: TestClient, service: Service) -> str:
    """The id of a document that was sent."""
    client.post("/documents", files=[MENU])
    settle(service, client)
    return str(client.get("/v1/documents?q=menu").json()["documents"][0]["id"])


@pytest.fixture
def salon(client: TestClient) -> str:
    """The id of a document that was found in a folder."""
    return str(client.get("/v1/documents?q=salon").json()["documents"][0]["id"])


def test_a_removal_is_confirmed_first(client: TestClient, menu: str) -> None:
    page = look(client, f"/documents/{menu}/remove")

    assert texts(page, ".dialog-name") == ["Menu"]
    form = page.css_first("main form")
    assert form.attributes["action"] == f"/documents/{menu}/remove"
    assert "Menu" in texts(look(client, "/documents"), TITLES)


def test_a_form_removes_a_document(client: TestClient, service: Service, menu: str) -> None:
    response = client.post(f"/documents/{menu}/remove", follow_redirects=False)
    settle(service, client)

    assert response.status_code == 303
    page = look(client, "/documents")
    assert "Menu" not in texts(page, TITLES)
    assert texts(page, "#history .badge")[0] == "Supprimé"


def test_a_form_replaces_a_document(client: TestClient, service: Service, menu: str) -> None:
    assert look(client, f"/documents/{menu}/replace").css_first('input[name="file"]')
    response = client.post(f"/documents/{menu}/replace", files=[NEW], follow_redirects=False)
    settle(service, client)

    assert response.status_code == 303
    assert client.get(f"/v1/documents/{menu}").json()["title"] == "Menu du soir"


def test_what_cannot_replace_is_told_beside_the_form(client: TestClient, menu: str) -> None:
    sent = [("file", ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100)))]
    page = seen(client.post(f"/documents/{menu}/replace", files=sent, headers=PAGE), 415)

    assert "PDF" in texts(page, "#change-fault")[0]
    assert page.css_first("#file").attributes["aria-describedby"] == "change-fault"


def test_a_document_of_a_folder_is_replaced_there(client: TestClient, salon: str) -> None:
    page = look(client, f"/documents/{salon}/replace")

    assert not page.css("main form")
    assert "dossier" in " ".join(texts(page, "main p"))


@pytest.mark.parametrize("change", ["remove", "replace"])
def test_a_document_that_is_not_there_is_not_found(client: TestClient, change: str) -> None:
    path = f"/documents/0000000000000000/{change}"

    seen(client.get(path, headers=PAGE), 404)
    seen(client.post(path, headers=PAGE), 404)


def test_a_key_changes_nothing_beyond_its_collections(
    client: TestClient, key: KeyMaker, salon: str
) -> None:
    headers = {**PAGE, **key(Role.EDITOR, "notes")}

    seen(client.get(f"/documents/{salon}/remove", headers=headers), 404)
    seen(client.post(f"/documents/{salon}/remove", headers=headers), 404)


@pytest.mark.parametrize("change", ["remove", "replace"])
def test_a_reader_changes_nothing(
    client: TestClient, key: KeyMaker, salon: str, change: str
) -> None:
    headers = {**PAGE, **key(Role.READER)}

    seen(client.get(f"/documents/{salon}/{change}", headers=headers), 403)
    seen(client.post(f"/documents/{salon}/{change}", headers=headers), 403)


def test_a_form_makes_a_collection(client: TestClient) -> None:
    fields = {"name": "  Marchés   publics ", "description": "Avis & contrats <b>"}
    response = client.post("/documents/collections", data=fields)
    page = seen(response)

    assert texts(page, "h1") == ["Marchés publics"]
    assert "Avis & contrats <b>" in texts(page, ".library-head p")
    assert page.css_first(".empty") is not None


@pytest.mark.parametrize(
    ("name", "status"),
    [("notes", 409), ("", 422), ("a/b", 422), ("x" * 65, 422), ("a\u202eb", 422)],
)
def test_a_collection_that_cannot_be_made_is_told_beside_the_form(
    client: TestClient, name: str, status: int
) -> None:
    response = client.post("/documents/collections", data={"name": name}, headers=PAGE)
    page = seen(response, status)

    assert texts(page, "#shelf-fault")[0]
    assert "open" in page.css_first(".new-shelf").attributes
    assert page.css_first("#shelf-name").attributes["aria-describedby"] == "shelf-fault"


def test_what_a_name_may_not_hold_is_told(client: TestClient) -> None:
    response = client.post("/documents/collections", data={"name": "a\u202eb"}, headers=PAGE)
    (told,) = texts(seen(response, 422), "#shelf-fault")

    assert "sans barre oblique ni caractère invisible" in told


def test_a_limited_key_makes_no_other_collection(client: TestClient, key: KeyMaker) -> None:
    headers = {**PAGE, **key(Role.ADMIN, "notes")}
    response = client.post("/documents/collections", data={"name": "autres"}, headers=headers)

    assert "limitée" in texts(seen(response, 403), "#shelf-fault")[0]


def test_a_collection_goes_with_its_documents(client: TestClient, service: Service) -> None:
    link = look(client, "/documents?collection=notes").css_first(".shelf-end a")
    page = look(client, str(link.attributes["href"]))
    assert "1 document" in " ".join(texts(page, "main p"))

    response = client.post(
        "/documents/collections/remove", data={"name": "notes"}, follow_redirects=False
    )
    settle(service, client)

    assert response.status_code == 303
    assert "notes" not in texts(look(client, "/documents"), ".shelf bdi")


def test_the_lasting_collection_is_only_emptied(client: TestClient) -> None:
    page = look(client, "/documents?collection=documents")

    assert texts(page, ".shelf-end") == ["Vider la collection"]


def test_an_editor_makes_and_removes_no_collection(client: TestClient, key: KeyMaker) -> None:
    headers = {**PAGE, **key(Role.EDITOR)}

    for path in ("/documents/collections", "/documents/collections/remove"):
        seen(client.get(path, headers=headers), 403)
        seen(client.post(path, data={"name": "notes"}, headers=headers), 403)
