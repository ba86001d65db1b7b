"""A quote found again in a text that writes it a little differently, in linear time.

A person who copies a quote types plain spaces and straight apostrophes, and copies the
marks of Markdown that the reading text does not have. Both are folded to be compared, and
each place in what was folded knows where it comes from.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from rag.text.normalisation import normalise
from rag.types import Span

_MARKS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_PLAIN: Final = "!-{}~À-ÖØ-öø-ÿ"
_UNITS: Final = re.compile(
    rf"(?P<plain>[{_PLAIN}]+(?: [{_PLAIN}]+)*)(?![{_MARKS}])"
    r"|(?P<guillemet>[«‹]\s*|\s*[»›])"
    r"|(?P<space>[\s|]+)"
    r"|(?P<unseen>[\xad\u200b-\u200d\u2060\ufeff]+)"
    rf"|(?P<other>[\s\S][{_MARKS}]*)"
)
"""Stretches that fold on their own, whatever stands beside them."""

_TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʹʻʼʽ´＇", "'"),
        **dict.fromkeys("“”„‟″＂", '"'),
        **dict.fromkeys("‐‑−", "-"),
    }
)
_MISSES: Final = 64
"""Places where the quote ends within a character, looked at before giving up."""

_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,500}\)")
_OPENING: Final = re.compile(r"\A(?:#{1,6}|[-*+•>]|\d{1,3}[.)])\s+")
_EMPHASIS: Final = re.compile(r"(?<!\\)\*+|`+|~~+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")
_ESCAPED: Final = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True)
class _Folded:
    """A folded text, and the stretch of the original that each stretch of it is.

    Stretch ``i`` begins at ``starts[i]`` in ``text`` and is ``origins[i]`` of the original;
    it folds to itself, character for character, where ``plain[i]``.
    """

    text: str
    starts: list[int]
    origins: list[Span]
    plain: list[bool]

    def origin(self, start: int, end: int) -> Span | None:
        """What a range of the folded text was, or None if it cuts a character in two."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        into, reach = start - self.starts[first], end - self.starts[last]
        if into and not self.plain[first]:
            return None
        if not self.plain[last] and end != self._end(last):
            return None
        until = self.origins[last]
        return Span(
            self.origins[first].start + into,
            until.start + reach if self.plain[last] else until.end,
        )

    def _end(self, stretch: int) -> int:
        following = stretch + 1
        return self.starts[following] if following < len(self.starts) else len(self.text)


class Reading:
    """A text in which many quotes are sought; folded once, when one needs it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded: _Folded | None = None

    def locate(self, quote: str, start: int | None = None) -> Span | None:
        """Where a quote first stands, or nearest to ``start`` if it is given; else None.

        Its exact characters first (only among these does ``start`` choose); else those that
        differ from them only by white space (any run of it, no-break included, is one space,
        and so are the bars between a row's cells), compatibility forms (NFKC), apostrophes,
        quotation marks (French ones with the space inside them), hyphens and invisible
        characters; else the same without the marks of Markdown in the quote. Case and
        accents count. The span begins and ends at whole characters: half of a ligature is
        no match.
        """
        wanted = quote.strip()
        if not wanted:
            return None
        found = self._exact(wanted, start)
        if found >= 0:
            return Span(found, found + len(wanted))
        return self._loose(folded(wanted)) or self._loose(folded(_without_marks(wanted)))

    def _exact(self, wanted: str, start: int | None) -> int:
        if start is None:
            return self._text.find(wanted)
        after = self._text.find(wanted, start)
        before = self._text.rfind(wanted, 0, start + len(wanted) - 1)
        if min(before, after) < 0:
            return max(before, after)
        return after if after - start <= start - before else before

    def _loose(self, wanted: str) -> Span | None:
        if not wanted:
            return None
        if self._folded is None:
            self._folded = _fold(self._text)
        found = -1
        for _ in range(_MISSES):
            found = self._folded.text.find(wanted, found + 1)
            if found < 0:
                return None
            span = self._folded.origin(found, found + len(wanted))
            if span is not None:
                return self._trimmed(span)
        return None

    def _trimmed(self, span: Span) -> Span:
        """Without the white space that a guillemet at either end folded with itself."""
        found = self._text[span.start : span.end]
        start = span.start + len(found) - len(found.lstrip())
        return Span(start, start + len(found.strip()))


def folded(text: str) -> str:
    """A text as quotes are compared by, without white space at its ends."""
    return _fold(text).text.strip()


def _fold(text: str) -> _Folded:
    parts: list[str] = []
    starts: list[int] = []
    origins: list[Span] = []
    plain: list[bool] = []
    length = 0
    for match in _UNITS.finditer(text):
        kind = match.lastgroup or ""
        part = _folded_unit(kind, match.group())
        if not part or (part == " " and parts and parts[-1] == " "):
            continue
        parts.append(part)
        starts.append(length)
        origins.append(Span(match.start(), match.end()))
        plain.append(kind == "plain")
        length += len(part)
    return _Folded("".join(parts), starts, origins, plain)


def _folded_unit(kind: str, unit: str) -> str:
    if kind == "plain":
        return unit
    if kind == "guillemet":
        return '"'
    if kind == "space":
        return " "
    if kind == "unseen":
        return ""
    # Some compatibility forms begin with a space, which no reader would see as one.
    return normalise("NFKC", unit.translate(_TYPOGRAPHY)).replace(" ", "")


def _without_marks(quote: str) -> str:
    """The quote as the Markdown reader would read it: text without marks."""
    lines = (_LINK.sub(r"\1", line.strip()) for line in quote.splitlines())
    bare = " ".join(_OPENING.sub("", line) for line in lines if not _is_rule(line))
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub("", bare))


def _is_rule(line: str) -> bool:
    """Whether it is the rule below a table's header, of which nothing is read."""
    return "|" in line and not line.strip("|:- \t")
