"""Sentence boundaries of French and English prose, with offsets, in linear time.

Rules rather than a model: a full stop is judged by the word before it, what closes
behind it (``»``, brackets, a footnote's call) and what opens after the white space.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rag.types import Span

MAX_CHARACTERS: Final = 1200
"""A longer sentence is a run of data without punctuation, and is cut."""

_REACH: Final = 24
"""Characters looked at on either side of a full stop; longer words abbreviate nothing."""

_NEVER_FINAL: Final = frozenset(
    """
    mm mme mmes mlle mlles dr drs pr prof mgr mr mrs ms me messrs st ste sts cf bd bld boul
    av apr ex env réf ref tél tel resp vs sq fbg fg hon rev gen gal cdt lt col capt cne
    adj sgt approx intro e.g i.e p.ex c.-à-d c-à-d art.l dép dep arr cant
    """.split()
)
"""Abbreviations, folded in case, after which the sentence goes on whatever follows."""

_SOMETIMES_FINAL: Final = frozenset(
    """
    etc al art vol fig tab chap ch no nos nᵒ num n p pp t l éd ed sec sect §
    janv jan févr fév fevr feb avr apr juill juil jul aug sept oct nov déc dec
    coll trad dir min max hab h s km kg m cm mm ha inc ltd corp co cie jr sr ibid id op
    suiv sqq ss cit av.j.-c j.-c j-c apr.j.-c u.s u.k u.e e.u p.m a.m n.b p.s s.a ph.d
    """.split()
)
"""After these the sentence ends only if a word with a capital follows that begins another."""

STARTERS: Final = frozenset(
    """
    le la les l' un une des il elle ils elles on nous vous je tu j' ce cet cette ces c'
    cela ceci ça son sa ses leur leurs notre nos votre vos mon ma mes d' de du en au aux à
    dans sur sous avec sans pour par depuis pendant après avant selon ainsi mais or donc car
    cependant toutefois néanmoins enfin puis ensuite alors aussi si quand lorsque lorsqu'
    comme que qu' qui où quel quelle plusieurs chaque tous toutes certains aucun plus outre
    the a an it he she they we you i this that these those in on at by for from with and but
    however its his her their our when while there here after before since if as no
    """.split()
)
"""Words which, with a capital, begin a sentence even after an initial or an acronym."""

_CANDIDATE: Final = re.compile(
    r"""
    (?P<wide>[。！？]+)
    | (?P<stop>[.!?…‽]+ (?:[ \u00a0\u202f][!?]+)*)
      (?P<close>
        (?: [ \u00a0\u202f]? » | [”"'’)\]*_`]
          | [⁰¹²³⁴-⁹]+ | (?<=[a-zà-ÿ]{3}[.])[0-9]{1,2}(?=\s+[A-ZÀ-Þ«])
          | [ \u00a0]? \[\^?[0-9]{1,3}\]
        )*
      )
    | (?P<blank>(?>\r\n|[\n\r\f\v\x85\u2028\u2029]) \s* (?>\r\n|[\n\r\f\v\x85\u2028\u2029]))
    | (?P<line>[\n\r\f\v\x85\u2028\u2029]) [ \t\u00a0]*
      (?= (?P<marker>[•▪◦‣●○■□✓✔➢→*·–—-] | [0-9]{1,3}[.)] | [a-z]\)) \s )
    """,
    re.VERBOSE,
)
_WORD: Final = re.compile(r"[^\W_]")
_OPENING: Final = re.compile(r"(?P<space>\s*)(?P<signs>[^\w\s]{0,6}\s?[^\w\s]{0,6})")
_BEFORE_WORD: Final = re.compile(r".*[\s'’«»“”\"(\[{/*_|]", re.DOTALL)
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+['’]?")
_ENUMERATOR: Final = re.compile(
    r"[^\w]*(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}|[IVXLC]{1,6}|[A-Za-z]|(?:Art|Article|§) ?[0-9]+)"
)
_REFERENCE: Final = re.compile(r"[A-Z]{1,2}\*?\.?[ \u00a0]?[0-9]|[IVXLC]+\b(?!['’])")
_DASHES: Final = frozenset("–—-*·")
_CUTS: Final = ("\n", "; ", ": ", ", ")


def split_sentences(text: str) -> list[Span]:
    """The sentences of ``text``, in order.

    The spans do not overlap, neither start nor end with white space, and hold between
    them every character that is not white space. A blank line always ends a sentence, a
    single line feed only before a list's marker. None is longer than ``MAX_CHARACTERS``:
    a longer one is cut at a line feed, ``;``, ``:``, ``,`` or white space, and inside a
    word only where that word alone is longer.
    """
    spans: list[Span] = []
    for start, end in pairwise(_boundaries(text)):
        spans.extend(_pieces(text, start, end))
    return spans


def _boundaries(text: str) -> list[int]:
    """Where sentences meet, from 0 to the text's length; each one but the last has a word."""
    found = [0]
    checked, worded = 0, False
    for match in _CANDIDATE.finditer(text):
        if not worded:
            worded = _WORD.search(text, checked, match.start()) is not None
            checked = match.start()
        if worded and _ends_sentence(text, found[-1], match):
            found.append(match.end())
            checked, worded = match.end(), False
    if len(found) > 1 and _WORD.search(text, found[-1]) is None:
        found.pop()
    if found[-1] != len(text):
        found.append(len(text))
    return found


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if match["wide"] or match["blank"]:
        return True
    if match["line"]:
        return _ends_before_marker(text, match)
    end = match.end()
    if end == len(text):
        return True
    if not text[end].isspace():
        return False
    if _in_brackets(text, match):
        return False
    following = _following(text, end)
    if following[:1].islower():
        return _ends_before_lower_case(text, start, match)
    if match["stop"] != ".":
        return True
    return _full_stop_ends(text, start, match, following)


