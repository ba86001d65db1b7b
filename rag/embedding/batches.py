"""Grouping texts of like length under a token budget, so that little is padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids padded to the longest; ``rows[i]`` is text ``i``'s place in the input.

    ``ids`` and ``mask`` are int64, shape ``(texts, tokens)``; mask is 1 on real tokens.
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
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    start = 0
    while start < len(order):
        width = lengths[order[start]]
        rows = order[start : start + max(1, budget // width)]
        yield rows
        start += len(rows)


def plan_batches(sequences: Sequence[Sequence[int]], budget: int, pad: int) -> Iterator[Batch]:
    """Batches ready for the model, in the order of `plan_rows`.

    Args:
        sequences: token ids; none may be empty.
        budget: as `plan_rows`.
        pad: the id that fills.
    """
    for rows in plan_rows([len(sequence) for sequence in sequences], budget):
        yield _padded([sequences[row] for row in rows], rows, pad)


def _padded(sequences: Sequence[Sequence[int]], rows: list[int], pad: int) -> Batch:
    shape = (len(sequences), max(map(len, sequences)))
    ids = np.full(shape, pad, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    for line, sequence in enumerate(sequences):
        ids[line, : len(sequence)] = sequence
        mask[line, : len(sequence)] = 1
    return Batch(np.asarray(rows, dtype=np.int64), ids, mask)
