"""A real server in a process of its own, as `sourcier serve` starts it."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

_ADDRESS: Final = re.compile(r"http://(\S+):(\d+)")


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and its process."""

    host: str
    port: int
    process: psutil.Process

    @property
    def resident(self) -> float:
        """Resident memory, in MiB."""
        return float(self.process.memory_info().rss) / 2**20

    @property
    def cpu(self) -> float:
        """Processor time taken so far, in seconds."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def running_server(index: Path) -> Iterator[Server]:
    """Serve an index until the end of the block, on a port that is free.

    Raises:
        RuntimeError: it did not start; the message holds what it said.
    """
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", "0"]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            address = _address(process.stdout)
            if address is None:
                log.seek(0)
                raise RuntimeError(log.read().decode("utf-8", "replace"))
            yield Server(*address, psutil.Process(process.pid))
        finally:
            process.terminate()


def _address(said: IO[str] | None) -> tuple[str, int] | None:
    """The address that it says it answers at; None if it ends before."""
    for line in said or ():
        found = _ADDRESS.search(line)
        if found:
            return found[1], int(found[2])
    return None
