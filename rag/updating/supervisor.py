"""Has queued jobs worked on by a process of their own, one at a time.

One whose jobs stand still is ended: a document may keep a reader busy for ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

from rag.errors import LibraryError, SourcierError
from rag.library.jobs import Jobs

_LOG = logging.getLogger(__name__)
_SHORTEST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_MERCY_SECONDS: Final = 5.0
"""How long a worker that was asked to stop may take to do so."""
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


Launch = Callable[[], Awaitable[Worker]]
"""Starts a worker, which takes all jobs queued by then."""


class Supervisor:
    """Starts a worker whenever jobs are queued, and sees to the jobs of one that died.

    Its coroutines belong to one event loop.

    Args:
        jobs: the queue.
        launch: starts a worker.
        settle: settles the jobs of workers that died; gives the ids of those that ended
            (`rag.updating.job_recovery`).
        ended: called in a thread after each worker, whatever became of it.
        patience: how many seconds a worker's jobs may stand still before it is ended; 0 for
            ever.
    """

    def __init__(
        self,
        jobs: Jobs,
        launch: Launch,
        settle: Callable[[], list[str]],
        ended: Callable[[], object],
        patience: float,
    ) -> None:
        self._jobs = jobs
        self._launch = launch
        self._settle = settle
        self._ended = ended
        self._patience = patience
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: Worker | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with the jobs that wait already."""
        self._woken.set()
        self._running = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Look for queued jobs, at once or when the worker under way has ended."""
        self._woken.set()

    async def stop(self, seconds: float) -> None:
        """Start no more workers; give the one under way some seconds, then ask it to stop.

        One that is asked and does not is left behind: it cannot harm what is published.
        """
        if self._running is None:
            return
        self._stopping.set()
        self._woken.set()
        _, late = await asyncio.wait({self._running}, timeout=seconds)
        if late and self._worker is not None:
            _LOG.warning("worker asked to stop in the middle of its jobs")
            self._worker.terminate()
            await asyncio.wait({self._running}, timeout=_MERCY_SECONDS)
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._woken.wait()
            self._woken.clear()
            await self._work_off()

    async def _work_off(self) -> None:
        """Start workers until no job is queued, slower and slower while they fail.

        One that died leaves texts on the disk that nobody should find there: the next one
        clears them away, and is started for that alone if need be.
        """
        pause, died = _SHORTEST_PAUSE, False
        while not self._stopping.is_set():
            try:
                died = await self._settle_abandoned() or died
                if not died and not await asyncio.to_thread(self._jobs.waiting):
                    return
                fine, died = await self._work(died)
            except SourcierError as error:
                _LOG.warning("jobs not worked on: %s", error)
                fine = False
            except Exception:
                # Whatever it is, jobs that come later must not wait for ever.
                _LOG.exception("jobs not worked on")
                fine = False
            if fine:
                pause = _SHORTEST_PAUSE
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _work(self, died: bool) -> tuple[bool, bool]:
        """Have one worker take what is queued.

        Returns whether there is hope for the next one; and whether the last to run died on
        its jobs, which ``died`` says of the one before.
        """
        first = await asyncio.to_thread(self._jobs.first)
        try:
            self._worker = await self._launch()
            code = await exit_code(
                self._worker, self._jobs.advance_of_running, self._patience, _MERCY_SECONDS
            )
        except OSError as error:
            _LOG.warning("worker not started: %s", error)
            return False, died
        finally:
            self._worker = None
        if code:
            _LOG.warning("worker ended with code %d", code)
        died = await self._settle_abandoned()
        await asyncio.to_thread(self._ended)
        if first is None:
            return code == 0, died
        # Whatever it says of itself: one that takes nothing would be started without end.
        return await asyncio.to_thread(self._jobs.first) != first, died

    async def _settle_abandoned(self) -> bool:
        """Settle the jobs of workers that died; whether any ended by it."""
        ended = await asyncio.to_thread(self._settle)
        if ended:
            _LOG.warning("jobs ended with their worker: %s", ", ".join(ended))
        return bool(ended)


async def exit_code(
    worker: Worker, advance: Callable[[], object], seconds: float, mercy: float
) -> int:
    """A worker's exit code; one whose jobs stand still is asked to stop, then killed.

    ``advance`` tells how far its jobs are, in any terms that can be compared, and is called
    in a thread. They may stand still for some ``seconds``, 0 for ever; once asked, it may
    take ``mercy`` seconds to stop.
    """
    ending = asyncio.ensure_future(worker.wait())
    try:
        if seconds and not await _ends_in_time(ending, advance, seconds):
            _LOG.warning("worker stopped: its jobs stood still for %.0f s", seconds)
            worker.terminate()
            await asyncio.wait({ending}, timeout=mercy)
            worker.kill()
        return await ending
    finally:
        ending.cancel()


async def _ends_in_time(
    ending: asyncio.Future[int], advance: Callable[[], object], seconds: float
) -> bool:
    clock = asyncio.get_running_loop().time
    seen, since = await _progress(advance, None), clock()
    while clock() - since < seconds:
        await asyncio.wait({ending}, timeout=seconds / _LOOKS)
        if ending.done():
            return True
        found = await _progress(advance, seen)
        if found != seen:
            seen, since = found, clock()
    return False


async def _progress(advance: Callable[[], object], otherwise: object) -> object:
    """How far the jobs are; as before where the records do not tell."""
    with suppress(LibraryError):
        return await asyncio.to_thread(advance)
    return otherwise
