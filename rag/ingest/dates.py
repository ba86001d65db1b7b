"""Dates as documents write them, to ISO 8601."""

import re
from datetime import date, datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "février fevrier févr fevr fév fev feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "août aout aoû aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "décembre decembre déc dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"(?:D:)?(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d{2}(?:\D|$)|\d$)")
_FRENCH_DIGITS = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:er|st|nd|rd|th)?[\s-]+([^\W\d_]{3,9})\.?,?[\s-]+(\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_LONGEST = 100
_NO_DATES = frozenset({"1970-01-01", "1980-01-01", "2000-01-01", "2013-12-23"})


def parse_date(value: object) -> str | None:
    """The calendar date, as written, in ISO 8601 (``2026-02-03``).

    Reads dates and times of YAML, ISO 8601 and PDF (``D:20260203…``), the form of
    JavaScript (``Tue Dec 30 2025 15:53:26 GMT+0000``), RFC 2822, ``3 février 2026``,
    ``February 3, 2026`` and ``03/02/2026`` (day first). None for anything else, an
    impossible day included.
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str | int):
        return None
    if isinstance(value, int) and not 10_000_101 <= value <= 99_991_231:
        return None
    return _from_text(str(value).strip()[:_LONGEST])


def file_date(value: object) -> str | None:
    """``parse_date`` of a file's creation, without the dates that tools put by default."""
    date = parse_date(value)
    return None if date in _NO_DATES else date


def _from_text(text: str) -> str | None:
    if iso := _ISO.match(text):
        return _calendar(iso[1], iso[2], iso[3])
    if digits := _FRENCH_DIGITS.search(text):
        return _calendar(digits[3], digits[2], digits[1])
    for match in _DAY_MONTH.finditer(text):
        if month := _MONTHS.get(match[2].casefold()):
            return _calendar(match[3], month, match[1])
    for match in _MONTH_DAY.finditer(text):
        if month := _MONTHS.get(match[1].casefold()):
            return _calendar(match[3], month, match[2])
    return None


def _calendar(year: str, month: str | int, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
