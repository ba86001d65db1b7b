"""What a text mentions: dates, amounts, persons, places, reasons and definitions."""

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Final

from rag.text.named_entities import MentionSpan, find_named_entities
from rag.text.normalisation import fold
from rag.text.quantities import KINDS, QUANTITIES
from rag.types import Mention

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
    r"[ \u00a0][^,;.\n]{2,60}|\d{5}[ \u00a0](?-i:[A-ZÀ-Þ])[^\W\d_]+(?:-[^\W\d_]+){0,5}"
)
_MARKERS: Final = re.compile(
    rf"(?<!\w)(?:(?P<REASON>{_REASON})|(?P<DEFINITION>{_DEFINITION})|(?P<PLACE>{_ADDRESS}))",
    re.IGNORECASE,
)
_ACRONYM: Final = r"[A-Z][A-Za-z0-9&-]{1,11}"
_AFTER: Final = re.compile(rf"\((?:ou |dite? )?[\"«“]?(?P<acronym>{_ACRONYM})[\"»”]?\)")
_BEFORE: Final = re.compile(
    rf"(?<![\w-])(?P<acronym>{_ACRONYM})"
    r"(?:[ \u00a0]?\(|[ \u00a0]?[:—–][ \u00a0]|, (?:pour |soit )?)(?P<words>[^()\n.;]{5,160})"
)
_EXPLAINED: Final = re.compile(
    r"\b[A-Z][A-Z0-9&-]{1,11}\b[ \u00a0](?:signifie|veut dire|est (?:le sigle|l['’]acronyme)|"
    r"stands for|means|désigne)\b"
)
_WORD: Final = re.compile(r"[^\W_]+")
_REACH: Final = 160
"""Characters before an acronym in which its words are looked for."""
_WORDS: Final = 14


def find_mentions(text: str) -> list[MentionSpan]:
    """All mentions in a text, by start, then end, then kind; they may overlap.

    Heuristic, for French and English. ``ACRONYM`` is an acronym beside its expansion; for
    ``REASON`` and ``DEFINITION`` the span is the words that mark it. Linear time.
    """
    marked = {*_expansions(text), *_markers(text)}
    found = marked.union(_quantities(text), find_named_entities(text))
    return sorted(found, key=lambda span: (span.start, span.end, span.kind))


def mention_kinds(text: str) -> Mention:
    """The kinds of mention in a text, as flags."""
    kinds = (span.kind for span in find_mentions(text))
    return reduce(or_, kinds, Mention.NONE)


def _quantities(text: str) -> Iterator[MentionSpan]:
    for match in QUANTITIES.finditer(text):
        yield MentionSpan(KINDS[match.lastgroup or "NUMBER"], match.start(), match.end())


def _expansions(text: str) -> Iterator[MentionSpan]:
    """Acronyms with their expansion, whichever of the two comes first.

    ``Institut du Numérique Responsable (INR)``, ``DGE (Direction générale des
    entreprises)``, ``INR signifie …``. The words must spell the acronym.
    """
    for match in _AFTER.finditer(text):
        base = max(0, match.start() - _REACH)
        start = _spelled_before(match["acronym"], text[base : match.start()])
        if start is not None:
            yield MentionSpan(Mention.ACRONYM, base + start, match.end())
    for match in _BEFORE.finditer(text):
        end = _spelled_after(match["acronym"], match["words"])
        if end is not None:
            end += match.start("words")
            closed = text.startswith(")", end)
            yield MentionSpan(Mention.ACRONYM, match.start(), end + closed)
    for match in _EXPLAINED.finditer(text):
        yield MentionSpan(Mention.ACRONYM, match.start(), match.end())


def _markers(text: str) -> Iterator[MentionSpan]:
    for match in _MARKERS.finditer(text):
        yield MentionSpan(Mention[match.lastgroup or "REASON"], match.start(), match.end())


def _spelled_before(acronym: str, before: str) -> int | None:
    words = list(_WORD.finditer(before))[-_WORDS:]
    for place in range(len(words) - 1, -1, -1):
        if _spells(acronym, [word.group() for word in words[place:]]):
            return words[place].start()
    return None


def _spelled_after(acronym: str, after: str) -> int | None:
    words = list(_WORD.finditer(after))[:_WORDS]
    for count in range(2, len(words) + 1):
        if _spells(acronym, [word.group() for word in words[:count]]):
            return words[count - 1].end()
    return None


def _spells(acronym: str, words: list[str]) -> bool:
    """Whether the acronym's capitals are, in order, initials of the words, nearly all.

    The first capital is the first word's initial and the last matched capital the last
    word's; a capital in five may be missing.
    """
    letters = [fold(letter) for letter in acronym if letter.isupper()]
    initials = [fold(word)[:1] for word in words]
    if len(letters) < 2 or len(words) < 2 or letters[0] != initials[0]:
        return False
    matched, last = 0, -1
    for place, initial in enumerate(initials):
        if matched < len(letters) and initial == letters[matched]:
            matched, last = matched + 1, place
    return last == len(initials) - 1 and matched * 5 >= len(letters) * 4
