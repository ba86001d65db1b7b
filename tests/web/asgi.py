"""One request through a layer, without a socket: every message is seen."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Scope

HOST = "127.0.0.1:8000"


@dataclass(slots=True)
class Exchanged:
    """What came back, and how many parts of the body the layer had read by then."""

    sent: list[Message] = field(default_factory=list)
    read: int = 0

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def scope(
    method: str = "GET", path: str = "/", headers: Mapping[str, str] | None = None
) -> Scope:
    named = {"host": HOST, **(headers or {})}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
    }


async def exchange(
    app: ASGIApp,
    asked: Scope,
    body: Sequence[bytes] = (b"",),
    *,
    endless: bool = False,
    pause: float = 0.0,
) -> Exchanged:
    """Send a request in parts, ``pause`` seconds apart.

    With ``endless`` the client falls silent after them.
    """
    seen = Exchanged()

    async def receive() -> Message:
        if seen.read < len(body):
            await asyncio.sleep(pause)
            part = body[seen.read]
            seen.read += 1
            more = endless or seen.read < len(body)
            return {"type": "http.request", "body": part, "more_body": more}
        await asyncio.Event().wait()
        raise AssertionError("an event that nobody sets")

    async def send(message: Message) -> None:
        seen.sent.append(dict(message))

    await app(asked, receive, send)
    return seen


def run(
    app: ASGIApp,
    asked: Scope,
    body: Sequence[bytes] = (b"",),
    *,
    endless: bool = False,
    pause: float = 0.0,
) -> Exchanged:
    return asyncio.run(exchange(app, asked, body, endless=endless, pause=pause))
