"""The reader's sequences as it learns from them: with the short answer, in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from eval.reader.examples import Passage
from rag.index.search_texts import SEPARATOR
from rag.protocols import ReaderPassage
from rag.reader.sequences import SequenceMaker
from rag.reader.sequences import TokenSequence as Tokens
from rag.types import Span


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


class MarkedSequenceMaker:
    """Makes sequences as the product does, and finds the short answer in them."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        opening, closing = self._tokenizer.encode("").ids
        self._maker = SequenceMaker(self._ids, opening, closing)

    def make(self, question: str, passage: Passage, short: Span | None = None) -> TokenSequence:
        """The tokens of a question with a passage, cut at the reader's length."""
        told = self._maker.make(question, _shown(passage))
        span = None if short is None else self._span(passage, told, short)
        return TokenSequence(told.ids, told.roles, told.units, span)

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _span(self, passage: Passage, told: Tokens, short: Span) -> tuple[int, int] | None:
        for unit, (first, end) in zip(passage.units, told.units, strict=True):
            if not unit.start <= short.start < unit.end:
                continue
            text = passage.text[unit.start : unit.end]
            offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
            inside = [
                first + place
                for place, (start, stop) in enumerate(offsets[: end - first])
                if unit.start + start < short.end and short.start < unit.start + stop
            ]
            return (inside[0], inside[-1]) if inside else None
        return None


def _shown(passage: Passage) -> ReaderPassage:
    context = dict.fromkeys(filter(None, (passage.title, *passage.headings)))
    units = ((passage.text[each.start : each.end], each.kind) for each in passage.units)
    return ReaderPassage(SEPARATOR.join(context), tuple(units))


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
