"""A real server: ``sourcier serve`` in a process of its own, on a free port."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO

import httpx

START_SECONDS = 60.0
STOP_SECONDS = 60.0
_ADDRESS = re.compile(r"http://\S+:\d+")


@dataclass(slots=True)
class RunningServer:
    """``url`` is its address, ``log`` the lines it wrote on stderr so far."""

    url: str
    index: Path
    process: Popen[str]
    log: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for raw sockets."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)

    def client(self, **options: object) -> httpx.Client:
        """A client of it; close it."""
        return httpx.Client(base_url=self.url, timeout=60.0, **options)  # type: ignore[arg-type]

    def wait_for_log(self, text: str) -> None:
        """Wait until a line of its log holds a text."""
        self.wait_until(lambda: any(text in line for line in self.log))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has come true, while it runs."""
        deadline = time.monotonic() + STOP_SECONDS
        while not condition():
            assert self.process.poll() is None, "".join(self.log)
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def command(index: Path, *options: str) -> list[str]:
    """What starts a server over an index."""
    return [sys.executable, "-m", "rag", "serve", "--index", str(index), *options]


def environ(more: Mapping[str, str] | None) -> dict[str, str]:
    """The environment of a server, with more."""
    return {**os.environ, **(more or {})}


@contextmanager
def serving(
    index: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """A server over an index, ready to answer; killed at the end if it still runs."""
    process = Popen(
        command(index, "--port", "0", *options),
        stdout=PIPE,
        stderr=PIPE,
        text=True,
        encoding="utf-8",
        env=environ(environment),
    )
    log: list[str] = []
    reader = threading.Thread(target=_keep, args=(process.stderr, log), daemon=True)
    reader.start()
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        url = _address(process.stdout)
        watchdog.cancel()
        if not url:
            process.wait(STOP_SECONDS)
            reader.join(STOP_SECONDS)
            raise AssertionError(f"it did not start ({process.returncode}):\n" + "".join(log))
        yield RunningServer(url, index, process, log)
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.wait(STOP_SECONDS)
        reader.join(STOP_SECONDS)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def index_for_real(files: Path, index: Path, collection: str = "documents") -> None:
    """Index a folder with the command, and so with the bundled model."""
    options = ["--index", index, "--collection", collection]
    subprocess.run(
        [sys.executable, "-m", "rag", "index", files, *options],
        check=True,
        capture_output=True,
    )


def _address(stream: IO[str] | None) -> str:
    """The first address that it says it listens on; empty if it ends before."""
    for line in stream or ():
        found = _ADDRESS.search(line)
        if found:
            return found.group()
    return ""


def _keep(stream: IO[str] | None, log: list[str]) -> None:
    for line in stream or ():
        log.append(line)
