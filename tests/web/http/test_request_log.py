import json
import logging

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.service.service import Service
from rag.web.http.headers import Headers
from rag.web.http.metrics import Metrics
from rag.web.http.request_log import Observation
from tests.web.asgi import Exchanged, run, scope


async def answering(asked: Scope, receive: Receive, send: Send) -> None:
    await Response("answer", 201)(asked, receive, send)


async def failing(asked: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("secret")


async def left(asked: Scope, receive: Receive, send: Send) -> None:
    raise ClientDisconnect


async def breaking(asked: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ZeroDivisionError


def observed(service: Service, app: ASGIApp) -> tuple[Exchanged, str]:
    """What came back, and what was counted."""
    metrics = Metrics(service)
    done = run(Headers(Observation(app, metrics)), scope())
    return done, metrics.expose().decode()


def counted(status: int) -> str:
    return f'sourcier_requests_total{{method="GET",route="other",status="{status}"}} 1.0'


def test_what_goes_well_is_counted(service: Service) -> None:
    done, metrics = observed(service, answering)
    assert (done.status, done.body) == (201, b"answer")
    assert counted(201) in metrics


def test_a_failure_is_answered_counted_and_logged(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sourcier"):
        done, metrics = observed(service, failing)
    assert done.status == json.loads(done.body)["status"] == 500
    assert done.headers["x-request-id"] == json.loads(done.body)["request_id"]
    assert b"secret" not in done.body
    assert counted(500) in metrics
    assert 'sourcier_errors_total{problem="internal"} 1.0' in metrics
    assert [record.name for record in caplog.records] == [
        "sourcier.failure",
        "sourcier.request",
    ]


def test_a_client_that_leaves_is_no_failure(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sourcier"):
        done, metrics = observed(service, left)
    assert done.sent == []
    assert counted(499) in metrics
    assert [record.name for record in caplog.records] == ["sourcier.request"]


def test_a_response_cut_short_by_a_failure_is_not_finished(service: Service) -> None:
    done, _ = observed(service, breaking)
    assert done.status == 200
    assert [message.get("more_body") for message in done.sent[1:]] == [True]
