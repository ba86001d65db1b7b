"""Numbers, dates and lists as a French reader expects them."""

import math
import re
from datetime import datetime
from typing import Final

from rag.text.normalisation import fold

_NARROW: Final = "\u202f"
_BLANK: Final = "\u00a0"
_MINUS: Final = "\u2212"
_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CATEGORIES: Final = {
    "full": "Phrases entières",
    "keywords": "Mots-clés",
    "unaccented": "Sans accents",
    "typo": "Fautes de frappe",
    "colloquial": "Langue parlée",
    "acronym": "Sigles",
    "indirect": "Questions indirectes",
    "twofacts": "Deux faits",
    "comparison": "Comparaisons",
    "table": "Tableaux",
    "list": "Listes",
    "dates": "Dates et chiffres",
    "english": "En anglais",
    "followup": "Questions de suite",
    "near": "Sans réponse, sujet voisin",
    "far": "Sans réponse, autre sujet",
}


def number(value: float, digits: int = 0) -> str:
    """``1 234,5``: decimal comma, thousands parted by narrow no-break spaces."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{digits}f}".replace(",", _NARROW).replace(".", ",")
    negative = value < 0 and text.strip("0,") != ""
    return f"{_MINUS}{text}" if negative else text


def signed(value: float, digits: int = 0) -> str:
    """A difference: `number` with its sign, whichever it is; none at zero."""
    text = number(value, digits)
    positive = value > 0 and text.strip("0,–") != ""
    return f"+{text}" if positive else text


def percent(share: float, digits: int = 1) -> str:
    """A share (0 to 1) as ``84,3 %``."""
    return f"{number(100 * share, digits)}{_BLANK}%"


def moment(created: str) -> str:
    """An ISO 8601 moment in words, ``3 février 2026 à 9 h 05 (UTC)``.

    What is no such moment is given back as it stands.
    """
    try:
        read = datetime.fromisoformat(created)
    except ValueError:
        return created
    day = "1er" if read.day == 1 else str(read.day)
    date = f"{day}{_BLANK}{_MONTHS[read.month - 1]} {read.year}"
    if len(created) <= len("2026-02-03"):
        return date
    zone = " (UTC)" if read.utcoffset() is not None and not read.utcoffset() else ""
    return f"{date} à {read.hour}{_BLANK}h{_BLANK}{read.minute:02d}{zone}"


def category_label(category: str) -> str:
    """A category of our own questions in French; another's name as it is."""
    return _CATEGORIES.get(category, category) or "Sans catégorie"


def category_order(item: tuple[str, object]) -> str:
    """What sorts items whose first member is a category: its label, accents apart."""
    return fold(category_label(item[0]))


def shown(text: str) -> str:
    """The text with what no page or XML file can hold replaced by U+FFFD.

    Control characters other than tab and line ends, lone surrogates, noncharacters.
    """
    return _UNSHOWABLE.sub("\ufffd", text)


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters of a text, cut at a word where one ends near there."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    blank = cut.rfind(" ", most * 3 // 4)
    return f"{cut[:blank] if blank > 0 else cut}…"
