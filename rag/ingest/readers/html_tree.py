"""Parsing HTML without trust, and which of its elements are read at all."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.errors import CorruptDocumentError

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
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
_WHOLE_TAG = re.compile(
    r"<[a-zA-Z][^\s/>]*+(?:=[ \t\n]*+(?:\"[^\"]*\"|'[^']*')|[^>])*+", re.DOTALL
)
_VALUE = re.compile(r"=[ \t\n]*+(?:\"[^\"]*\"|'[^']*')")
_BETWEEN = re.compile(r"[\s/]+")
_CLOSED_BY_OTHERS = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr "
    "thead tbody tfoot colgroup html head body".split()
)
_CLOSED_BY_THE_NEXT = frozenset({"option", "optgroup", "rp", "rt"})
_LISTS_OF_CHOICES = frozenset({"select", "datalist", "ruby"})
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_BLOCKS = frozenset(
    "address article aside blockquote button center details dialog dir div dl fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup iframe main menu nav "
    "noscript ol pre section select summary textarea ul".split()
)
_BOUNDARIES = frozenset("applet caption marquee object svg table template".split())
_MOST_OPEN = 2000
_MOST_FORMATTING = 200
_MOST_ATTRIBUTES = 1000
_FARTHEST = 50
_MALFORMED = (
    "Cette page HTML est mal formée : ses balises s'imbriquent sans fin, ou l'une d'elles "
    "n'en finit pas. Corrigez-la ou enregistrez-la dans un autre format."
)


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of a page or of a fragment.

    Raises:
        CorruptDocumentError: its elements nest, or their attributes go on, without end:
            building the tree would take quadratic time.
    """
    if _nests_endlessly(html) or _has_endless_tag(html):
        raise CorruptDocumentError(_MALFORMED)
    return LexborHTMLParser(html)


def is_skipped(node: LexborNode) -> bool:
    """Whether the element is never part of the text: hidden, a menu, a banner, a script."""
    tag = node.tag or ""
    if tag in _NEVER_SHOWN or tag.startswith("-"):
        return tag != "-text"
    if tag in _PAGE_EDGES and not _inside_section(node):
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search((attributes.get("style") or "")[:500].casefold()):
        return True
    if (attributes.get("role") or "").casefold() in _NOISE_ROLES:
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


def _nests_endlessly(html: str) -> bool:
    opened: list[str] = []
    formatting = replaced = 0
    for match in _TAG.finditer(html):
        tag = match[2].casefold()
        if tag in _CLOSED_BY_OTHERS:
            continue
        if match[1]:
            formatting -= _close(opened, tag)
            replaced = 0 if tag in _LISTS_OF_CHOICES else replaced
            continue
        if tag in _CLOSED_BY_THE_NEXT and opened and opened[-1] == tag:
            replaced += 1
            if replaced > _MOST_OPEN:
                return True
            continue
        opened.append(tag)
        formatting += tag in _FORMATTING
        if len(opened) > _MOST_OPEN or formatting > _MOST_FORMATTING:
            return True
    return False


def _close(opened: list[str], tag: str) -> int:
    """Close an element if the parser would; gives how many formatting ones went with it."""
    for place in range(len(opened) - 1, max(-1, len(opened) - 1 - _FARTHEST), -1):
        name = opened[place]
        if name == tag and tag in _FORMATTING:
            del opened[place]
            return 1
        if name == tag:
            # The formatting ones inside come back in the next paragraph: still counted.
            del opened[place:]
            return 0
        if name in _BOUNDARIES and tag not in _BOUNDARIES:
            return 0
        if name in _BLOCKS and tag not in _BLOCKS | _BOUNDARIES | _FORMATTING:
            return 0
    return 0


def _has_endless_tag(html: str) -> bool:
    for match in _WHOLE_TAG.finditer(html):
        if match.end() - match.start() > 2 * _MOST_ATTRIBUTES:
            names = _VALUE.sub("", match[0])
            if sum(1 for _ in _BETWEEN.finditer(names)) > _MOST_ATTRIBUTES:
                return True
    return False
