"""A worker in a thread, with the little embedder, in place of a process."""

import asyncio

from rag.service.supervision import Launch
from rag.service.working import work
from rag.settings import Settings
from tests.little_embedder import LittleEmbedder


class ThreadWorker:
    """A `rag.service.supervision.Worker` that cannot be interrupted."""

    def __init__(self, settings: Settings) -> None:
        self._done = asyncio.ensure_future(
            asyncio.to_thread(work, settings, None, LittleEmbedder())
        )

    async def wait(self) -> int:
        await asyncio.shield(self._done)
        return 0

    def terminate(self) -> None:
        pass

    def kill(self) -> None:
        pass


def launch_in_thread(settings: Settings) -> Launch:
    """Starts workers for the service of these settings."""

    async def launch() -> ThreadWorker:
        return ThreadWorker(settings)

    return launch
