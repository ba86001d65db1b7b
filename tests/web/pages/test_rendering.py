"""What is told to a browser when something goes wrong, and what every page says of itself."""

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from rag import errors
from rag.library.keys import Role
from rag.web.http.problems import FULL, INTERNAL, Problem, problem_of, respond
from rag.web.pages.wording import LANGUAGES
from tests.web.asgi import scope
from tests.web.conftest import KeyMaker
from tests.web.pages.browsing import seen, texts

PAGE = {"accept": "text/html,application/xhtml+xml"}


def kinds() -> list[Problem]:
    made = []
    pending: list[type[errors.SourcierError]] = [errors.SourcierError]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        busy = issubclass(kind, errors.BusyError)
        made.append(problem_of(kind("<b>raison</b>", 3) if busy else kind("<b>raison</b>")))
    return [*made, FULL, INTERNAL, Problem("teapot", 418, "Théière", "Non")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_page(client: TestClient, language: str) -> None:
    for problem in kinds():
        asked = scope(headers={**PAGE, "accept-language": language})
        told = respond(problem, {**asked, "app": client.app, "query_string": b""})
        if problem.status == 401:
            assert told.status_code == 303
            continue
        tree = HTMLParser(bytes(told.body).decode())
        assert told.status_code == problem.status
        assert len(tree.css("h1")) == 1
        assert not tree.css("main b")
        assert "default-src 'none'" in told.headers["content-security-policy"]


def test_a_page_that_is_not_there_is_told_as_a_page(client: TestClient) -> None:
    response = client.get("/<nothing>", headers=PAGE)
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["x-request-id"] in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/v1/nothing", "/static/0/nothing.css", "/metrics"])
def test_what_programs_ask_for_is_told_in_json(
    client: TestClient, key: KeyMaker, path: str
) -> None:
    headers = {**PAGE, **key(Role.READER)}
    response = client.get(path, headers=headers)
    assert response.headers["content-type"] == "application/problem+json"


def test_who_does_not_ask_for_a_page_is_told_in_json(client: TestClient) -> None:
    response = client.get("/nothing")
    assert response.headers["content-type"] == "application/problem+json"


def test_refusals_before_the_routes_are_pages_too(client: TestClient) -> None:
    refused = client.post("/", headers={**PAGE, "origin": "https://evil.example"})
    assert (refused.status_code, refused.headers["content-type"]) == (
        403,
        "text/html; charset=utf-8",
    )
    large = client.post("/", headers=PAGE, content=b"q=" + b"a" * 1_000_001)
    assert (large.status_code, large.headers["content-type"]) == (
        413,
        "text/html; charset=utf-8",
    )


def test_forms_say_where_they_come_from(client: TestClient) -> None:
    assert client.get("/", headers=PAGE).headers["referrer-policy"] == "same-origin"


def test_a_key_is_asked_for_only_where_one_is_demanded(
    client: TestClient, key: KeyMaker
) -> None:
    assert 'href="/session"' not in client.get("/nothing", headers=PAGE).text
    key(Role.READER)
    assert 'href="/session"' in client.get("/nothing", headers=PAGE).text


def test_a_document_that_is_not_there_is_said_once_with_where_to_look(
    client: TestClient,
) -> None:
    tree = seen(client.get("/documents/none", headers=PAGE), 404)
    assert texts(tree, ".lead") == [
        "Aucun document n’a cet identifiant. "
        "Il a pu être retiré ; voyez la liste des documents."
    ]
    assert not tree.css("main h2")
    assert [each.attributes["href"] for each in tree.css(".actions a")] == ["/documents", "/"]


def test_what_the_service_says_is_kept_apart_in_another_language(client: TestClient) -> None:
    tree = seen(client.get("/documents/none?lang=en", headers=PAGE), 404)
    assert texts(tree, ".lead")[0].startswith("The document may have been removed")
    assert tree.css_first("details [lang=fr]")
    assert not seen(client.get("/nothing?lang=en", headers=PAGE), 404).css("main details")


def test_what_a_key_may_not_do_is_told_in_the_words_of_the_page(
    client: TestClient, key: KeyMaker
) -> None:
    headers = {**PAGE, **key(Role.READER)}
    page = seen(client.get("/documents/collections/remove?name=notes", headers=headers), 403)
    told = page.css_first("main").text()
    assert "Droits de votre clé\u00a0: lecture." in told
    assert "reader" not in told
    assert "rôle" not in told


@pytest.mark.parametrize(
    "path", ["/nothing", "/documents?collection=ailleurs", "/documents/none"]
)
def test_no_page_sends_a_person_to_what_programs_read(client: TestClient, path: str) -> None:
    told = seen(client.get(path, headers=PAGE), 404).css_first("main").text()
    assert "openapi" not in told
    assert "/v1/" not in told
