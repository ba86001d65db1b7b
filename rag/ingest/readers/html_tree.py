"""Parsing HTML without trust, and which of its elements are read at all."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.ingest.readers.html_limits import refuse_endless

DEEPEST = 100
"""Below this depth an element is read as its bare text."""

_NEVER_SHOWN = frozenset(
    "script style noscript template svg math nav aside form button select textarea input "
    "iframe object embed audio video canvas dialog menu head title meta link".split()
)
_PAGE_EDGES = frozenset({"header", "footer"})
_SECTIONS = frozenset({"article", "main", "section", "blockquote", "figure"})
_NOISE_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar "
    "toolbar tablist".split()
)
_NOISE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|rgpd-banner|gdpr|breadcrumbs?|fil-ariane|share|sharing|"
    r"partage|social|newsletter|sidebar|menu|navbar|navigation|related|comments?|"
    r"pagination|pager|skip-?links?|advert|ads|promo|popup|modal|toolbar|sr-only|"
    r"visually-hidden|screen-reader-text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden")


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of a page or of a fragment.

    Raises:
        CorruptDocumentError: building the tree would take quadratic time.
    """
    refuse_endless(html)
    return LexborHTMLParser(html)


def is_skipped(node: LexborNode) -> bool:
    """Whether the element is never part of the text: hidden, a menu, a banner, a script."""
    tag = node.tag or ""
    if tag in _NEVER_SHOWN or tag.startswith("-"):
        return tag != "-text"
    attributes = node.attributes
    if not attributes:
        return tag in _PAGE_EDGES and not _inside_section(node)
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search((attributes.get("style") or "")[:500].casefold()):
        return True
    if (attributes.get("role") or "").casefold() in _NOISE_ROLES:
        return True
    if tag in _PAGE_EDGES and not _inside_section(node):
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
    return tag not in {"body", "main", "article"} and bool(_NOISE_NAMES.search(names))


def _inside_section(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(DEEPEST):
        if parent is None:
            return False
        if parent.tag in _SECTIONS:
            return True
        parent = parent.parent
    return False
