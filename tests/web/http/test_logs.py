import json
import logging
from collections.abc import Iterator

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.service.service import Service
from rag.web.http.logs import (
    JsonFormatter,
    RequestLog,
    configure_logs,
    log_failure,
    log_request,
)
from rag.web.http.metrics import Metrics
from rag.web.http.request_context import CURRENT, RequestContext, ResponseHeaders
from tests.web.asgi import Exchanged, run, scope

QUESTION = "Combien gagne Jeanne ?"


@pytest.fixture
def context() -> Iterator[RequestContext]:
    begun = RequestContext("r1", key="k1", question=QUESTION, answer="a1")
    token = CURRENT.set(begun)
    yield begun
    CURRENT.reset(token)


class Kept(logging.Handler):
    def __init__(self, *, questions: bool) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter(questions=questions))
        self.lines: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        assert "\n" not in line
        self.lines.append(json.loads(line))


def kept(*, questions: bool = False) -> Kept:
    handler = Kept(questions=questions)
    logger = logging.getLogger("sourcier")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("sourcier")
    before = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers, logger.level, logger.propagate = before[0], before[1], before[2]


@pytest.mark.usefixtures("context")
def test_a_request_is_a_line_of_facts() -> None:
    log = kept()
    log_request("POST", "/v1/ask", 200, 0.01234, 512)
    (line,) = log.lines
    assert {name: line[name] for name in line if name != "time"} == {
        "level": "info",
        "logger": "sourcier.request",
        "request_id": "r1",
        "method": "POST",
        "route": "/v1/ask",
        "status": 200,
        "ms": 12.3,
        "bytes": 512,
        "key": "k1",
        "answer": "a1",
    }


@pytest.mark.usefixtures("context")
def test_the_question_is_told_only_where_it_is_wanted() -> None:
    silent, telling = kept(), kept(questions=True)
    log_request("POST", "/v1/ask", 200, 0.01, 1)
    assert QUESTION not in json.dumps(silent.lines, ensure_ascii=False)
    assert telling.lines[0]["question"] == QUESTION


def test_a_failure_is_told_without_what_was_asked() -> None:
    silent, telling = kept(), kept(questions=True)
    try:
        try:
            raise KeyError(QUESTION)
        except KeyError as cause:
            raise ValueError(f"not understood: {QUESTION}") from cause
    except ValueError as error:
        log_failure(error)
    (line,) = silent.lines
    told = line["exception"]
    assert isinstance(told, list)
    assert [each["type"] for each in told] == ["ValueError", "KeyError"]
    assert "test_logs.py" in told[0]["frames"][0]
    assert "Jeanne" not in json.dumps(silent.lines)
    assert "Jeanne" in json.dumps(telling.lines)


def test_what_the_system_said_is_told() -> None:
    log = kept()
    try:
        raise OSError(28, "No space left on device")
    except OSError as error:
        log_failure(error)
    assert "No space left" in json.dumps(log.lines)


def test_health_checks_do_not_fill_the_log() -> None:
    log = kept()
    log_request("GET", "/healthz", 200, 0.0, 1)
    log_request("GET", "/readyz", 200, 0.0, 1)
    assert log.lines == []
    log_request("GET", "/readyz", 503, 0.0, 1)
    assert len(log.lines) == 1


@pytest.mark.parametrize("hostile", ["a\nb", '"}', "\ud800", "\x1b[31m", "\u2028"])
def test_a_line_stays_a_line(hostile: str) -> None:
    log = kept()
    # What pytest captures goes from process to process as UTF-8, which this is not.
    logging.getLogger("sourcier").propagate = False
    logging.getLogger("sourcier.x").error("%s", hostile)
    assert log.lines[0]["message"] == hostile


def test_everything_that_is_logged_goes_through(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr(root, "level", root.level)
    configure_logs(questions=False)
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("somebody.else").warning("Careful")
    logging.getLogger("somebody.else").info("Chatter")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["message"] for line in lines] == ["Started", "Careful"]


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
    done = run(ResponseHeaders(RequestLog(app, metrics)), scope())
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