def _ends_before_marker(text: str, match: re.Match[str]) -> bool:
    """A dash at a line's start is a list's marker only after a line that has ended."""
    if match["marker"] not in _DASHES:
        return True
    before = text[max(0, match.start() - _REACH) : match.start()].rstrip()
    return before[-1:] in set(".:;,!?…»")


def _in_brackets(text: str, match: re.Match[str]) -> bool:
    """Whether the stop stands alone in brackets: ``[…]``, ``(!)``."""
    return match.start() > 0 and text[match.start() - 1] in "([" and match["close"] != ""


def _following(text: str, end: int) -> str:
    """The next ``_REACH`` characters from the first that is neither blank nor a sign."""
    opening = _OPENING.match(text, end)
    begin = opening.end() if opening else end
    return text[begin : begin + _REACH]


def _word_before(text: str, start: int, stop: int) -> str:
    """The word that a full stop touches, without elided article or opening sign."""
    reach = text[max(start, stop - _REACH) : stop]
    return _BEFORE_WORD.sub("", reach)


def _ends_before_lower_case(text: str, start: int, match: re.Match[str]) -> bool:
    """After a full stop, careless writing without capitals; else the sentence goes on.

    Only behind a plain word of five letters or more: a shorter one may be an
    abbreviation that no list holds.
    """
    if match["stop"] != "." or match["close"]:
        return False
    word = _word_before(text, start, match.start())
    return len(word) >= 5 and word.isalpha() and word.islower() and word not in _NEVER_FINAL


def _full_stop_ends(text: str, start: int, match: re.Match[str], following: str) -> bool:
    stop = match.start()
    if stop - start <= 12 and _ENUMERATOR.fullmatch(text, start, stop):
        return False
    word = _word_before(text, start, stop)
    if not word or word.isdigit():
        return True
    if word in {"M", "MM", "Mᵐᵉ"} or word.casefold() in _NEVER_FINAL:
        return False
    capital = following[:1].isupper()
    if word.casefold() in _SOMETIMES_FINAL and not word.isupper():
        called = match["close"][-1:].isdigit()
        return capital and not called and _REFERENCE.match(following) is None
    if _is_initial(word):
        first = _FIRST_WORD.match(following)
        return capital and first is not None and _is_starter(first.group())
    return True


def _is_initial(word: str) -> bool:
    """A single capital (``J.``), or letters with full stops between (``U.S.``)."""
    if len(word) == 1:
        return word.isupper()
    letters = re.split(r"[.\-]", word)
    return len(letters) > 1 and all(len(part) <= 2 and part.isalpha() for part in letters)


def _is_starter(word: str) -> bool:
    return word.casefold().replace("’", "'") in STARTERS


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """The stripped span of a sentence, or several where it is too long."""
    while (start := _skip_space(text, start, end)) < end:
        stop = min(_cut(text, start), end) if end - start > MAX_CHARACTERS else end
        yield _stripped(text, start, stop)
        start = stop


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _stripped(text: str, start: int, end: int) -> Span:
    while text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _cut(text: str, start: int) -> int:
    limit = start + MAX_CHARACTERS
    earliest = start + MAX_CHARACTERS // 3
    for mark in _CUTS:
        found = text.rfind(mark, earliest, limit)
        if found >= 0:
            return found + len(mark)
    for at in range(limit, start, -1):
        if text[at].isspace():
            return at
    return limit
