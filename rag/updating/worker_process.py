"""The process that applies jobs: ``sourcier work``, under the settings of its server."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Final

from rag.settings import Settings
from rag.updating.supervisor import Launch

_LOG = logging.getLogger(__name__)
_NICENESS: Final = 10
"""Questions go before jobs where both want the processor."""
_READ: Final = 65_536
_KEPT: Final = 4_000


class WorkerProcess:
    """A `rag.updating.supervisor.Worker`; what it last said is logged if it failed."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def wait(self) -> int:
        """Its exit code, once it has ended; negative where a signal ended it."""
        said = await _end_of(self._process.stderr)
        code = await self._process.wait()
        if code and said:
            _LOG.warning("worker said: %s", said)
        return code

    def terminate(self) -> None:
        """Ask it to stop now."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()


def launch_process(settings: Settings) -> Launch:
    """Starts ``sourcier work`` with exactly these settings, whatever changed on disk since."""
    # Without -P, a folder named rag in the working directory would be run in our place.
    command = (sys.executable, "-P", "-m", "rag", "work", "--told")
    given = settings.model_dump_json().encode()

    async def launch() -> WorkerProcess:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=PIPE,
            # A Ctrl-C in the server's terminal is for the server, which then waits for it.
            start_new_session=True,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        if process.stdin is not None:
            process.stdin.write(given)
            process.stdin.close()
        return WorkerProcess(process)

    return launch


async def _end_of(stream: asyncio.StreamReader | None) -> str:
    """The last characters of what a stream gives, once it is closed."""
    kept = b""
    while stream is not None and (some := await stream.read(_READ)):
        kept = (kept + some)[-_KEPT:]
    return kept.decode("utf-8", "replace").strip()
