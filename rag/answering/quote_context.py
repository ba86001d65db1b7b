"""What must be quoted along with a sentence for it to be understood.

A table row comes with the names of its columns, a list item with what introduces it, what
introduces a list or a table with it, and a sentence that does not name its subject with the
one before it.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from rag.text.sentences import split_sentences
from rag.types import Block, BlockKind, Document, Sentence, Span

_LONGEST: Final = 1500
"""Characters; a longer list is quoted up to its last whole item."""

_FURTHEST: Final = 2
"""Sentences looked back through for the one that names a subject."""

_SUBJECT_ELSEWHERE: Final = re.compile(
    r"(?:Ils?(?! (?:faut|existe|convient|suffit|reste|arrive|appartient|semble|importe"
    r"|n['’](?:existe|y a)|y a|est (?:interdit|possible|obligatoire|recommandé|conseillé"
    r"|nécessaire|préférable|inutile|impossible|essentiel|important))\b)"
    r"|Elles?|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Cela|Ce dernier|Cette dernière"
    r"|Ces derniers|Ces dernières|C['’]est|Ce sont|(?:Ce|Cet|Cette|Ces) [a-zà-ÿ]"
    r"|It|They|He|She|This|These)(?![\w-])|(?:Ce|Cet|Cette|Ces) [a-zà-ÿ]"
)
_ANNOUNCES: Final = re.compile(
    r":$|\b(?:ci-dessous|ci-après|suivante?s?|the following|below)\b[^.]{0,80}\.?$"
)
_PROSE: Final = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM, BlockKind.FOOTNOTE)
TABLE: Final = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)


@dataclass(frozen=True, slots=True)
class Unit:
    """Spans of one document that are quoted together.

    ``header`` is the row of column names where ``body`` is a table row; ``introduction``
    what leads to a list item: the sentence above its list, the items that it hangs from;
    ``rows`` those of the table that ``body`` announces, its header first.
    """

    body: Span
    header: Span | None = None
    introduction: tuple[Span, ...] = ()
    rows: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans to quote, in reading order."""
        headers = () if self.header is None else (self.header,)
        return (*headers, *self.introduction, self.body, *self.rows)


def unit_of(document: Document, sentence: Sentence, whole_list: bool) -> Unit:
    """The unit that a sentence belongs to.

    Args:
        document: where it stands.
        sentence: a sentence of the document.
        whole_list: whether a list item brings its whole list.
    """
    place = block_at(document, sentence.start)
    block = document.blocks[place]
    own = Span(sentence.start, sentence.end)
    if block.kind is BlockKind.TABLE_ROW:
        return Unit(own, _header(document, place))
    if block.kind is BlockKind.LIST_ITEM:
        return _item(document, place, own, whole_list)
    if document.text[own.end - 1] == "?":
        own = _reply(document, place, own)
        place = block_at(document, own.start)
        block = document.blocks[place]
    if own.end == block.end and _announces(document, own):
        return Unit(_with_announced(document, place, own), rows=_rows_below(document, place))
    return Unit(_with_antecedent(document, block, own))


def block_at(document: Document, offset: int) -> int:
    """The place in ``document.blocks`` of the block that holds a character."""
    return max(bisect_right(document.blocks, offset, key=lambda block: block.start) - 1, 0)


def run_around(document: Document, offset: int) -> Span:
    """The table or the list that a character stands in; elsewhere its block."""
    blocks = document.blocks
    first = last = block_at(document, offset)
    for kinds in (TABLE, (BlockKind.LIST_ITEM,)):
        if blocks[first].kind not in kinds:
            continue
        while first > 0 and blocks[first - 1].kind in kinds:
            first -= 1
        while last + 1 < len(blocks) and blocks[last + 1].kind in kinds:
            last += 1
    return Span(blocks[first].start, blocks[last].end)


def _header(document: Document, place: int) -> Span | None:
    for block in reversed(document.blocks[:place]):
        if block.kind is BlockKind.TABLE_HEADER:
            return Span(block.start, block.end)
        if block.kind is not BlockKind.TABLE_ROW:
            return None
    return None


