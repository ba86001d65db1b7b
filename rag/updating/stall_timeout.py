"""Ends a worker whose jobs stand still: a document may keep a reader busy for ever."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from rag.errors import LibraryError

_LOG = logging.getLogger(__name__)
_LOOKS: Final = 20
"""How many times the jobs are looked at within the time they may stand still."""


class Worker(Protocol):
    """A process that applies queued jobs."""

    async def wait(self) -> int:
        """Its exit code, once it has ended; negative where a signal ended it."""

    def terminate(self) -> None:
        """Ask it to stop now; of no effect once it has ended."""

    def kill(self) -> None:
        """End it now, without its help; of no effect once it has ended."""


async def code_of(
    worker: Worker, advance: Callable[[], object], seconds: float, mercy: float
) -> int:
    """A worker's exit code; one whose jobs stand still is asked to stop, then killed.

    Args:
        worker: it runs.
        advance: how far its jobs are, in any terms that can be compared; called in a thread.
        seconds: how long they may stand still; 0 for ever.
        mercy: how many seconds it may take to stop once asked.
    """
    ending = asyncio.ensure_future(worker.wait())
    try:
        if seconds and not await _ended_in_time(ending, advance, seconds):
            _LOG.warning("worker stopped: its jobs stood still for %.0f s", seconds)
            worker.terminate()
            await asyncio.wait({ending}, timeout=mercy)
            worker.kill()
        return await ending
    finally:
        ending.cancel()


async def _ended_in_time(
    ending: asyncio.Future[int], advance: Callable[[], object], seconds: float
) -> bool:
    clock = asyncio.get_running_loop().time
    seen, since = await _looked(advance, None), clock()
    while clock() - since < seconds:
        await asyncio.wait({ending}, timeout=seconds / _LOOKS)
        if ending.done():
            return True
        found = await _looked(advance, seen)
        if found != seen:
            seen, since = found, clock()
    return False


async def _looked(advance: Callable[[], object], otherwise: object) -> object:
    """How far the jobs are; as before where the records do not tell."""
    with suppress(LibraryError):
        return await asyncio.to_thread(advance)
    return otherwise
