"""The shape of a line: whether it ends a sentence, opens a list, looks like a heading.

Every test is linear in its input, or looks at a bounded part of it.
"""

import re

_HEADING_LENGTH = 120
"""Longest line taken for a heading on its shape alone, in characters."""

_CLOSERS = " \xa0\u202f»”’\"')]}*_⁰¹²³⁴⁵⁶⁷⁸⁹"
_CALL_AT_END = re.compile(r"\[\^[^\]\s]{1,40}\]$")
_FUNCTION_WORDS = frozenset(
    "à a au aux avec ce ces cette chez comme d dans de des du elle en entre est et il l la "
    "le les leur leurs mais ne nos notre ou où par pas pour puis qu que qui sa sans se ses "
    "son sont sous sur un une vers votre vos the of and or to in for by with from".split()
)
_MONTH = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
_DATE_AT_END = re.compile(rf"\b\d{{1,2}}(?:er)?\s(?:{_MONTH})\s\d{{4}}$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})(?:[.)]|\s?[-–—])|\d{1,2}(?:\.\d{1,2}){1,3})"
    r"\s+(?=[A-ZÀ-ÖØ-Þ0-9«“\"])"
)
_NOT_A_HEADING = re.compile(
    r"(?:sources?|crédits?(?: photos?)?|photos?|légende|illustration|contacts?(?: presse)?|"
    r"tél(?:éphone)?|e-?mail|courriel|fax|adresse|isbn|issn|nb|n\.b|ps)\s?[:.]"
    r"|plus d[e’' ]\s?(?:information|info|détail)|en savoir plus|lire (?:aussi|la suite|plus)"
    r"|voir (?:aussi|la|le|les|l[’'])|consulte[rz]|télécharge[rz]|cliquez|retrouvez"
    r"|inscri(?:vez|ption ici)|je m[’']inscris|read more|learn more|see also|par [A-ZÉ]"
    r"|n°|©|\(c\)",
    re.IGNORECASE,
)
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3,}[.!?…]\s+[A-ZÀ-ÖØ-Þ]")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def _last_character(text: str) -> str:
    """The last character that counts: closing marks and note calls are passed over."""
    tail = text[-80:].rstrip(_CLOSERS)
    return _CALL_AT_END.sub("", text[-80:].rstrip()).rstrip(_CLOSERS)[-1:] or tail[-1:]


def ends_sentence(text: str) -> bool:
    """Whether it ends as a sentence does."""
    return _last_character(text) in {".", "!", "?", "…"}


def introduces(text: str) -> bool:
    """Whether it announces what follows: it ends with a colon."""
    return _last_character(text) == ":"


def is_open(text: str) -> bool:
    """Whether it breaks off: nothing at its end closes a sentence or a list item."""
    return _last_character(text) not in {".", "!", "?", "…", ":", ";"}


def ends_in_mid_phrase(text: str) -> bool:
    """Whether it ends with a comma or a word that cannot end a phrase (``de``, ``la``)."""
    if _last_character(text) == ",":
        return True
    words = _WORD.findall(text[-40:])
    if not words or not text[-1:].isalpha():
        return False
    return words[-1].rsplit("’")[-1].rsplit("'")[-1] in _FUNCTION_WORDS


def starts_lower(text: str) -> bool:
    """Whether its first letter is a small one, an opening mark aside."""
    return text.lstrip("«“\"'(*_ \xa0\u202f")[:1].islower()


def words(text: str) -> int:
    """How many words it holds."""
    return sum(1 for _ in _WORD.finditer(text))


def is_prose(text: str) -> bool:
    """Whether it reads as running text, such as stands below a heading."""
    if len(text) >= 160:
        return True
    return words(text) >= 7 and (ends_sentence(text) or introduces(text))


def numbering(text: str) -> str | None:
    """The number that opens a heading (``1.``, ``2.3``, ``IV.``), or None."""
    match = _NUMBERED.match(text)
    return match.group().strip() if match else None


def is_shouted(text: str) -> bool:
    """Whether it is at least two words, all in capitals."""
    return words(text) >= 2 and text.isupper() and len(text) <= 80


def looks_like_heading(text: str, longest: int = _HEADING_LENGTH) -> bool:
    """Whether the line could be a heading: the company it keeps decides the rest."""
    line = text.strip()
    if not 3 <= len(line) <= longest or "\n" in line or "\t" in line:
        return False
    if not (line[0].isupper() or line[0].isdigit() or line[0] in '«“"¿¡[('):
        return False
    if line[-1] in ".;,:…-–—/|" or starts_lower(line):
        return False
    letters = sum(character.isalpha() for character in line)
    if letters < 3 or letters * 2 < len(line) or words(line) > 24:
        return False
    if "@" in line or "://" in line or "www." in line:
        return False
    return _balanced(line) and not _excluded(line)


def _balanced(line: str) -> bool:
    pairs = ("«»", "“”", "()", "[]")
    return all(line.count(pair[0]) == line.count(pair[1]) for pair in pairs)


def _excluded(line: str) -> bool:
    if _NOT_A_HEADING.match(line) or _DATE_AT_END.search(line[-40:]):
        return True
    if ends_in_mid_phrase(line):
        return True
    number = numbering(line)
    return bool(_SENTENCE_INSIDE.search(line[len(number) :] if number else line))
