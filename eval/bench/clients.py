"""Closed-loop HTTP clients, cheap enough not to be what is measured.

Each client keeps one connection, sends a request as soon as it has read the answer to the
one before, and reads no more of it than its length and status.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from typing import Final

import uvloop

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send where: until ``seconds`` are over, or ``requests`` were begun."""

    host: str
    port: int
    bodies: Sequence[bytes]
    clients: int
    seconds: float = float("inf")
    requests: int | None = None
    path: str = "/v1/ask"


@dataclass(slots=True)
class Load:
    """What came of a plan. ``cpu`` is what the clients themselves took; all in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    received: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return self.statuses[200] / self.wall

    @property
    def errors(self) -> int:
        """Requests that were not answered with 200; 0 is a connection cut short."""
        return self.statuses.total() - self.statuses[200]


def drive(plan: Plan) -> Load:
    """Send what is planned; made to be called in a process of its own."""
    return uvloop.run(_drive(plan))


async def _drive(plan: Plan) -> Load:
    load = Load()
    started, worked = time.perf_counter(), time.process_time()
    until = started + plan.seconds
    numbers = iter(count() if plan.requests is None else range(plan.requests))
    # Each client begins elsewhere in the questions, so that no two ask the same together.
    apart = max(len(plan.bodies) // plan.clients, 1)
    await asyncio.gather(
        *(
            _client(plan, islice(cycle(plan.bodies), i * apart, None), numbers, until, load)
            for i in range(plan.clients)
        )
    )
    load.wall = time.perf_counter() - started
    load.cpu = time.process_time() - worked
    return load


async def _client(
    plan: Plan, bodies: Iterator[bytes], numbers: Iterator[int], until: float, load: Load
) -> None:
    line = _Line(plan)
    for _, body in zip(numbers, bodies, strict=False):
        started = time.perf_counter()
        if started >= until:
            break
        status, received = await line.ask(body)
        load.statuses[status] += 1
        load.received += received
        if status == 200:
            load.latencies.append(time.perf_counter() - started)
    line.close()


class _Line:
    """One client's connection, opened when needed and again after it was cut."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._head = (
            f"POST {plan.path} HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, body: bytes) -> tuple[int, int]:
        """The status of the answer, 0 where none came, and the bytes of its body."""
        try:
            if self._open is None:
                self._open = await asyncio.open_connection(self._plan.host, self._plan.port)
            reader, writer = self._open
            writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
            return await _read(reader)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, 0

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


async def _read(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    size = int(length[1]) if length else 0
    await reader.readexactly(size)
    return int(head.split(b" ", 2)[1]), size
