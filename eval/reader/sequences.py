"""A question with a passage as the tokens that the reader reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from eval.reader.examples import Passage
from rag.types import BlockKind, Span

LONGEST = 320
"""Tokens of a sequence: a passage of 256, its context, a question."""

_QUESTION, _CONTEXT = 0, 1
_ROLES = {
    BlockKind.LIST_ITEM: 3,
    BlockKind.TABLE_ROW: 4,
    BlockKind.TABLE_HEADER: 5,
    BlockKind.HEADING: 6,
}
_SENTENCE = 2
_MOST_QUESTION = 64
_MOST_CONTEXT = 64


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """One question with one passage.

    ``units`` are the tokens of each unit, half-open, empty for those cut off; ``span`` the
    first and last token of the short answer, or None.
    """

    ids: list[int]
    roles: list[int]
    units: list[tuple[int, int]]
    span: tuple[int, int] | None


class SequenceMaker:
    """Makes sequences with the bundled model's tokenizer.

    A sequence is ``<s> question </s> </s> context </s> </s> units </s>``; each unit is
    tokenised alone, so that its tokens are the same in every passage.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._opening, self._closing = self._tokenizer.encode("").ids
        self._known: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}

    def make(self, question: str, passage: Passage, short: Span | None = None) -> TokenSequence:
        """The tokens of a question with a passage, cut at `LONGEST`."""
        ids, roles = [self._opening], [_QUESTION]
        context = " — ".join(dict.fromkeys(filter(None, (passage.title, *passage.headings))))
        for text, most, role in (
            (question, _MOST_QUESTION, _QUESTION),
            (context, _MOST_CONTEXT, _CONTEXT),
        ):
            told = [*self._encoded(text)[0][:most], self._closing, self._closing]
            ids += told
            roles += [role] * len(told)
        units, span = [], None
        for unit in passage.units:
            told, offsets = self._encoded(passage.text[unit.start : unit.end])
            start = len(ids)
            kept = told[: max(0, LONGEST - 1 - start)]
            ids += kept
            roles += [_ROLES.get(unit.kind, _SENTENCE)] * len(kept)
            units.append((start, len(ids)))
            if short is not None and unit.start <= short.start < unit.end and kept:
                span = _tokens_of(short, unit.start, offsets[: len(kept)], start) or span
        return TokenSequence([*ids, self._closing], [*roles, _CONTEXT], units, span)

    def _encoded(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        if text not in self._known:
            encoding = self._tokenizer.encode(text, add_special_tokens=False)
            self._known[text] = encoding.ids, encoding.offsets
        return self._known[text]


def _tokens_of(
    short: Span, origin: int, offsets: Sequence[tuple[int, int]], first: int
) -> tuple[int, int] | None:
    inside = [
        place
        for place, (start, end) in enumerate(offsets)
        if origin + start < short.end and short.start < origin + end
    ]
    return (first + inside[0], first + inside[-1]) if inside else None


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences padded to the longest, as tensors; ``known`` marks the units there are."""

    ids: torch.Tensor
    roles: torch.Tensor
    mask: torch.Tensor
    pool: torch.Tensor
    known: torch.Tensor


def padded(sequences: Sequence[TokenSequence]) -> Batch:
    """Sequences as a batch."""
    tokens = max(len(each.ids) for each in sequences)
    most = max(1, *(len(each.units) for each in sequences))
    ids = np.ones((len(sequences), tokens), np.int64)
    roles = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    pool = np.zeros((len(sequences), most, tokens), np.float32)
    known = np.zeros((len(sequences), most), np.bool_)
    for row, each in enumerate(sequences):
        ids[row, : len(each.ids)] = each.ids
        roles[row, : len(each.roles)] = each.roles
        mask[row, : len(each.ids)] = 1
        for place, (start, end) in enumerate(each.units):
            if end > start:
                pool[row, place, start:end] = 1 / (end - start)
                known[row, place] = True
    return Batch(*map(torch.from_numpy, (ids, roles, mask, pool, known)))
