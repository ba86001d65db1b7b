"""Front matter: the YAML between two ``---`` lines, read as hostile input."""

import re
from collections.abc import Mapping

import yaml

from rag.ingest.characters import clean_text, fold_line
from rag.ingest.dates import parse_date
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
_DATE = (
    "date",
    "datepublished",
    "published",
    "publisheddate",
    "publicationdate",
    "publishedat",
    "pubdate",
    "datepublication",
    "datedepublication",
    "created",
    "updated",
    "lastmod",
)
_SOURCE = ("source", "publisher", "site", "sitename", "editeur", "éditeur", "organisation")
_URL = ("canonical", "canonicalurl", "link", "url", "sourceurl", "permalink", "lien")
_LANGUAGE = ("language", "lang", "langue", "locale")
_AUTHOR = ("author", "authors", "auteur", "auteurs", "byline")
_DESCRIPTION = ("description", "seodescription", "summary", "résumé", "resume", "excerpt")
_CATEGORIES = ("categories", "category", "catégories", "tags", "keywords", "motsclés")


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
