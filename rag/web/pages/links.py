"""Addresses that a page may link to, and names that a page may show."""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from rag.text.typography import typeset
from rag.types import Citation, Hit, Place

_WEB: Final = ("https://", "http://")
_BLANKS: Final = frozenset(map(chr, range(0x21)))
_STEERING: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)

_LEADING: Final = 5
"""Most questions that an address names before the one that is meant."""
_ROOM: Final = 1000
"""Most characters of them all."""


def inert(name: str) -> str:
    """A title or name as it is shown, which no line breaks where French does not.

    The characters that would turn the reading order of what follows are left out.
    """
    return typeset(name.translate(_STEERING))


def way_to(asked: tuple[str, ...]) -> list[tuple[str, str]]:
    """What an address says of a question: those that led to it, and at the end itself.

    ``asked`` are the questions of a conversation in turn, of which the last is meant. The
    farthest of those before it are left out where there is no room for all.
    """
    *before, last = asked or ("",)
    led: list[str] = []
    room = _ROOM
    for each in reversed(before[-_LEADING:]):
        room -= len(each)
        if room < 0:
            break
        led.insert(0, each)
    return [("q", each) for each in (*led, last) if each.strip()]


def asking_url(asked: tuple[str, ...]) -> str:
    """Where a question is answered, after those that led to it; see `way_to`."""
    return f"/?{urlencode(way_to(asked), errors='replace')}"


def reading_url(place: Citation | Hit | Place, asked: tuple[str, ...] = ()) -> str:
    """Where a document is read, at the place that is cited; back to a question if given."""
    pairs = [("start", str(place.start)), ("end", str(place.end)), *way_to(asked)]
    query = urlencode(pairs, errors="replace")
    return f"/documents/{quote(place.document_id, safe='')}?{query}#citation"


def web_url(address: str | None) -> str | None:
    """An address that a page may link to: of the web, never one that a browser would run."""
    if address is None or not address.lower().startswith(_WEB):
        return None
    return None if _BLANKS & set(address) else address


def local_path(asked: str | None, otherwise: str = "/") -> str:
    """A path on this very service, or else another.

    Browsers take two slashes, of either kind, for the beginning of another host, and drop
    the line breaks and tabs that would hide them.
    """
    if not asked or not asked.startswith("/") or asked[1:2] in {"/", "\\"}:
        return otherwise
    return otherwise if any(ord(char) < 0x20 for char in asked) else asked


def switch_url(request: Request, language: str) -> str:
    """The same page in a language. What came from a form is not sent again."""
    pairs = parse_qsl(request.url.query) if request.method in {"GET", "HEAD"} else []
    kept = [(name, value) for name, value in pairs if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', language)])}"
