"""From lines of a PDF to headings, paragraphs and list items, cut words mended."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from rag.ingest.characters import SUPERSCRIPTS
from rag.ingest.draft import DraftBlock
from rag.ingest.line_shapes import ends_sentence, introduces, looks_like_heading, starts_lower
from rag.ingest.readers.lines import list_mark
from rag.ingest.readers.pdf_page import LINE_END_HYPHENS, Line
from rag.types import BlockKind

_LARGER = 1.1
_SMALLER = 0.93
_LONGEST_HEADING = 250
_LONGEST_BOLD_HEADING = 160
_WIDER = 1.35
_INDENT = 0.8
_MOSTLY = 0.4
_NOTE = re.compile(r"(\d{1,3})\s(?=\S)")
_BARE_NUMBER = re.compile(r"\d{1,2}\Z")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]{1,40})[-‐\ufffe\x02\xad]\Z")
_FIRST = re.compile(r"[^\W\d_]{1,40}(?:-[^\W\d_]{1,40})?")
_COMPOUND_HEADS = frozenset(
    "peut celui celle ceux celles est ci là sous vice mi non après avant demi semi ex grand "
    "grande dit dix vingt trente quarante cinquante soixante quatre cent porte contre chef "
    "rendez vis libre savoir compte c'est au par jusque quelques arc tiers franco euro".split()
)
_COMPOUND_TAILS = frozenset(
    "ci là même mêmes il elle on ils elles t ce je tu nous vous moi lui leur deux trois quatre "
    "cinq six sept huit neuf dix être uns unes vous".split()
)


@dataclass(frozen=True, slots=True)
class Typography:
    """How the document is set: sizes in points, ``pitch`` in font sizes.

    ``headings`` are the sizes larger than the body's, largest first; ``rights`` the right
    edge of the text by page.
    """

    body: float
    pitch: float
    headings: tuple[float, ...]
    bold_tells: bool
    rights: dict[int, float]


@dataclass(slots=True)
class _Group:
    """Lines of one block, as it grows."""

    kind: BlockKind
    lines: list[Line]
    level: int = 0
    number: int | None = None
    texts: list[str] = field(default_factory=list)


def measure(lines: Sequence[Line]) -> Typography:
    """The typography of a document from all of its lines outside tables."""
    sizes: Counter[float] = Counter()
    bold = total = 0
    for line in lines:
        sizes[_half(line.size)] += len(line.text)
        total += len(line.text)
        bold += len(line.text) if line.bold else 0
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    pairs = [
        (one.y - two.y) / max(one.size, 1)
        for one, two in pairwise(lines)
        if one.page == two.page and _half(one.size) == body == _half(two.size)
    ]
    drops = [drop for drop in pairs if 0.8 < drop < 2.2]
    larger = sorted((size for size in sizes if size >= body * _LARGER), reverse=True)
    rights: dict[int, list[float]] = {}
    for line in lines:
        rights.setdefault(line.page, []).append(line.x1)
    return Typography(
        body=body,
        pitch=median(drops) if drops else 1.2,
        headings=tuple(larger),
        bold_tells=bold < _MOSTLY * max(1, total),
        rights={page: _high(edges) for page, edges in rights.items()},
    )


class Mender:
    """Decides, from the words of the whole document, what a cut word was."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        for line in lines:
            self._words.update(word.casefold() for word in _whole_words(line))

    def join(self, text: str, following: str) -> str:
        """Two consecutive lines as one text: a cut word is mended, else a space.

        The hyphen is kept before a capital or a digit, where the document writes the word
        with it elsewhere and never without, and in compounds of everyday words; a cut
        inside a word closes up.
        """
        cut = _LAST.search(text[-60:])
        if cut is None:
            tight = text.endswith(("-", "’", "'")) and not text[-2:-1].isspace()
            joint = "" if tight and len(text) > 1 else " "
            return f"{_plain_hyphen(text)}{joint}{following}"
        kept = text[:-1]
        tail = _FIRST.match(following)
        if tail is None or not following[0].islower():
            return f"{kept}-{following}"
        if self._keeps_hyphen(cut[1].casefold(), tail.group().casefold()):
            return f"{kept}-{following}"
        return f"{kept}{following}"

    def _keeps_hyphen(self, head: str, tail: str) -> bool:
        closed, hyphened = self._words[head + tail], self._words[f"{head}-{tail}"]
        if closed or hyphened:
            return hyphened > closed
        return head in _COMPOUND_HEADS or tail.split("-")[0] in _COMPOUND_TAILS


