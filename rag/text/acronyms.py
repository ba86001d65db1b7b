"""Acronyms that stand beside the words they are made of."""

import re
from collections.abc import Iterator
from typing import Final

from rag.text.normalisation import fold
from rag.types import Span

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


def find_expansions(text: str) -> Iterator[Span]:
    """Acronyms with their expansion, whichever of the two comes first.

    ``Institut du Numérique Responsable (INR)``, ``DGE (Direction générale des
    entreprises)``, ``INR signifie …``. The words must spell the acronym.
    """
    for match in _AFTER.finditer(text):
        base = max(0, match.start() - _REACH)
        start = _spelled_before(match["acronym"], text[base : match.start()])
        if start is not None:
            yield Span(base + start, match.end())
    for match in _BEFORE.finditer(text):
        end = _spelled_after(match["acronym"], match["words"])
        if end is not None:
            closed = text.startswith(")", match.start("words") + end)
            yield Span(match.start(), match.start("words") + end + closed)
    for match in _EXPLAINED.finditer(text):
        yield Span(match.start(), match.end())


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
