"""A question with a passage as the tokens that the reader reads, when it learns and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.protocols import ReaderPassage
from rag.types import BlockKind

LONGEST: Final = 320
"""Tokens of a sequence: a passage of 256, its context, a question."""

MOST_QUESTION: Final = 64
MOST_CONTEXT: Final = 64
"""Tokens of a question, and of a passage's context, that are read."""

QUESTION, CONTEXT, SENTENCE, LIST_ITEM, TABLE_ROW = range(5)
ROLES: Final = 7
"""What a token may be; two of them are not taught yet."""

_ROLE_OF: Final = {
    BlockKind.LIST_ITEM: LIST_ITEM,
    BlockKind.TABLE_ROW: TABLE_ROW,
    BlockKind.TABLE_HEADER: TABLE_ROW,
}
_KEPT_TEXTS: Final = 4096
"""Texts whose tokens are remembered: the passages of many questions are the same."""


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """One question with one passage, one role for each token.

    ``units`` are the tokens of each unit, half-open; empty for those that were cut off.
    """

    ids: list[int]
    roles: list[int]
    units: list[tuple[int, int]]


class SequenceMaker:
    """Makes ``<s> question </s> </s> context </s> </s> units </s>``, cut at `LONGEST`.

    Each unit is tokenised alone, so that its tokens are the same in every passage.

    Args:
        ids_of: the tokens of one text alone, without special ones.
        opening: the token that opens a sequence.
        closing: the one that ends each of its parts.
    """

    def __init__(
        self, ids_of: Callable[[str], Sequence[int]], opening: int, closing: int
    ) -> None:
        self._ids_of = lru_cache(_KEPT_TEXTS)(ids_of)
        self._opening, self._closing = opening, closing

    def make(self, question: str, passage: ReaderPassage) -> TokenSequence:
        """The tokens of a question with a passage."""
        ids, roles = [self._opening], [QUESTION]
        for text, most, role in (
            (question, MOST_QUESTION, QUESTION),
            (passage.context, MOST_CONTEXT, CONTEXT),
        ):
            told = [*self._ids_of(text)[:most], self._closing, self._closing]
            ids += told
            roles += [role] * len(told)
        units = []
        for text, kind in passage.units:
            start = len(ids)
            ids += self._ids_of(text)[: max(0, LONGEST - 1 - start)]
            roles += [_ROLE_OF.get(kind, SENTENCE)] * (len(ids) - start)
            units.append((start, len(ids)))
        return TokenSequence([*ids, self._closing], [*roles, CONTEXT], units)
