"""A worker in a thread, with the little embedder, in place of a process."""

import asyncio

from rag.settings import Settings
from rag.updating.job_worker import apply_jobs
from rag.updating.supervisor import Launch
from tests.little_embedder import LittleEmbedder


class ThreadWorker:
    """A `rag.updating.supervisor.Worker` that cannot be interrupted."""

    def __init__(self, settings: Settings) -> None:
        self._done = asyncio.ensure_future(
            asyncio.to_thread(apply_jobs, settings, None, LittleEmbedder())
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
