"""Words cut at line ends, mended."""

import re
from collections import Counter
from collections.abc import Iterable

from rag.ingest.readers.pdf_page import LINE_END_HYPHENS

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


def _plain_hyphen(text: str) -> str:
    return text[:-1] + "-" if text[-1:] in LINE_END_HYPHENS and text else text


def _whole_words(line: str) -> list[str]:
    words = _WORD.findall(line)
    return words[:-1] if _LAST.search(line[-60:]) else words