class Flow:
    """Gathers lines into blocks; tables are put in between with ``put``."""

    def __init__(self, typography: Typography, mender: Mender) -> None:
        self._set = typography
        self._mender = mender
        self._blocks: list[DraftBlock] = []
        self._group: _Group | None = None
        self._indents: list[float] = []
        self._number = 0

    def add(self, line: Line) -> None:
        """Take the next line in reading order."""
        marked = self._marked(line)
        group = self._group
        if group is not None and marked is None and not self._breaks(group, line):
            group.lines.append(line)
            group.texts.append(line.text)
            return
        self.end()
        self._group = marked or _Group(self._kind(line), [line], texts=[line.text])
        if self._group.kind is not BlockKind.LIST_ITEM:
            self._number = 0

    def put(self, blocks: Iterable[DraftBlock]) -> None:
        """Place finished blocks after what was gathered so far."""
        self.end()
        self._blocks += blocks

    def end(self) -> list[DraftBlock]:
        """Close the block being gathered; gives all blocks so far."""
        group, self._group = self._group, None
        if group is None:
            return self._blocks
        text = group.texts[0]
        for following in group.texts[1:]:
            text = self._mender.join(text, following)
        self._blocks.append(self._block(group, text))
        return self._blocks

    def _block(self, group: _Group, text: str) -> DraftBlock:
        first = group.lines[0]
        kind, level = group.kind, group.level
        if kind is BlockKind.HEADING and self._is_heading(group, text):
            level = self._heading_level(first)
        elif kind is BlockKind.HEADING:
            kind = BlockKind.PARAGRAPH
        small = _half(first.size) <= self._set.body * _SMALLER
        if kind is BlockKind.PARAGRAPH and small and (note := _NOTE.match(text)):
            text = f"{note[1].translate(SUPERSCRIPTS)} {text[note.end() :]}"
        return DraftBlock(kind, text, level, first.page)

    def _is_heading(self, group: _Group, text: str) -> bool:
        if _half(group.lines[0].size) in self._set.headings:
            return len(text) <= _LONGEST_HEADING
        return looks_like_heading(text, _LONGEST_BOLD_HEADING)

    def _heading_level(self, line: Line) -> int:
        sizes = self._set.headings
        size = _half(line.size)
        rank = sizes.index(size) if size in sizes else len(sizes)
        return min(6, rank + 1)

    def _kind(self, line: Line) -> BlockKind:
        larger = _half(line.size) in self._set.headings
        bold = line.bold and self._set.bold_tells and _half(line.size) >= self._set.body
        return BlockKind.HEADING if larger or bold else BlockKind.PARAGRAPH

    def _marked(self, line: Line) -> _Group | None:
        """The list item that the line opens, or None."""
        if self._kind(line) is BlockKind.HEADING:
            return None
        text = line.text
        match = list_mark(text)
        bare = self._bare_number(line)
        if match is None and bare is None:
            return None
        self._number = bare or 0
        rest = text[match.end() :] if match else " ".join(r.text for r in line.runs[1:])
        inside_list = self._group is not None and self._group.kind is BlockKind.LIST_ITEM
        shallower = self._indents if inside_list else []
        self._indents = [x for x in shallower if x < line.x0 - 3] + [line.x0]
        return _Group(BlockKind.LIST_ITEM, [line], len(self._indents), texts=[rest])

    def _bare_number(self, line: Line) -> int | None:
        """A number set apart at the left, next in its sequence: an item's mark."""
        first = line.runs[0]
        if len(line.runs) != 2 or not _BARE_NUMBER.match(first.text.strip()):
            return None
        if line.runs[1].x0 - first.x1 > 3.5 * first.size:
            return None
        number = int(first.text)
        return number if number == self._number + 1 else None

    def _breaks(self, group: _Group, line: Line) -> bool:
        last = group.lines[-1]
        if abs(_half(last.size) - _half(line.size)) > 0.5:
            return True
        if (group.kind is BlockKind.HEADING) != (self._kind(line) is BlockKind.HEADING):
            return True
        if last.page != line.page:
            return group.kind is BlockKind.HEADING or not self._runs_on(last, line)
        drop = (last.y - line.y) / max(last.size, 1)
        if drop > self._set.pitch * _WIDER:
            return True
        if drop <= 0:
            return not self._runs_on(last, line)
        indented = line.x0 > last.x0 + _INDENT * last.size
        if indented and group.kind is not BlockKind.LIST_ITEM and ends_sentence(last.text):
            return True
        return self._ended_early(last, line)

    def _runs_on(self, last: Line, line: Line) -> bool:
        """Whether a line at the head of a page or column goes on with the last one."""
        if ends_sentence(last.text) or introduces(last.text):
            return False
        return starts_lower(line.text) or not self._ended_early(last, line)

    def _ended_early(self, last: Line, line: Line) -> bool:
        """Whether the next word would have fitted: with a full stop, or by far."""
        if last.text.endswith(("-", *LINE_END_HYPHENS)):
            return False
        word = line.text.split(" ", 1)[0]
        room = self._set.rights.get(last.page, last.x1) - last.x1
        needed = len(word) * last.size * 0.55
        if ends_sentence(last.text):
            return room > needed + last.size
        return room > needed + 6 * last.size and not starts_lower(line.text)


def _half(size: float) -> float:
    return round(size * 2) / 2


def _high(edges: list[float]) -> float:
    ordered = sorted(edges)
    return ordered[min(len(ordered) - 1, len(ordered) * 19 // 20)]


def _plain_hyphen(text: str) -> str:
    return text[:-1] + "-" if text[-1:] in LINE_END_HYPHENS and text else text


def _whole_words(line: str) -> list[str]:
    words = _WORD.findall(line)
    return words[:-1] if _LAST.search(line[-60:]) else words
