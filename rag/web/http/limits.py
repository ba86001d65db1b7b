"""How much a request may bring, how slowly, and how often a key may come."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import RateLimitError, UploadTooLargeError
from rag.settings import ServerSettings
from rag.web.http.problems import Problem, Refused, problem_of, respond

_UPLOADS: Final = ("/v1/documents", "/documents")
_SLOWEST: Final = 1024
_LINGER_SECONDS: Final = 10.0
_LINGER_BYTES: Final = 1_000_000_000
_MINUTE: Final = 60.0
_MOST_KEYS: Final = 10_000

_TOO_SLOW: Final = Problem(
    "timeout",
    408,
    "Requête trop lente",
    "Le corps de la requête n'arrive pas, ou trop lentement. Envoyez-le d'une traite.",
    {"Connection": "close"},
)


class Limits:
    """Bounds the body of each request in size and in time, as it is read."""

    def __init__(self, app: ASGIApp, server: ServerSettings) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that ends, or refuse it at once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploads = scope["path"].startswith(_UPLOADS)
        most = self._server.upload_bytes if uploads else self._server.body_bytes
        body = _Body(receive, most, self._server.read_seconds)
        answer = body.lingering(send)
        if _announced(scope) > body.most:
            refused = problem_of(body.refuse())
            await respond(refused, scope)(scope, body.receive, answer)
            return
        await self._app(scope, body.receive, answer)


class _Body:
    """A request's body as it comes, up to ``most`` bytes."""

    def __init__(self, receive: Receive, most: int, silence: float) -> None:
        self.most = most
        self._receive = receive
        self._silence = silence
        self._taken = 0
        self._waited = 0.0
        self._whole = False
        self._refused = False

    def refuse(self) -> UploadTooLargeError:
        """The error that says that there is too much; what is left will be thrown away."""
        self._refused = True
        return UploadTooLargeError(
            f"Cette requête dépasse la limite de {self.most} octets. Envoyez-en moins à la "
            "fois, ou relevez la limite (réglages [server] upload_bytes et body_bytes)."
        )

    async def receive(self) -> Message:
        """The next part; `UploadTooLargeError` or `Refused` if it is too much or too slow."""
        if self._whole:
            # Nothing more to come but the client's leaving, which may take its time.
            return await self._receive()
        message = await self._timely()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._whole = True
        self._taken += len(message.get("body", b""))
        if self._taken > self.most:
            raise self.refuse()
        return message

    def lingering(self, send: Send) -> Send:
        """A ``send`` that, after a refusal, ends only once the client has had its say.

        Hanging up on a client that is still sending would have the refusal lost on its way.
        """

        async def sent(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body")
            if not (last and self._refused):
                await send(message)
                return
            await send({**message, "more_body": True})
            await self._drain()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return sent

    async def _timely(self) -> Message:
        loop = asyncio.get_running_loop()
        started = loop.time()
        left = self._silence + self._taken / _SLOWEST - self._waited
        try:
            async with asyncio.timeout(min(self._silence, left)):
                return await self._receive()
        except TimeoutError as error:
            raise Refused(_TOO_SLOW) from error
        finally:
            self._waited += loop.time() - started

    async def _drain(self) -> None:
        left = _LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0 and not self._whole:
                    message = await self._receive()
                    self._whole = not message.get("more_body", False)
                    left -= len(message.get("body", b""))


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class RateLimits:
    """A bucket of requests for each key, which fills as time passes; on one thread.

    Args:
        per_minute: how many requests a minute, and how many at once; 0 for no limit.
        most: how many keys are remembered; the one unseen for longest is forgotten.
        clock: seconds that only increase.
    """

    def __init__(
        self,
        per_minute: int,
        most: int = _MOST_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = float(per_minute)
        self._rate = per_minute / _MINUTE
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one request of a key; `RateLimitError` where it has none left for now."""
        if not self._rate:
            return
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled) * self._rate)
        bucket.filled = now
        if bucket.tokens < 1.0:
            wait = math.ceil((1.0 - bucket.tokens) / self._rate)
            raise RateLimitError(
                f"Cette clé a fait toutes ses requêtes ; réessayez dans {wait} s.", max(1, wait)
            )
        bucket.tokens -= 1.0


def _announced(scope: Scope) -> int:
    """The length that the request says it has; 0 where it says none, or no number."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 20 else 0
