"""Packing units of text into chunks by the model's own token count."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from langchain_text_splitters import TextSplitter

_SLACK: Final = 1.15
"""How far over an even share a chunk may go, so that the last one is no crumb."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An exact slice of a text, with its length in tokens."""

    text: str
    tokens: int


class UnitSplitter(TextSplitter):
    """Splits a text at the borders of given units, with langchain's merging.

    The units follow each other without a gap, so a chunk is their plain concatenation:
    no separator, no overlap, nothing stripped. Lengths are those that the model's
    tokenizer gave; a unit longer than a chunk counts as a full one and stays alone.
    """

    def __init__(self, units: Sequence[Unit], chunk_tokens: int) -> None:
        """Take the units of the text to be split, and the longest chunk in tokens."""
        lengths: dict[str, int] = {}
        for unit in units:
            tokens = min(max(unit.tokens, 1), chunk_tokens)
            lengths[unit.text] = max(tokens, lengths.get(unit.text, 0))
        super().__init__(
            chunk_size=chunk_tokens,
            chunk_overlap=0,
            length_function=lambda piece: lengths.get(piece, 0),
            strip_whitespace=False,
        )
        self._units = tuple(unit.text for unit in units)

    def split_text(self, text: str) -> list[str]:
        """Chunks of whole units, in order; joined, they are the text.

        Raises:
            ValueError: ``text`` is not the units joined.
        """
        if text != "".join(self._units):
            raise ValueError("the text is not made of the splitter's units")
        return self._merge_splits(self._units, "")


def pack(units: Sequence[Unit], max_tokens: int) -> list[str]:
    """Chunks of at most ``max_tokens``, as few as can be, and as even as units allow."""
    text = "".join(unit.text for unit in units)
    total = sum(min(unit.tokens, max_tokens) for unit in units)
    if total <= max_tokens:
        return [text] if text else []
    fullest = UnitSplitter(units, max_tokens).split_text(text)
    even = min(max_tokens, ceil(total / len(fullest) * _SLACK))
    evenly = UnitSplitter(units, even).split_text(text)
    return evenly if len(evenly) == len(fullest) else fullest
