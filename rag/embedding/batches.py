"""Grouping texts of like length under a token budget, so that little is padding.

A runtime that keeps what it made for each shape of batch would grow with every new one,
and whoever asks chooses the lengths: so batches come in few shapes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FINE: Final = 8
_COARSE: Final = 32
_SHORT: Final = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids padded to a shape of the few; ``rows[i]`` is text ``i``'s place in the input.

    ``ids`` and ``mask`` are int64, shape ``(lines, tokens)``; mask is 1 on real tokens.
    There may be more lines than texts: those after the last text stand for nothing.
    """

    rows: NDArray[np.int64]
    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


def plan_rows(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """The texts of each batch, by place; every text in exactly one.

    The longest go first, so that memory is at its peak at once and not at the end.

    Args:
        lengths: tokens of each text, positive.
        budget: most tokens in a batch, padding included; a longer text goes alone.
    """
    return _groups(lengths, lambda width: max(1, budget // width))


def plan_batches(
    sequences: Sequence[Sequence[int]], budget: int, pad: int, longest: int
) -> Iterator[Batch]:
    """Batches ready for the model, the longest first.

    Args:
        sequences: token ids; none may be empty, or longer than ``longest``.
        budget: most tokens in a batch, padding included; a longer text goes alone.
        pad: the id that fills.
        longest: most tokens that the model reads.
    """

    def width_of(tokens: int) -> int:
        return min(step_width(tokens), longest)

    lengths = [len(sequence) for sequence in sequences]
    for rows in _groups(lengths, lambda most: _below(max(1, budget // width_of(most)))):
        shape = (step_lines(len(rows)), width_of(lengths[rows[0]]))
        yield _padded([sequences[row] for row in rows], rows, pad, shape)


def step_width(tokens: int) -> int:
    """The least width of a batch that holds so many tokens: 8, 16 … 64, 96, 128 … 512."""
    step = _FINE if tokens <= _SHORT else _COARSE
    return -(-tokens // step) * step


def step_lines(texts: int) -> int:
    """The least of 1, 2, 3, 4, 6, 8, 12 and on that is no less than so many texts."""
    power = 1 << max(texts - 1, 0).bit_length()
    return power * 3 // 4 if texts <= power * 3 // 4 else power


def _groups(lengths: Sequence[int], most: Callable[[int], int]) -> Iterator[list[int]]:
    """Places by falling length; ``most`` says how many go with one of so many tokens."""
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    start = 0
    while start < len(order):
        rows = order[start : start + most(lengths[order[start]])]
        yield rows
        start += len(rows)


def _below(lines: int) -> int:
    """The greatest of the same numbers that is no more than this."""
    power = 1 << (lines.bit_length() - 1)
    return power * 3 // 2 if lines >= power * 3 // 2 else power


def _padded(
    sequences: Sequence[Sequence[int]], rows: list[int], pad: int, shape: tuple[int, int]
) -> Batch:
    ids = np.full(shape, pad, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    # A line without any token has no mean.
    mask[:, 0] = 1
    for line, sequence in enumerate(sequences):
        ids[line, : len(sequence)] = sequence
        mask[line, : len(sequence)] = 1
    return Batch(np.asarray(rows, dtype=np.int64), ids, mask)
