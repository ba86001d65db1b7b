"""uvicorn, set up for this service."""

import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from fastapi import FastAPI

from rag.settings import ServerSettings
from rag.web.http.protocol import wary_protocol

BACKLOG: Final = 2048
"""Connections that may wait to be taken."""

_KEEP_ALIVE_SECONDS: Final = 15


def run_server(
    app: FastAPI,
    server: ServerSettings,
    listener: socket.socket,
    announce: Callable[[], None],
) -> None:
    """Serve until a signal asks to stop; the signal is raised again once all has ended.

    Args:
        app: what answers.
        server: its limits and whom it trusts.
        listener: a bound socket, closed at the end.
        announce: called once, when requests are answered.
    """
    config = uvicorn.Config(
        app,
        http=wary_protocol(server.read_seconds),  # type: ignore[arg-type]
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
