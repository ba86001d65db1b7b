"""HTML pages: their main content, and what they say of themselves."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.ingest.characters import clean_characters, fold_line
from rag.ingest.draft import Draft
from rag.ingest.metadata import metadata_from, parse_date
from rag.ingest.readers.encoding import decode
from rag.ingest.readers.html_blocks import node_blocks
from rag.ingest.readers.html_tree import DEEPEST, is_skipped, parse_html
from rag.types import Metadata

_HEAD = 4096
_CHARSET = re.compile(
    rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_.:-]{2,30})", re.IGNORECASE
)
_MARKED = ("main", "[role=main]", "article", "[itemprop=articleBody]")
_LEAST_SHARE = 0.25
_LEAST_MARKED_SHARE = 0.15
_PARAGRAPHS = frozenset("p li pre td dd dt blockquote h1 h2 h3 h4 h5 h6".split())
_LEAST_PARAGRAPH = 25
_LARGEST_JSON = 262_144
_MOST_OBJECTS = 200
_LONGEST_TITLE = 500
_WORK = re.compile(r"article|posting|page|report|document|creativework|event", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+")
_DATES = tuple(
    "article:published_time datepublished date dc.date dc.date.issued dcterms.date "
    "dcterms.issued dcterms.created pubdate publication_date article:modified_time".split()
)


def read_html(data: bytes) -> Draft:
    """The main content of a page, without menus, banners and hidden parts."""
    declared = _CHARSET.search(data[:_HEAD])
    name = declared[1].decode("ascii") if declared else None
    tree = parse_html(clean_characters(decode(data, name)))
    metadata = _page_metadata(tree)
    main = _main_node(tree)
    blocks = node_blocks(main) if main is not None else []
    return Draft(tuple(blocks), metadata)


@dataclass(slots=True)
class _Weight:
    """Characters of text below an element, in all and inside links, and its score.

    The score is the classic one of readability tools: a paragraph's worth goes in full to
    its parent and by half to its grandparent.
    """

    node: LexborNode
    text: int = 0
    links: int = 0
    score: float = 0.0

    def density(self) -> float:
        return 1.0 - self.links / self.text if self.text else 0.0


def _main_node(tree: LexborHTMLParser) -> LexborNode | None:
    """The element to read: what the page marks as its content, else where text is dense.

    The whole body when nothing else holds a good part of its text, or when there is no
    body to choose in.
    """
    body = tree.body
    if body is None:
        return tree.root
    total = _visible_length(body)
    marked = _marked(body, total)
    if marked is not None:
        return marked
    best = _densest(body)
    if best is None or best.text < _LEAST_SHARE * total:
        return body
    return best.node


def _marked(body: LexborNode, total: int) -> LexborNode | None:
    for selector in _MARKED:
        found = [node for node in body.css(selector)[:200] if not is_skipped(node)]
        if not found:
            continue
        lengths = [_visible_length(node) for node in found]
        longest = max(range(len(found)), key=lengths.__getitem__)
        # Several articles of like length are a list of news, not a document among others.
        share = lengths[longest] / max(1, sum(lengths))
        alone = len(found) == 1 or share > 0.5
        if alone and lengths[longest] >= _LEAST_MARKED_SHARE * total:
            return found[longest]
    return None


def _visible_length(node: LexborNode) -> int:
    return _weigh(node, [], 0).text


def _densest(body: LexborNode) -> _Weight | None:
    weights: list[_Weight] = []
    _weigh(body, weights, 0)
    candidates = [weight for weight in weights if weight.score > 0]
    return max(candidates, key=lambda w: w.score * w.density(), default=None)


def _weigh(node: LexborNode, weights: list[_Weight], depth: int) -> _Weight:
    own = _Weight(node)
    children: list[_Weight] = []
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            own.text += len((child.text_content or "").strip())
        elif depth >= DEEPEST:
            own.text += len(child.text())
        elif not is_skipped(child):
            children.append(_weigh(child, weights, depth + 1))
    own.text += sum(child.text for child in children)
    own.links = own.text if node.tag == "a" else sum(child.links for child in children)
    own.score = _worth(children)
    weights.append(own)
    return own


def _worth(children: list[_Weight]) -> float:
    score = 0.0
    for child in children:
        if child.node.tag in _PARAGRAPHS and child.text >= _LEAST_PARAGRAPH:
            score += (1 + child.text / 100) * child.density()
        else:
            score += child.score / 2
    return score


def _page_metadata(tree: LexborHTMLParser) -> Metadata:
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
            "canonical": _attribute(tree, "link[rel=canonical]", "href")
            or meta.get("og:url")
            or data.get("url"),
            "language": _attribute(tree, "html", "lang")
            or meta.get("og:locale")
            or data.get("inLanguage"),
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


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node: LexborNode | None = tree.css_first(selector)
    return node.attributes.get(name) if node is not None else None
