"""The service's log: a JSON object a line on stderr, without the words of questions."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.http.metrics import Metrics
from rag.web.http.problems import INTERNAL, respond
from rag.web.http.request_context import CURRENT

_REQUEST: Final = logging.getLogger("sourcier.request")
_FAILURE: Final = logging.getLogger("sourcier.failure")
_FRAMES: Final = 30
_CAUSES: Final = 5
_REFUSED: Final = 400
_LEFT: Final = 499
"""What is counted where the client left before its answer; nobody receives it."""
_PROBES: Final = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds by what watches the service: told only when they go wrong."""
_OWN: Final = ("sourcier", "rag")
_SERVER: Final = ("uvicorn", "uvicorn.error")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; ``questions``: whether it may tell their text.

    If not, an exception is told by its type and its frames: its message might repeat what
    was asked.
    """

    def __init__(self, *, questions: bool) -> None:
        super().__init__()
        self._questions = questions

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        facts = getattr(record, "facts", None)
        if facts is None:
            line["message"] = record.getMessage()
        context = CURRENT.get()
        if context is not None:
            line["request_id"] = context.id
        line.update(facts or {})
        if facts is not None and context is not None:
            told = ("key", "problem", "answer", *(["question"] if self._questions else ()))
            known = {name: getattr(context, name) for name in told}
            line.update({name: value for name, value in known.items() if value})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = self._told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _told(self, error: BaseException) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        seen: BaseException | None = error
        while seen is not None and len(told) < _CAUSES:
            entry: dict[str, Any] = {"type": type(seen).__name__}
            if self._questions:
                entry["message"] = str(seen)
            elif isinstance(seen, OSError):
                entry["message"] = seen.strerror
            entry["frames"] = _frames(seen.__traceback__)
            told.append(entry)
            seen = seen.__cause__ or seen.__context__
        return told


def configure_logs(*, questions: bool) -> None:
    """Have all that this process logs go to stderr; ``questions`` as in `JsonFormatter`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(questions=questions))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Whoever sits at a terminal is told by `sourcier serve` that it starts and stops.
    calm = logging.WARNING if sys.stderr.isatty() else logging.INFO
    for name in (*_OWN, *_SERVER):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(calm if name in _SERVER else logging.INFO)


class RequestLog:
    """Sees each request through: its time, its line in the log, its count, its failure.

    Right inside `rag.web.http.request_context.ResponseHeaders`: what fails further in ends
    here, and its answer has its headers.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        # 0 where the service stopped before anything was answered.
        status = sent = 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except ClientDisconnect:
            status = status or _LEFT
        except Exception as error:
            log_failure(error)
            # Of a response that has begun nothing can be taken back: it is cut short.
            if not status:
                await respond(INTERNAL, scope)(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - started
            # The template of the route that was found, ``/v1/jobs/{id}``; empty if none was.
            route = getattr(scope.get("route"), "path", "")
            self._metrics.seen(scope["method"], route, status, seconds)
            log_request(scope["method"], route, status, seconds, sent)


def log_request(method: str, route: str, status: int, seconds: float, sent: int) -> None:
    """Tell a request that has ended; ``route`` is its template, ``sent`` is in bytes."""
    well = status < _REFUSED and route in _PROBES
    level = logging.DEBUG if well else logging.INFO
    if not _REQUEST.isEnabledFor(level):
        return
    facts = {
        "method": method,
        "route": route or None,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "bytes": sent,
    }
    _REQUEST.log(level, "", extra={"facts": facts})


def log_failure(error: Exception) -> None:
    """Tell a failure that nobody foresaw."""
    _FAILURE.error("unexpected failure", exc_info=error)


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_FRAMES:]
    ]
