"""The process that applies jobs: ``sourcier work``, under the settings of its server."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from rag.service.supervision import Launch
from rag.settings import Settings

_LOG = logging.getLogger(__name__)
_NICENESS: Final = 10
"""Questions go before jobs where both want the processor."""
_READ: Final = 65_536
_KEPT: Final = 4_000


class WorkingProcess:
    """A `rag.service.supervision.Worker`; what it last said is logged if it failed."""

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


def launch_process(settings: Settings) -> Launch:
    """Starts ``sourcier work`` with exactly these settings, whatever changed on disk since."""
    command = (sys.executable, "-m", "rag", "work", "--index", str(settings.index.directory))
    environment = _environment(settings)

    async def launch() -> WorkingProcess:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            env=environment,
            # A Ctrl-C in the server's terminal is for the server, which then waits for it.
            start_new_session=True,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        return WorkingProcess(process)

    return launch


def _environment(settings: Settings) -> Mapping[str, str]:
    """This process's, with each section of the settings whole in one variable."""
    ours = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    sections = {
        f"SOURCIER_{name.upper()}": section.model_dump_json()
        for name, section in ((name, getattr(settings, name)) for name in _SECTIONS)
    }
    return {**ours, **sections}


_SECTIONS: Final = tuple(Settings.model_fields)


def _is_setting(name: str) -> bool:
    return name.upper().startswith("SOURCIER_")


async def _end_of(stream: asyncio.StreamReader | None) -> str:
    """The last characters of what a stream gives, once it is closed."""
    kept = b""
    while stream is not None and (some := await stream.read(_READ)):
        kept = (kept + some)[-_KEPT:]
    return kept.decode("utf-8", "replace").strip()
