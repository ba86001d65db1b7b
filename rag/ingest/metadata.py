"""What a document says of itself: front matter, dates, the date that its first lines give."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import yaml

from rag.ingest.characters import clean_text, fold_line
from rag.ingest.draft import DraftBlock
from rag.types import Metadata

_LARGEST = 65_536
_OPENING = re.compile(r"\s*---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_SIMPLE_LINE = re.compile(r"([A-Za-z][\w .-]{0,40}?)[ \t]*:(?:[ \t]+|$)(.*)")
_LIST_LINE = re.compile(r"[ \t]+-[ \t]+(.*)|-[ \t]+(.*)")
_LONGEST_VALUE = 2000
_MOST_CATEGORIES = 50
_NO_CATEGORY = frozenset({"non classé", "uncategorized", "uncategorised", "sans catégorie"})
_TITLE = ("title", "titre", "seotitle", "headline")
_DATE = tuple(
    "date datepublished published publisheddate publicationdate publishedat "
    "pubdate datepublication datedepublication created updated lastmod".split()
)
_SOURCE = ("source", "publisher", "site", "sitename", "editeur", "éditeur", "organisation")
_URL = ("canonical", "canonicalurl", "link", "url", "sourceurl", "permalink", "lien")
_LANGUAGE = ("language", "lang", "langue", "locale")
_AUTHOR = ("author", "authors", "auteur", "auteurs", "byline")
_DESCRIPTION = ("description", "seodescription", "summary", "résumé", "resume", "excerpt")
_CATEGORIES = ("categories", "category", "catégories", "tags", "keywords", "motsclés")
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
_LONGEST_DATE = 100
_NO_DATES = frozenset({"1970-01-01", "1980-01-01", "2000-01-01", "2013-12-23"})
_FIRST_BLOCKS = 6
_LONGEST_DATELINE = 140
_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}(?:er)? [^\W\d_]{3,9} \d{4})"
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
_DATELINE = re.compile(
    rf"(?:(?:publié|mis en ligne|paru|publication|date|mise à jour|dernière mise à jour)"
    rf"(?: le| ?:)? {_WEEKDAY}"
    rf"|[A-ZÉÈÎ][\w' -]{{1,40}}, le {_WEEKDAY}|le {_WEEKDAY}|{_WEEKDAY})?({_DAY})\.?\Z",
    re.IGNORECASE,
)
_BYLINE = re.compile(r".{3,110}, (\d{4}-\d{2}-\d{2})\Z")


class _NoAliasLoader(yaml.SafeLoader):
    """A loader for which an alias, the stuff of entity bombs, is an error."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; refuses aliases."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """The metadata at the head of ``text``, and what follows it.

    YAML that does not parse (``title: Foo : bar``) is read line by line instead; a head
    that is no mapping at all is left in the text.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return Metadata(), text
    closing = _CLOSING.search(text, opening.end(), opening.end() + _LARGEST)
    if closing is None:
        return Metadata(), text
    values = _mapping(text[opening.end() : closing.start()])
    if not values:
        return Metadata(), text
    return metadata_from(values), text[closing.end() :]


def metadata_from(values: Mapping[str, object]) -> Metadata:
    """Metadata from keys as sites and editors name them; wrong types count as absent."""
    plain = {re.sub(r"[\s_.-]", "", key.casefold()): value for key, value in values.items()}
    dates = (parse_date(plain.get(key)) for key in _DATE)
    urls = (_url(plain.get(key)) for key in (*_URL, "source"))
    sources = (text for key in _SOURCE if (text := _text(plain.get(key))))
    return Metadata(
        title=_first(plain, _TITLE),
        date=next((date for date in dates if date), None),
        source=next((text for text in sources if _url(text) is None), None),
        source_url=next((url for url in urls if url), None),
        language=_language(_first(plain, _LANGUAGE)),
        author=_first(plain, _AUTHOR),
        description=_first(plain, _DESCRIPTION),
        categories=_categories(plain),
    )


def _mapping(source: str) -> dict[str, object]:
    try:
        # The loader is a SafeLoader, stricter still.
        loaded = yaml.load(source, Loader=_NoAliasLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError):
        return _line_by_line(source)
    if not isinstance(loaded, dict):
        return {}
    return {str(key): value for key, value in loaded.items() if isinstance(key, str)}


def _line_by_line(source: str) -> dict[str, object]:
    values: dict[str, object] = {}
    items: list[str] = []
    for line in source.splitlines():
        if match := _SIMPLE_LINE.match(line):
            items = []
            values[match[1]] = match[2].strip().strip("\"'") or items
        elif match := _LIST_LINE.match(line):
            items.append((match[1] or match[2] or "").strip().strip("\"'"))
    return values


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = ", ".join(text for item in value[:20] if (text := _text(item)))
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return fold_line(clean_text(str(value)[:_LONGEST_VALUE])) or None
    except ValueError:
        return None


def _first(values: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := _text(values.get(key)))), None)


def _url(value: object) -> str | None:
    text = _text(value) if isinstance(value, str) else None
    if text and re.match(r"https?://[^\s<>\"]+\Z", text, re.IGNORECASE):
        return text
    return None


def _language(value: str | None) -> str | None:
    match = re.match(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\Z", value or "")
    return match[1].casefold() if match else None


def _categories(values: Mapping[str, object]) -> tuple[str, ...]:
    found: list[str] = []
    for key in _CATEGORIES:
        value = values.get(key)
        items = value if isinstance(value, list) else (_text(value) or "").split(",")
        found += [text for item in items[:_MOST_CATEGORIES] if (text := _text(item))]
    told = (name for name in found if name.casefold() not in _NO_CATEGORY)
    return tuple(dict.fromkeys(told))[:_MOST_CATEGORIES]


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
    return _from_text(str(value).strip()[:_LONGEST_DATE])


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


def dateline(blocks: Sequence[DraftBlock]) -> str | None:
    """The ISO date of a line such as ``Paris, le 12 février 2026`` or ``DGE, 2026-02-12``.

    Only the first blocks count, and only lines that are nothing but a date and what
    announces it: the date of an event told there is no date of the document.
    """
    for block in blocks[:_FIRST_BLOCKS]:
        text = block.text.replace("\xa0", " ").strip()
        if len(text) > _LONGEST_DATELINE:
            continue
        match = _DATELINE.match(text) or _BYLINE.match(text)
        if match and (date := parse_date(match[1])):
            return date
    return None