def _announces(document: Document, span: Span) -> bool:
    return _ANNOUNCES.search(document.text[span.start : span.end]) is not None


def _with_announced(document: Document, place: int, intro: Span) -> Span:
    """An introduction with its list, or else with the block that it opens."""
    following = document.blocks[place + 1 : place + 2]
    if not following or following[0].kind in (BlockKind.HEADING, *TABLE):
        return intro
    if following[0].kind is BlockKind.LIST_ITEM:
        return _with_items(document, place, intro)
    if document.text[intro.end - 1] != ":" or following[0].end - intro.start > _LONGEST:
        return intro
    return Span(intro.start, following[0].end)


def _rows_below(document: Document, place: int) -> tuple[Span, ...]:
    """The rows of the table right below a block, up to the longest that is quoted."""
    above = document.blocks[place]
    found: list[Span] = []
    for block in document.blocks[place + 1 :]:
        if block.kind not in TABLE or block.end - above.end > _LONGEST:
            break
        found.append(Span(block.start, block.end))
    return tuple(found)


def _with_items(document: Document, place: int, intro: Span) -> Span:
    end = intro.end
    level: int | None = None
    for block in document.blocks[place + 1 :]:
        if block.kind is not BlockKind.LIST_ITEM:
            break
        level = block.level if level is None else level
        if block.level < level or block.end - intro.start > _LONGEST:
            break
        end = block.end
    return Span(intro.start, end)


def _item(document: Document, place: int, own: Span, whole_list: bool) -> Unit:
    """A list item, with its list or at least with what leads to it."""
    first = place
    while first > 0 and document.blocks[first - 1].kind is BlockKind.LIST_ITEM:
        first -= 1
    intro = _introduction(document, first)
    if whole_list:
        opening = intro or Span(document.blocks[first].start, document.blocks[first].end)
        found = _with_items(document, first - (1 if intro else 0), opening)
        if found.end >= own.end:
            return Unit(found)
    above = tuple(_hung_from(document, first, place))
    body = _with_subitems(document, place, own)
    return Unit(body, introduction=((intro, *above) if intro else above))


def _reply(document: Document, place: int, question: Span) -> Span:
    """The sentence after a question, which is no answer; itself where prose ends there."""
    for block in document.blocks[place : place + 2]:
        start = max(question.end, block.start)
        after = split_sentences(document.text[start : block.end])
        if after and block.kind in _PROSE:
            return Span(start + after[0].start, start + after[0].end)
    return question


def _introduction(document: Document, first: int) -> Span | None:
    """The sentence that a list whose first item stands at ``first`` hangs from."""
    block = document.blocks[first - 1] if first > 0 else None
    if block is None or block.kind is not BlockKind.PARAGRAPH:
        return None
    sentences = split_sentences(document.text[block.start : block.end])
    last = Span(block.start + sentences[-1].start, block.end)
    return last if _announces(document, last) else None


def _hung_from(document: Document, first: int, place: int) -> list[Span]:
    """The items above an item, outermost first, each of a lower level than the next."""
    found: list[Span] = []
    level = document.blocks[place].level
    for block in reversed(document.blocks[first:place]):
        if block.level < level:
            level = block.level
            found.insert(0, Span(block.start, block.end))
    return found


def _with_subitems(document: Document, place: int, own: Span) -> Span:
    """An item that announces others with these."""
    block = document.blocks[place]
    if own.end != block.end or document.text[own.end - 1] != ":":
        return own
    end = own.end
    for below in document.blocks[place + 1 :]:
        if below.kind is not BlockKind.LIST_ITEM or below.level <= block.level:
            break
        if below.end - own.start > _LONGEST:
            break
        end = below.end
    return Span(own.start, end)


def _with_antecedent(document: Document, block: Block, own: Span) -> Span:
    if block.kind not in _PROSE or own.start == block.start:
        return own
    before = split_sentences(document.text[block.start : own.start])
    start = own.start
    for sentence in reversed(before[-_FURTHEST:]):
        if not _SUBJECT_ELSEWHERE.match(document.text, start):
            break
        if own.end - block.start - sentence.start > _LONGEST:
            break
        start = block.start + sentence.start
    return Span(start, own.end)
