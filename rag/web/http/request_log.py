"""Sees each request through: its time, its line in the log, its count, its failure."""

import time
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.http.exchange import template
from rag.web.http.logs import log_failure, log_request
from rag.web.http.metrics import Metrics
from rag.web.http.problems import INTERNAL, respond

_LEFT: Final = 499
"""What is counted where the client left before its answer; nobody receives it."""


class Observation:
    """Right inside `rag.web.http.headers.Headers`, so that what fails further in ends here."""

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
            route = template(scope)
            self._metrics.seen(scope["method"], route, status, seconds)
            log_request(scope["method"], route, status, seconds, sent)
