"""Which names the service answers to, and whose pages may have a browser change things."""

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.settings import ServerSettings
from rag.web.http.problems import Problem, respond

_ANY: Final = "*"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGES: Final = frozenset({"", "same-origin", "none"})
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^\s:/@\[\]]{1,253})(?::\d{1,5})?")

_MISDIRECTED: Final = Problem(
    "host",
    421,
    "Nom d'hôte inconnu",
    "Ce service ne répond pas au nom que donne l'en-tête Host. S'il doit y répondre, ajoutez "
    "ce nom au réglage [server] hosts.",
)
_FOREIGN: Final = Problem(
    "origin",
    403,
    "Origine refusée",
    "La page qui envoie cette requête vient d'une autre origine. Si elle y a droit, ajoutez "
    "son origine au réglage [server] origins.",
)


class HostChecks:
    """Refuses names that are not ours, and changes asked by the pages of others.

    A page open in a browser can send requests to a service of the same machine, and, by
    having its own name lead there, read what comes back: neither may work.
    """

    def __init__(self, app: ASGIApp, server: ServerSettings) -> None:
        self._app = app
        self._names = _names(server)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in server.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            refused = self._refusal(scope)
            if refused is not None:
                await respond(refused, scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        given = headers.getlist("host")
        if len(given) != 1:
            return _MISDIRECTED
        if self._names is not None and host_name(given[0]) not in self._names:
            return _MISDIRECTED
        if scope["method"] in _SAFE_METHODS or self._own(headers, given[0]):
            return None
        return _FOREIGN

    def _own(self, headers: Headers, host: str) -> bool:
        """Whether the request comes from no page, one of ours, or one that is let in."""
        origin = headers.get("origin", "").lower()
        if not origin:
            return headers.get("sec-fetch-site", "").lower() in _OWN_PAGES
        if _ANY in self._origins or origin in self._origins:
            return True
        return origin.partition("://")[2] == host.lower()


def host_name(host: str) -> str | None:
    """The name in a Host header, in lower case and without port; None if malformed."""
    found = _HOST.fullmatch(host.strip())
    return found[1].lower().rstrip(".") if found else None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on this address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _names(server: ServerSettings) -> Collection[str] | None:
    """The names answered to; None for any."""
    named = {name.lower() for name in server.hosts}
    if _ANY in named or (not named and not is_loopback(server.host)):
        return None
    own = server.host.lower()
    return frozenset({"localhost", "127.0.0.1", "[::1]", own, f"[{own}]", *named})
