"""What every response says of itself to browsers, and the id of its request."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.http.exchange import begin

_SAFE: Final = (
    # An answer is data, never a page; the routes of pages say otherwise themselves.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # What documents say is not to stay in caches on the way.
    (b"cache-control", b"no-store"),
)


class Headers:
    """The outermost layer. A header that a route has set is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request its id, and the response its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = (b"x-request-id", begin(scope).id.encode())

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                given += [each for each in _SAFE if each[0] not in names]
                given.append(named)
                message["headers"] = given
            await send(message)

        await self._app(scope, receive, dressed)
