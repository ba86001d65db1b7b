"""What is known of the request under way, and what every response says of itself."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE: Final = (
    # An answer is data, never a page; the routes of pages say otherwise themselves.
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    # What documents say is not to stay in caches on the way.
    ("cache-control", "no-store"),
)


@dataclass(slots=True)
class RequestContext:
    """What is learnt of a request on its way; one for each, never shared.

    ``key`` is the id of the key that asks, empty without keys. ``question`` is what was
    asked, kept out of the log unless the settings want it there. ``problem`` is the slug of
    the problem that it was answered with. ``trusted`` says whether the caller may read what
    names the machine's files and settings.
    """

    id: str
    key: str = ""
    question: str = ""
    answer: str = ""
    problem: str = ""
    trusted: bool = False


CURRENT: Final[ContextVar[RequestContext | None]] = ContextVar("request", default=None)
"""That of the task or thread that asks; None outside of any request."""


def current() -> RequestContext:
    """That of the request under way; outside of any, one that nobody sees."""
    return CURRENT.get() or RequestContext("")


class ResponseHeaders:
    """The outermost layer. A header that a route has set is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request its id, its own if short and plain, and the response its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _PLAIN.fullmatch(given) else secrets.token_hex(8)
        CURRENT.set(RequestContext(identity))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE:
                    headers.setdefault(name, value)
                headers.append("x-request-id", identity)
            await send(message)

        await self._app(scope, receive, dressed)
