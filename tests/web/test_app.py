import asyncio
from collections.abc import Iterator
from itertools import product

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from rag.errors import IndexCorruptError
from rag.library.keys import Role
from rag.service.service import Query, Service
from rag.settings import Settings
from rag.types import Answer
from rag.web.app import create_app, demanded_role
from tests.web.asgi import exchange, scope
from tests.web.conftest import LOCAL, KeyMaker

OPEN = {"/healthz", "/readyz", "/openapi.json", "/session", "/static/{version}/{name}"}


def routes(service: Service) -> list[APIRoute]:
    return [each for each in create_app(service).routes if isinstance(each, APIRoute)]


def test_every_route_asks_for_a_role_but_those_that_tell_nothing(service: Service) -> None:
    free = {route.path for route in routes(service) if demanded_role(route) is None}
    assert free <= OPEN
    assert len(routes(service)) > len(free)


def test_two_applications_share_nothing(service: Service) -> None:
    for first, second in zip(routes(service), routes(service), strict=True):
        assert first is not second
        assert first.app is not second.app or demanded_role(first) is None


def test_nothing_of_a_body_is_read_before_it_is_known_who_sends_it(
    service: Service, key: KeyMaker
) -> None:
    app = create_app(service)
    reader = key(Role.READER)
    for headers, status in [({}, 401), (reader, 403)]:
        asked = scope(
            "POST",
            "/v1/documents",
            {**headers, "content-type": "multipart/form-data; boundary=x"},
        )
        done = asyncio.run(exchange(app, asked, [b"a" * 100] * 10))
        assert (done.status, done.read) == (status, 0)


NOWHERE = (
    ("GET", "/nothing", 404),
    ("GET", "/docs", 404),
    ("GET", "/redoc", 404),
    ("GET", "/v1/ask/", 404),
    ("GET", "/v1/ask", 405),
    ("GET", "/v1/%00", 404),
    ("GET", "/v1/documents/..%2f..%2fetc%2fpasswd", 404),
    ("POST", "/healthz", 405),
    ("TRACE", "/healthz", 405),
)


def test_what_is_not_there_is_a_problem_too(client: TestClient) -> None:
    for method, path, status in NOWHERE:
        response = client.request(method, path, follow_redirects=False)
        assert response.status_code == status, (method, path)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["request_id"] == response.headers["x-request-id"]


MALFORMED = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"\xff\xfe", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"1" * 10_000, "application/json"),
    (b'{"question": "\\ud800"}', "application/json"),
    (b'{"question": NaN}', "application/json"),
    (b'{"question": "x"}', "text/plain"),
    (b'{"question": "x"}', "a/b/c;;=\x00"),
    (b"question=x", "application/x-www-form-urlencoded"),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    (b'{"question": "x"}', "multipart/form-data"),
]


def test_a_malformed_body_is_a_problem_and_never_a_failure(client: TestClient) -> None:
    names = ("ask", "search", "feedback", "documents", "chat/completions")
    for name, (body, kind) in product(names, MALFORMED):
        response = client.post(f"/v1/{name}", content=body, headers={"content-type": kind})
        assert response.status_code in {400, 404, 415, 422}, (name, body[:20], response.text)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]


def test_a_body_too_large_is_refused(client: TestClient, service: Service) -> None:
    most = service.settings.server.body_bytes
    response = client.post("/v1/ask", content=b"x" * (most + 1))
    assert response.status_code == 413
    assert response.json()["type"] == "urn:sourcier:problem:too-large"


def test_a_body_too_large_that_does_not_say_so(client: TestClient, service: Service) -> None:
    most = service.settings.server.body_bytes

    def parts() -> Iterator[bytes]:
        yield from (b"x" * 100_000 for _ in range(most // 100_000 + 1))

    response = client.post(
        "/v1/ask", content=parts(), headers={"content-type": "application/json"}
    )
    assert response.status_code == 413


def test_an_unforeseen_failure_says_nothing_of_itself(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(query: Query) -> Answer:
        raise ZeroDivisionError(f"secret {query.question}")

    monkeypatch.setattr(service, "ask", fail)
    response = client.post("/v1/ask", json={"question": "Qui ?"})
    assert response.status_code == 500
    assert response.json()["type"] == "urn:sourcier:problem:internal"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in response.text
    assert "ZeroDivisionError" not in response.text
    metrics = client.get("/metrics").text
    assert 'sourcier_errors_total{problem="internal"} 1.0' in metrics


def test_files_are_named_to_the_administrator_alone(
    client: TestClient, service: Service, key: KeyMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(query: Query) -> Answer:
        raise IndexCorruptError("/srv/index/generations/x est abîmé.")

    monkeypatch.setattr(service, "ask", fail)
    asked = {"question": "Qui ?"}
    assert "/srv" in client.post("/v1/ask", json=asked).text
    refused = client.post("/v1/ask", json=asked, headers=key(Role.EDITOR))
    assert refused.status_code == 503
    assert "/srv" not in refused.text
    assert "/srv" in client.post("/v1/ask", json=asked, headers=key(Role.ADMIN)).text


def test_no_other_origin_is_let_in_unless_it_is_named(client: TestClient) -> None:
    preflight = client.options(
        "/v1/ask",
        headers={"origin": "https://x.example", "access-control-request-method": "POST"},
    )
    assert preflight.status_code == 405
    assert "access-control-allow-origin" not in preflight.headers
    assert (
        client.post(
            "/v1/ask", json={"question": "?"}, headers={"origin": "https://x.example"}
        ).status_code
        == 403
    )


class TestWithAnOrigin:
    @pytest.fixture
    def server_settings(self, server_settings: Settings) -> Settings:
        server = server_settings.server.model_copy(update={"origins": ("https://x.example",)})
        return server_settings.model_copy(update={"server": server})

    def test_its_pages_may_ask(self, client: TestClient) -> None:
        headers = {"origin": "https://x.example"}
        preflight = client.options(
            "/v1/ask", headers={**headers, "access-control-request-method": "POST"}
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "https://x.example"
        asked = client.post("/v1/ask", json={"question": "Où ?"}, headers=headers)
        assert asked.headers["access-control-allow-origin"] == "https://x.example"
        assert "x-request-id" in asked.headers["access-control-expose-headers"].lower()

    def test_those_of_others_may_not(self, client: TestClient) -> None:
        refused = client.post("/v1/ask", json={}, headers={"origin": "https://y.example"})
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers


def test_a_name_that_is_not_ours_gets_nothing(service: Service) -> None:
    with TestClient(create_app(service), base_url="http://evil.example") as evil:
        assert evil.get("/v1/documents").status_code == 421
        assert evil.get("/openapi.json").status_code == 421


def test_the_service_is_started_and_stopped_with_the_application(service: Service) -> None:
    with TestClient(create_app(service), base_url=LOCAL) as client:
        assert client.get("/readyz").status_code == 200
