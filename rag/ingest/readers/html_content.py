"""Which element of a page holds its main content."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.ingest.readers.html_tree import DEEPEST, is_skipped

_MARKED = ("main", "[role=main]", "article", "[itemprop=articleBody]")
_LEAST_SHARE = 0.25
_LEAST_MARKED_SHARE = 0.15
_PARAGRAPHS = frozenset("p li pre td dd dt blockquote h1 h2 h3 h4 h5 h6".split())
_LEAST_PARAGRAPH = 25


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


def main_node(tree: LexborHTMLParser) -> LexborNode | None:
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
