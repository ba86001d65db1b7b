"""What is known of the request under way: for its problem, its line in the log, its id."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class Exchange:
    """A request and what is learnt of it on the way; one for each, never shared.

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


CURRENT: Final[ContextVar[Exchange | None]] = ContextVar("exchange", default=None)
"""The exchange of the task or thread that asks; None outside of any."""


def begin(scope: Scope) -> Exchange:
    """A new exchange, made current. Its id is the one given, where it is short and plain."""
    given = header(scope, b"x-request-id")
    exchange = Exchange(given if _PLAIN.fullmatch(given) else secrets.token_hex(8))
    CURRENT.set(exchange)
    return exchange


def current() -> Exchange:
    """The exchange under way; outside of any, one that nobody sees."""
    return CURRENT.get() or Exchange("")


def header(scope: Scope, name: bytes) -> str:
    """The first value of a request's header, by its name in lower case; empty if absent."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def headers(scope: Scope, name: bytes) -> list[str]:
    """Every value of a request's header, by its name in lower case."""
    return [str(value, "latin-1") for key, value in scope["headers"] if key == name]


def template(scope: Scope) -> str:
    """The template of the route that was found, ``/v1/jobs/{id}``; empty if none was."""
    return getattr(scope.get("route"), "path", "")
