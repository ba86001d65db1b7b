"""Pages that would take a parser quadratic time, refused before they are parsed.

The parser walks up its open elements at every tag, and along an element's attributes at
each of them. So what is estimated is how many elements a page leaves open, rather more
than fewer: a closing tag that the parser would ignore closes nothing here either.
"""

import re

from rag.errors import CorruptDocumentError

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


def refuse_endless(html: str) -> None:
    """Refuse a page whose tree would be beyond reason.

    Raises:
        CorruptDocumentError: its elements nest, or their attributes go on, without end.
    """
    if _nests_endlessly(html) or _has_endless_tag(html):
        raise CorruptDocumentError(_MALFORMED)


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
