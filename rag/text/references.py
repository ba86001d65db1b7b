"""Exact references: each of the ways to write one gives the same token.

``L. 121-1`` and ``L.121-1``, ``1,7 Md€`` and ``1,7 milliard d'euros``, ``3 février 2026``
and ``2026-02-03``: what a word-by-word analysis takes apart is put back together.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from rag.text.normalisation import fold

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juill juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"

_NUMBER: Final = (
    r"(?:\d{1,3}(?: \d{3}){1,4}(?!\d)|\d{1,3}(?:,\d{3}){2,4}(?![\d,])|\d{1,15})"
    r"(?:[.,]\d{1,6})?(?!\d)"
)
_SCALE: Final = r"(?:milliards?|mds?|billions?|bn|millions?|m|milliers?|k)"
_CURRENCY: Final = r"(?:€|euros?\b|eur\b|dollars?\b|usd\b|\$|£)"

_NOT_A_CODE: Final = frozenset(
    """
    a an and art article articles as at au aux avec by ce ces cet cette chap d dans de des
    deux dont du elle en entre env environ es est et etait ete for from il in is l la le les
    leurs loi mes moins n no nos of on ont ou ou p page pages par pas plus pour pres que qui
    r sa se ses soit son sont sous sur the tome to un une vers vol y jour jours ans mois ier
    apres avant cent depuis fin debut mi dit jusqu only over than under with about
    """.split()
) | frozenset(_MONTHS)
"""Words that stand before a number without making a code of it (``en 2026``)."""

_PREFIX: Final = "(?!(?:" + "|".join(sorted(_NOT_A_CODE)) + r")\b)"

_PATTERNS: Final = {
    "iso": r"(?P<iso_y>\d{4})-(?P<iso_m>\d{2})-(?P<iso_d>\d{2})",
    "slash": r"(?P<sl_d>\d{1,2})[/.](?P<sl_m>\d{1,2})[/.](?P<sl_y>\d{4})",
    "day": rf"(?P<day_d>\d{{1,2}})(?:er|st|nd|rd|th)? (?P<day_m>{_MONTH}) (?P<day_y>\d{{4}})",
    "american": rf"(?P<am_m>{_MONTH}) (?P<am_d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<am_y>\d{{4}})",
    "month": rf"(?P<mo_m>{_MONTH}) (?P<mo_y>\d{{4}})",
    "law": r"(?P<law_art>(?:articles?|art\.?) )?(?P<law_book>[lrda])\*?(?:"
    r"\. ?(?P<law_dotted>\d{1,5}(?:-\d{1,4}){0,5})"
    r"|(?(law_art) ?|(?<!a) ?(?=\d{1,5}-))(?P<law_plain>\d{1,5}(?:-\d{1,4}){0,5}))",
    "article": r"(?:articles?|art\.?)[ ](?P<art_n>\d{1,4}(?:-\d{1,4}){0,4})",
    "union": r"(?P<eu>\d{2,4}/\d{1,5})(?:/(?:ue|ce|cee|eu|ec)\b)?(?!/?\d)",
    "prefixed": rf"(?P<pre_sign>[€$£]) ?(?P<pre_n>{_NUMBER})(?: ?(?P<pre_scale>{_SCALE})\b)?",
    "money": rf"(?P<mon_n>{_NUMBER}) ?(?P<mon_scale>{_SCALE})? ?(?:d'|de )?"
    rf"(?P<mon_sign>{_CURRENCY})",
    "scaled": rf"(?P<sc_n>{_NUMBER}) ?(?P<sc_scale>milliards?|mds?|billions?|bn|millions?)\b",
    "percent": rf"(?P<per_n>{_NUMBER}) ?(?:%|pour ?cent\b|percent\b|per cent\b)",
    "numero": r"n(?:°|os?\b)s?[ ]?(?P<no>\d[\d/.-]{0,24}(?<=\d))",
    "dashed": r"(?P<dash>\d{1,6}(?:-\d{1,6}){1,6})(?![\d-])",
    "code": rf"(?P<code_p>{_PREFIX}[a-z]{{1,8}})(?P<code_s>-?|(?<=[a-z]{{2}}) )"
    r"(?P<code_n>\d{1,7}(?:\.\d{1,4}){0,3})(?P<code_t>[a-z]?)\b"
    rf"(?![/,.-]\d| ?[%€$]| ?(?:{_SCALE}|{_MONTH}|\d{{3}})\b)",
    "number": rf"(?P<num>{_NUMBER})",
}
_REFERENCE: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{rule})" for name, rule in _PATTERNS.items()) + ")"
)


def reference_terms(text: str) -> list[str]:
    """The references of a text as tokens, in order, repetitions kept.

    Articles of law (``l121-1``, ``art12``), numbers of acts (``2024-12``), European acts
    (``2022/2555``), codes of letters and digits (``nis2``, ``iso27001``, ``rgaa4.1``),
    amounts (``1.7md€``), percentages (``25%``), dates (``2026-02-03``, with their month
    ``2026-02``), decimals and numbers of four digits or more (``1100``). Linear time.
    """
    found: list[str] = []
    for match in _REFERENCE.finditer(fold(text)):
        found.extend(_TOKENS[match.lastgroup or "number"](match))
    return found


def _date(year: str, month: str, day: str) -> Iterator[str]:
    if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
        yield f"{year}-{int(month):02d}-{int(day):02d}"
        yield f"{year}-{int(month):02d}"


def _named_date(year: str, month: str, day: str) -> Iterator[str]:
    return _date(year, str(_MONTHS[month.rstrip(".")]), day)


def _month(match: re.Match[str]) -> Iterator[str]:
    yield f"{match['mo_y']}-{_MONTHS[match['mo_m'].rstrip('.')]:02d}"


def _law(match: re.Match[str]) -> Iterator[str]:
    yield match["law_book"] + (match["law_dotted"] or match["law_plain"])


def _amount(number: str, scale: str | None, sign: str = "") -> str:
    currency = {"d": "$", "u": "$", "e": "€"}.get(sign[:1], sign)
    return _plain(number) + _scale(scale) + currency


def _scale(word: str | None) -> str:
    if not word:
        return ""
    if word.startswith(("milliard", "md", "b")):
        return "md"
    return "k" if word.startswith(("k", "millier")) else "m"


def _plain(number: str) -> str:
    """``1 100`` as ``1100``, ``1,7`` and ``1,70`` as ``1.7``, ``30,000`` as ``30000``."""
    digits = number.replace(" ", "")
    if digits.count(",") > 1:
        digits = digits.replace(",", "")
    whole, _, decimals = digits.replace(",", ".").partition(".")
    if len(decimals) == 3 and "," in digits:
        return whole + decimals
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _code(match: re.Match[str]) -> Iterator[str]:
    prefix, number, separated = match["code_p"], match["code_n"], match["code_s"] == " "
    if separated and _merely_follows(prefix, number):
        yield from _number(number)
        return
    yield prefix + number + match["code_t"]


def _merely_follows(prefix: str, number: str) -> bool:
    """Whether a word and a number merely follow each other (``sommet 2025``)."""
    year = len(number) == 4 and number.startswith(("19", "20"))
    return "." not in number and (len(prefix) > 5 or year)


def _number(number: str) -> Iterator[str]:
    plain = _plain(number)
    if len(plain) >= 4 or "." in plain:
        yield plain


_TOKENS: Final[dict[str, Callable[[re.Match[str]], Iterator[str]]]] = {
    "iso": lambda m: _date(m["iso_y"], m["iso_m"], m["iso_d"]),
    "slash": lambda m: _date(m["sl_y"], m["sl_m"], m["sl_d"]),
    "day": lambda m: _named_date(m["day_y"], m["day_m"], m["day_d"]),
    "american": lambda m: _named_date(m["am_y"], m["am_m"], m["am_d"]),
    "month": _month,
    "law": _law,
    "article": lambda m: iter(("art" + m["art_n"],)),
    "union": lambda m: iter((m["eu"],)),
    "prefixed": lambda m: iter((_amount(m["pre_n"], m["pre_scale"], m["pre_sign"]),)),
    "money": lambda m: iter((_amount(m["mon_n"], m["mon_scale"], m["mon_sign"]),)),
    "scaled": lambda m: iter((_amount(m["sc_n"], m["sc_scale"]),)),
    "percent": lambda m: iter((_plain(m["per_n"]) + "%",)),
    "numero": lambda m: iter((m["no"],)),
    "dashed": lambda m: iter((m["dash"],)),
    "code": _code,
    "number": lambda m: _number(m["num"]),
}
