"""Every word of the interface, and the language that a reader wants them in."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request

from rag.text.typography import typeset

LANGUAGES: Final = ("fr", "en")
"""Those that the interface speaks; the first where the reader asks for no other."""

COOKIE: Final = "sourcier_lang"
"""The cookie that remembers the language asked for."""

_PARAMETER: Final = "lang"
_RANGES: Final = 20
_FOLDER: Final = Path(__file__).parents[1] / "wording"
_FORMS: Final = frozenset({"one", "other"})
_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")
_UNQUOTED: Final = re.compile(r"«[^»]*»|(?<=\w)'(?=\w)")
_NARROW: Final = "\u202f"
_THOUSAND: Final = 1000

Entry = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """The interface in one language. ``entries`` are by dotted key, ``ask.placeholder``.

    An entry that depends on a number has two forms, ``one`` and ``other``, chosen by ``n``.
    """

    language: str
    entries: Mapping[str, Entry]

    def __getitem__(self, key: str) -> str:
        return self(key)

    def __call__(self, key: str, /, **values: object) -> str:
        """An entry with its values in place of its ``{names}``; numbers are written out.

        Raises `KeyError` where there is no such key, or a value that it takes was not given.
        """
        entry = self.entries[key]
        text = entry if isinstance(entry, str) else entry[self._form(values["n"])]
        if "{" not in text:
            return text
        return text.format_map({name: self._said(value) for name, value in values.items()})

    def tables(self, *names: str) -> dict[str, Any]:
        """The entries of some tables, by their whole keys: what a script of a page needs."""
        prefixes = tuple(f"{name}." for name in names)
        return {
            key: entry if isinstance(entry, str) else dict(entry)
            for key, entry in self.entries.items()
            if key.startswith(prefixes)
        }

    def number(self, value: float, digits: int = 0) -> str:
        """A number as the language writes it: « 12 345,6 », "12,345.6"."""
        plain = f"{value:,.{digits}f}"
        if self.language != "fr":
            return plain
        return plain.translate({ord(","): _NARROW, ord("."): ",", ord("-"): "\u2212"})

    def percent(self, share: float) -> str:
        """A share, 0 to 1, in per cent: « 94 % », "94%"."""
        return self("common.percent", share=self.number(100 * share))

    def size(self, count: int) -> str:
        """A number of bytes, in the unit that keeps it short."""
        size, unit = float(count), 0
        while size >= _THOUSAND and unit < 3:
            size, unit = size / _THOUSAND, unit + 1
        digits = 1 if unit and size < 10 else 0
        return self(f"common.size_{unit}", size=self.number(size, digits))

    def date(self, iso: str) -> str:
        """A date in words, from ISO 8601; a year or a month alone, as it is said.

        What is no such date comes back as it was given.
        """
        found = re.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])", iso)
        if not found or not 1 <= int(found[2] or 1) <= 12:
            return iso
        year = str(int(found[1]))
        if found[2] is None:
            return year
        month = self[f"common.month_{int(found[2])}"]
        if found[3] is None:
            return self("common.month_year", month=month, year=year)
        if not 1 <= int(found[3]) <= 31:
            return iso
        day = int(found[3])
        key = "common.first_of_month" if day == 1 else "common.day_month_year"
        return self(key, day=str(day), month=month, year=year)

    def moment(self, iso: str) -> str:
        """A date and its time of day (UTC), from ISO 8601."""
        time = re.search(r"T(\d{2}):(\d{2})", iso)
        if time is None:
            return self.date(iso)
        return self("common.moment", date=self.date(iso), hour=time[1], minute=time[2])

    def _form(self, number: object) -> str:
        if not isinstance(number, int | float):
            raise KeyError("n")
        return "one" if number == 1 or (self.language == "fr" and 0 <= number < 2) else "other"

    def _said(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return self.number(value, 0 if isinstance(value, int) else 1)


@cache
def wording(language: str) -> Wording:
    """The interface in one of `LANGUAGES`."""
    text = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return Wording(language, MappingProxyType(_flat(tomllib.loads(text), language)))


def typeset_message(text: str) -> str:
    """What the service says in French, set as the interface is; what it quotes, as it is."""
    return _UNQUOTED.sub(lambda found: "’" if found[0] == "'" else found[0], typeset(text))


def asked_language(request: Request) -> str | None:
    """The language that the address asks for, ``?lang=en``; None where it asks for none."""
    asked = request.query_params.get(_PARAMETER)
    return asked if asked in LANGUAGES else None


def language_of(request: Request) -> str:
    """The language asked for, remembered, preferred by the browser, or else the first."""
    asked = asked_language(request) or request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return str(asked)
    preferred = sorted(_preferences(request.headers.get("accept-language", "")), reverse=True)
    return next((language for _, _, language in preferred), LANGUAGES[0])


def _flat(table: Mapping[str, Any], language: str, prefix: str = "") -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str):
            entries[key] = _set(value, language)
        elif value.keys() == _FORMS:
            entries[key] = {form: _set(text, language) for form, text in value.items()}
        else:
            entries |= _flat(value, language, f"{key}.")
    return entries


def _set(text: str, language: str) -> str:
    """A text with the signs that its language's typography asks for."""
    curled = _APOSTROPHE.sub("’", text)
    return typeset(curled) if language == "fr" else curled


def _preferences(header: str) -> Iterator[tuple[float, int, str]]:
    """Our languages among those accepted: how much each is wanted, then how early."""
    for position, each in enumerate(header.split(",")[:_RANGES]):
        name, _, parameters = each.partition(";")
        language = name.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > 0:
            yield weight, -position, language


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
