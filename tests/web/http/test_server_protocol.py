import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from rag.web.http.server import WaryProtocol

SILENCE = 0.2
GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
GET_ONCE = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
LONG = b"a" * 60_000


@dataclass(slots=True)
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def rest(self) -> bytes:
        """All that comes until the server hangs up, which it must."""
        gathered = b""
        with suppress(ConnectionResetError):
            async with asyncio.timeout(30):
                while part := await self.reader.read(65_536):
                    gathered += part
        return gathered


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(f"read {len(body)}")(scope, receive, send)


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"x" * 50_000_000)(scope, receive, send)


@asynccontextmanager
async def connected(app: ASGIApp) -> AsyncIterator[Connection]:
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: WaryProtocol(config, state, {}, silence=SILENCE), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
        server.close()
        for protocol in list(state.connections):
            protocol.transport.abort()
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


def talk(app: ASGIApp, says: Callable[[Connection], Awaitable[bytes]]) -> bytes:
    async def session() -> bytes:
        async with connected(app) as connection:
            return await says(connection)

    return asyncio.run(session())


def sent(*parts: bytes) -> Callable[[Connection], Awaitable[bytes]]:
    async def says(connection: Connection) -> bytes:
        await connection.send(*parts)
        return await connection.rest()

    return says


def test_a_request_is_answered() -> None:
    assert b"read 0" in talk(
        reading, sent(GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
    )


@pytest.mark.parametrize(
    "said", [b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nhost: localhost\r\nx: "]
)
def test_who_does_not_go_on_is_hung_up_on(said: bytes) -> None:
    assert talk(reading, sent(said)) == b""


def test_who_dribbles_headers_is_hung_up_on() -> None:
    async def dribble(connection: Connection) -> bytes:
        listening = asyncio.ensure_future(connection.rest())
        head = b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1000
        for at in range(len(head)):
            if listening.done():
                break
            connection.writer.write(head[at : at + 1])
            await asyncio.sleep(SILENCE / 20)
        assert listening.done()
        return await listening

    assert talk(reading, dribble) == b""


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(100_000)),
        b"GET / HTTP/1.1\r\nx: " + b"a" * 1_000_000,
        b"GET /" + b"a" * 1_000_000,
    ],
)
def test_endless_headers_are_refused_with_a_problem(head: bytes) -> None:
    async def says(connection: Connection) -> bytes:
        listening = asyncio.ensure_future(connection.rest())
        for at in range(0, len(head), 10_000):
            connection.writer.write(head[at : at + 10_000])
            await asyncio.sleep(0)
        return await listening

    answer = talk(reading, says)
    # What is hung up on while it still sends may lose the answer on its way.
    if answer:
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 400


def test_what_is_not_http_is_a_problem() -> None:
    answer = talk(reading, sent(b"\x16\x03\x01\x02\x00\x01\x00 not http\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert "Requête mal formée" in answer.decode()


def test_endless_trailers_are_refused() -> None:
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"

    async def says(connection: Connection) -> bytes:
        await connection.send(head, b"3\r\nabc\r\n0\r\nx: ")
        listening = asyncio.ensure_future(connection.rest())
        for _ in range(100):
            connection.writer.write(LONG)
            await asyncio.sleep(0)
            if listening.done():
                break
        return await listening

    assert b"200 OK" not in talk(reading, says)


def test_a_long_body_is_no_endless_header() -> None:
    body = LONG * 5
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n" % len(body)
    answer = talk(reading, sent(head + b"connection: close\r\n\r\n", body))
    assert b"read 300000" in answer


def test_a_body_in_many_small_chunks_is_no_endless_header() -> None:
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n"
    answer = talk(
        reading,
        sent(head + b"connection: close\r\n\r\n", *[b"1\r\na\r\n" * 1000] * 30, b"0\r\n\r\n"),
    )
    assert b"read 30000" in answer


def test_many_requests_on_one_connection_are_all_answered() -> None:
    async def says(connection: Connection) -> bytes:
        for _ in range(5):
            await connection.send(GET)
            await connection.reader.readuntil(b"read 0")
        await connection.send(GET * 4)
        for _ in range(4):
            await connection.reader.readuntil(b"read 0")
        return b"done"

    assert talk(reading, says) == b"done"


def test_who_does_not_take_the_answer_is_hung_up_on() -> None:
    async def says(connection: Connection) -> bytes:
        connection.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await connection.send(GET)
        await asyncio.sleep(SILENCE * 4)
        connection.reader._transport.resume_reading()  # type: ignore[attr-defined]
        return await connection.rest()

    assert len(talk(large, says)) < 50_000_000


def test_who_takes_it_slowly_gets_it_all() -> None:
    async def says(connection: Connection) -> bytes:
        await connection.send(GET_ONCE)
        taken = 0
        while part := await connection.reader.read(4_000_000):
            taken += len(part)
            await asyncio.sleep(SILENCE / 100)
        return str(taken).encode()

    assert int(talk(large, says)) > 50_000_000
