"""uvicorn, set up for this service, with bounds on the wire that it leaves to a proxy."""

import json
import socket
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from rag.settings import ServerSettings
from rag.text.typography import typeset
from rag.web.http.problems import MEDIA_TYPE

BACKLOG: Final = 2048
"""Connections that may wait to be taken."""

_KEEP_ALIVE_SECONDS: Final = 15
_HEAD_BYTES: Final = 65_536
_FRAMING: Final = 8
_MALFORMED: Final = typeset(
    "Ce qui a été reçu n'est pas une requête HTTP bien formée, ou ses en-têtes sont trop longs."
)


def run_server(
    app: FastAPI,
    server: ServerSettings,
    listener: socket.socket,
    announce: Callable[[], None],
) -> None:
    """Serve until a signal asks to stop; the signal is raised again once all has ended.

    ``listener`` is bound, and closed at the end; ``announce`` is called once, when requests
    are answered.
    """
    config = uvicorn.Config(
        app,
        http=partial(WaryProtocol, silence=server.read_seconds),  # type: ignore[arg-type]
        ws="none",
        loop="uvloop",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(server.proxies),
        forwarded_allow_ips=list(server.proxies),
        backlog=BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=server.shutdown_seconds,
    )
    _Server(config, announce).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


class WaryProtocol(HttpToolsProtocol):
    """A connection whose client may be slow, silent or endless, at its own expense.

    A request's headers (and its trailers, and what frames its chunks) are bounded in size,
    and must all have come ``silence`` seconds after the first. A client that takes nothing
    of its response for as long is cut off. The other arguments are uvicorn's own.
    """

    def __init__(self, *arguments: Any, silence: float, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        self._silence = silence
        self._reading: TimerHandle | None = None
        self._writing: TimerHandle | None = None
        self._unwritten = 0
        self._overhead = 0
        self._begun = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Open a connection; it may not stay silent for ever."""
        super().connection_made(transport)
        self._reading = self.loop.call_later(self._silence, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all deadlines."""
        self._read_in_time()
        self._written_in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, then see that they lead somewhere."""
        self._begun = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        if not self._begun:
            self._overhead += len(data)
        if self._overhead > _HEAD_BYTES:
            self.send_400_response("")
            return
        if self.cycle is not None and not self.cycle.response_complete:
            # From here on it is for the application to wait, or not, for the body.
            self._read_in_time()
        elif self._reading is None and self.timeout_keep_alive_task is None:
            self._reading = self.loop.call_later(self._silence, self.transport.abort)

    def on_message_begin(self) -> None:
        """Count anew."""
        self._begun = True
        self._overhead = 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """The body has bounds of its own: here it only pays for its chunks' framing."""
        self._overhead -= (1 + _FRAMING) * len(body)
        super().on_body(body)

    def pause_writing(self) -> None:
        """The client takes its response more slowly than it is made."""
        super().pause_writing()
        if self._writing is None:
            self._watch_writing()

    def resume_writing(self) -> None:
        """It caught up."""
        self._written_in_time()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, even if the last response was never taken."""
        super().timeout_keep_alive_handler()
        if self._writing is None:
            self._watch_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, or too long, with a problem; and hang up."""
        if self.cycle is not None and self.cycle.response_started:
            if not self.cycle.response_complete:
                # It would be read as a part of the response that is being sent.
                self.transport.abort()
                return
        body = json.dumps(
            {
                "type": "urn:sourcier:problem:malformed",
                "title": "Requête mal formée",
                "status": 400,
                "detail": _MALFORMED,
            },
            ensure_ascii=False,
        ).encode()
        head = (
            f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[400] + head.encode() + body)
        self.transport.close()

    def _read_in_time(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _written_in_time(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _watch_writing(self) -> None:
        self._unwritten = self.transport.get_write_buffer_size()
        self._writing = self.loop.call_later(self._silence, self._check_writing)

    def _check_writing(self) -> None:
        if self.transport.get_write_buffer_size() >= self._unwritten:
            self.transport.abort()
            return
        self._watch_writing()
