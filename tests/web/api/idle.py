"""A worker that takes no job, so that what a test queues changes nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from rag.service.service import Service
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings
from tests.web.conftest import LOCAL


class IdleWorker:
    """Waits to be told to stop."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    async def wait(self) -> int:
        await self._asked.wait()
        return 0

    def kill(self) -> None:
        self.terminate()

    def terminate(self) -> None:
        self._asked.set()


async def launch_idle() -> IdleWorker:
    return IdleWorker()


@contextmanager
def idle_service(index: Path) -> Iterator[tuple[TestClient, Service]]:
    """A service over an index, whose jobs nobody works on, and a client of it."""
    chosen = settings(index)
    server = chosen.server.model_copy(update={"shutdown_seconds": 0})
    service = Service(
        chosen.model_copy(update={"server": server}),
        LittleEmbedder(),
        eager(),
        launch=launch_idle,
    )
    with TestClient(create_app(service), base_url=LOCAL) as client:
        yield client, service
