"""What a text mentions: dates, amounts, persons, places, reasons and definitions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

from rag.text.acronyms import find_expansions
from rag.text.named import find_names
from rag.text.quantities import KINDS, QUANTITIES
from rag.text.questions import question_kinds
from rag.types import Mention

__all__ = ["MentionSpan", "find_mentions", "mention_kinds", "question_kinds"]

_REASON: Final = (
    r"(?:parce qu|puisqu|afin d|afin qu|en raison d|grâce (?:à|aux?)\b|à cause d|faute de\b"
    r"|dans le but d|en vue d|pour (?:objectif|but|mission)\b|pour que\b"
    r"|vis(?:e|ent|ait|ant) à\b"
    r"|permet(?:tent|tant)?\b|en effet\b|c['’]est pourquoi|ainsi que pour\b|dû à|due? aux?\b"
    r"|pour (?:ne pas |mieux |y |en |[ls]['’]|se |la |les? )?[a-zà-ÿ]{2,20}(?:er|ir|re)\b"
    r"|(?<=[ ,;])car(?=[ \u00a0](?:ils?|elles?|on|les?|la|l['’]"
    r"|c['’]est|ce|cela|ces|cette|nous|vous|une?|sa|ses|son|leurs?|tout|selon|seule?"
    r"|aucune?|chaque)\b)"
    r"|because|in order to|due to|so that|aims? (?:to|at)|thanks to|therefore|owing to)"
)
_DEFINITION: Final = (
    r"(?:(?:est|sont|était|étaient)[ \u00a0](?:une?|des|l['’]une?|le nom|la science)\b"
    r"|désigne(?:nt|r)?\b|consiste(?:nt)? (?:à|en)\b|signifie(?:nt)?\b|on appelle\b"
    r"|appelée?s?\b|on entend par\b|se définit\b|définie?s? comme\b|c['’]est-à-dire\b"
    r"|correspond(?:ent)? à\b|autrement dit\b|veut dire\b|\bis an?\b|\bare the\b|means\b"
    r"|refers? to\b|stands for\b|defined as\b|known as\b)"
)
_ADDRESS: Final = (
    r"\d{1,4}(?: (?:bis|ter))?,? (?:rue|avenue|boulevard|place|quai|allée|chemin|cours|impasse)"
    r"[ \u00a0][^,;.\n]{2,60}"
    r"|\d{5}[ \u00a0](?-i:[A-ZÀ-Þ])[^\W\d_]+(?:-[^\W\d_]+){0,5}"
)
_MARKERS: Final = re.compile(
    rf"(?<!\w)(?:(?P<REASON>{_REASON})|(?P<DEFINITION>{_DEFINITION})|(?P<PLACE>{_ADDRESS}))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention of one kind: the half-open range ``start``–``end`` of the text read."""

    kind: Mention
    start: int
    end: int


def find_mentions(text: str) -> list[MentionSpan]:
    """All mentions in a text, by start, then end, then kind; they may overlap.

    Heuristic, for French and English. ``ACRONYM`` is an acronym beside its expansion; for
    ``REASON`` and ``DEFINITION`` the span is the words that mark it. Linear time.
    """
    found = {*_quantities(text), *_names(text), *_expansions(text), *_markers(text)}
    return sorted(found, key=lambda span: (span.start, span.end, span.kind))


def mention_kinds(text: str) -> Mention:
    """The kinds of mention in a text, as flags."""
    kinds = (span.kind for span in find_mentions(text))
    return reduce(or_, kinds, Mention.NONE)


def _quantities(text: str) -> Iterator[MentionSpan]:
    for match in QUANTITIES.finditer(text):
        yield MentionSpan(KINDS[match.lastgroup or "NUMBER"], match.start(), match.end())


def _names(text: str) -> Iterator[MentionSpan]:
    for name in find_names(text):
        yield MentionSpan(name.kind, name.start, name.end)


def _expansions(text: str) -> Iterator[MentionSpan]:
    for span in find_expansions(text):
        yield MentionSpan(Mention.ACRONYM, span.start, span.end)


def _markers(text: str) -> Iterator[MentionSpan]:
    for match in _MARKERS.finditer(text):
        yield MentionSpan(Mention[match.lastgroup or "REASON"], match.start(), match.end())
