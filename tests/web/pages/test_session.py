"""Keys by the page: a cookie that scripts do not see, and ways in and out."""

import pytest
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Service
from tests.web.conftest import KeyMaker

PAGE = {"accept": "text/html"}


def secret(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    client.headers.update(PAGE)
    client.follow_redirects = False
    return client


def test_without_keys_nothing_is_asked(browser: TestClient) -> None:
    assert browser.get("/").status_code == 200
    assert "Aucune clé" in browser.get("/session").text


def test_a_page_without_key_leads_to_where_one_is_given(
    browser: TestClient, key: KeyMaker
) -> None:
    key(Role.READER)
    refused = browser.get("/documents?q=a%26b")
    assert refused.status_code == 303
    assert refused.headers["location"] == "/session?to=%2Fdocuments%3Fq%3Da%2526b"
    form = browser.get(refused.headers["location"])
    assert form.status_code == 200
    assert 'value="/documents?q=a%26b"' in form.text


def test_a_program_is_told_in_json(client: TestClient, key: KeyMaker) -> None:
    key(Role.READER)
    assert client.get("/").status_code == 401
    assert client.get("/v1/documents", headers=PAGE).status_code == 401


def test_a_valid_key_is_kept_out_of_reach_and_opens_the_page(
    browser: TestClient, key: KeyMaker
) -> None:
    given = secret(key(Role.READER))
    entered = browser.post("/session", data={"key": f" {given} ", "to": "/documents?q=a"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/documents?q=a")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    assert browser.get("/").status_code == 200
    assert browser.get("/v1/documents").status_code == 200
    page = browser.get("/session")
    assert "clé 0" in page.text
    assert given not in page.text


def test_over_https_the_cookie_stays_there(service: Service, key: KeyMaker) -> None:
    from rag.web.app import create_app

    given = secret(key(Role.READER))
    with TestClient(create_app(service), base_url="https://127.0.0.1") as client:
        sent = client.post("/session", data={"key": given}, follow_redirects=False)
    assert "secure" in sent.headers["set-cookie"].lower()


def test_another_key_is_refused_without_being_repeated(
    browser: TestClient, key: KeyMaker
) -> None:
    key(Role.READER)
    refused = browser.post("/session", data={"key": "src_<script>", "to": "/documents"})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    assert "src_&lt;" not in refused.text
    assert "src_<script>" not in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert 'value="/documents"' in refused.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(browser: TestClient, key: KeyMaker, to: str) -> None:
    given = secret(key(Role.READER))
    entered = browser.post("/session", data={"key": given, "to": to})
    assert entered.headers["location"] == "/"
    assert browser.get("/session", params={"to": to}).headers["location"] == "/"


def test_a_key_is_forgotten(browser: TestClient, key: KeyMaker) -> None:
    browser.post("/session", data={"key": secret(key(Role.READER))})
    out = browser.post("/session", data={"action": "out"})
    assert (out.status_code, out.headers["location"]) == (303, "/session")
    assert browser.get("/").status_code == 303


def test_a_key_revoked_meanwhile_opens_nothing(
    browser: TestClient, service: Service, key: KeyMaker
) -> None:
    browser.post("/session", data={"key": secret(key(Role.READER))})
    assert browser.get("/").status_code == 200
    service.keys.revoke(service.keys.all()[0].id)
    assert browser.get("/").status_code == 303


def test_a_cookie_means_nothing_where_no_key_is_demanded(browser: TestClient) -> None:
    browser.cookies.set("sourcier_key", "src_" + "a" * 43)
    assert browser.get("/").status_code == 200


def test_a_header_goes_before_the_cookie(browser: TestClient, key: KeyMaker) -> None:
    browser.post("/session", data={"key": secret(key(Role.ADMIN))})
    refused = browser.get("/v1/documents", headers={"Authorization": "Bearer src_wrong"})
    assert refused.status_code == 401


def test_a_page_of_others_cannot_use_the_cookie(browser: TestClient, key: KeyMaker) -> None:
    browser.post("/session", data={"key": secret(key(Role.ADMIN))})
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert (
            browser.post("/session", data={"action": "out"}, headers=headers).status_code == 403
        )


def test_a_link_from_elsewhere_comes_back_with_the_cookie(
    browser: TestClient, key: KeyMaker
) -> None:
    key(Role.READER)
    form = browser.get("/session?to=%2Fdocuments", headers={"sec-fetch-site": "cross-site"})
    assert form.headers["refresh"] == "0; url=/session?to=%2Fdocuments"
    again = browser.get("/session?to=%2Fdocuments", headers={"sec-fetch-site": "same-origin"})
    assert "refresh" not in again.headers


def test_only_what_the_key_sees_is_shown(browser: TestClient, key: KeyMaker) -> None:
    browser.post("/session", data={"key": secret(key(Role.READER, "notes"))})
    page = browser.get("/")
    assert "1 document" in page.text
    asked = browser.get("/", params={"q": "Où ouvre le palais ?"})
    assert "Palais des Congrès" not in asked.text
