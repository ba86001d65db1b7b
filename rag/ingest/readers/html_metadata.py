"""What a page says of itself: JSON-LD, meta elements, time, link, title."""

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.ingest.characters import fold_line
from rag.ingest.dates import parse_date
from rag.ingest.readers.front_matter import metadata_from
from rag.ingest.readers.html_tree import is_skipped
from rag.types import Metadata

_LARGEST_JSON = 262_144
_MOST_OBJECTS = 200
_LONGEST_TITLE = 500
_WORK = re.compile(r"article|posting|page|report|document|creativework|event", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+")
_DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "dcterms.created",
    "pubdate",
    "publication_date",
    "article:modified_time",
)


def page_metadata(tree: LexborHTMLParser) -> Metadata:
    """Metadata of a page; JSON-LD is believed first, then meta elements, then the text."""
    meta = _meta_elements(tree)
    data = _json_ld(tree)
    site = meta.get("og:site_name") or meta.get("application-name") or data.get("publisher")
    dates = (parse_date(meta.get(name)) for name in _DATES)
    return metadata_from(
        {
            "title": _title(tree, meta, data, site),
            "date": data.get("datePublished") or next(filter(None, dates), _time(tree)),
            "source": site or meta.get("dc.publisher") or meta.get("publisher"),
            "canonical": _canonical(tree) or meta.get("og:url") or data.get("url"),
            "language": _language(tree) or meta.get("og:locale") or data.get("inLanguage"),
            "author": data.get("author") or meta.get("author") or meta.get("article:author"),
            "description": meta.get("description")
            or meta.get("og:description")
            or data.get("description"),
            "keywords": data.get("keywords")
            or meta.get("keywords")
            or meta.get("article:tag")
            or data.get("articleSection"),
        }
    )


def _meta_elements(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta")[:_MOST_OBJECTS]:
        attributes = node.attributes
        name = (
            attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        )
        content = fold_line((attributes.get("content") or "")[:2000])
        if name and content:
            found.setdefault(name.strip().casefold(), content)
    return found


def _json_ld(tree: LexborHTMLParser) -> dict[str, object]:
    for script in tree.css("script[type='application/ld+json']")[:20]:
        source = script.text()
        if len(source) > _LARGEST_JSON:
            continue
        try:
            loaded = json.loads(source)
        except (ValueError, RecursionError):
            continue
        for item in _objects(loaded):
            if _WORK.search(str(item.get("@type"))[:100]) and item.get("headline"):
                return item
    return {}


def _objects(loaded: object) -> Iterator[dict[str, object]]:
    waiting = [loaded]
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting += item[:_MOST_OBJECTS]
        elif isinstance(item, dict):
            waiting.append(item.get("@graph"))
            yield item


def _title(
    tree: LexborHTMLParser, meta: dict[str, str], data: dict[str, object], site: object
) -> object:
    first = _first_heading(tree)
    given = data.get("headline") or meta.get("og:title") or meta.get("dc.title")
    node = tree.css_first("head title") or tree.css_first("title")
    written = fold_line(node.text()[:_LONGEST_TITLE]) if node is not None else ""
    return _without_site(str(given or written or first), str(site or ""), first)


def _without_site(title: str, site: str, heading: str) -> str:
    """A title without the site's name that templates add behind a bar or a dash."""
    parts = _SEPARATOR.split(title[:_LONGEST_TITLE])
    if len(parts) < 2:
        return title
    if heading and title.startswith(heading) and len(heading) < len(title):
        return heading
    if site and parts[-1].casefold() == site.casefold():
        return title[: title.rfind(parts[-1])].rstrip(" |–—·•»-")
    return title


def _first_heading(tree: LexborHTMLParser) -> str:
    shown = (node for node in tree.css("h1")[:20] if not is_skipped(node))
    texts = (fold_line(node.text()[:_LONGEST_TITLE]) for node in shown)
    return next(filter(None, texts), "")


def _time(tree: LexborHTMLParser) -> str | None:
    for node in (*tree.css("time[pubdate], time[itemprop=datePublished]"), *tree.css("time")):
        date = parse_date(node.attributes.get("datetime")) or parse_date(node.text()[:100])
        if date:
            return date
    return None


def _canonical(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("link[rel=canonical]")
    return node.attributes.get("href") if node is not None else None


def _language(tree: LexborHTMLParser) -> str | None:
    node: LexborNode | None = tree.css_first("html")
    return node.attributes.get("lang") if node is not None else None
