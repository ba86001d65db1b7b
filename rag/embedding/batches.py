"""Grouping texts of like length under a token budget, so that little is padding.

A runtime that keeps what it made for each shape of batch would grow with every new one,
and whoever asks chooses the lengths: so batches come in few shapes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FINE: Final = 8
_COARSE: Final = 32
_SHORT: Final = 64
_CALL_TOKENS: Final = 32
"""What one more batch costs, in tokens: a call takes as long as 20 to 35 of them."""


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
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    start = 0
    while start < len(order):
        width = lengths[order[start]]
        rows = order[start : start + max(1, budget // width)]
        yield rows
        start += len(rows)


def plan_batches(
    sequences: Sequence[Sequence[int]], budget: int, pad: int, longest: int
) -> Iterator[Batch]:
    """Batches ready for the model, the longest first, parted where that costs least.

    Texts of unlike lengths go together as long as filling the shorter ones costs less than
    a batch of their own.

    Args:
        sequences: token ids; none may be empty, or longer than ``longest``.
        budget: most tokens in a batch, padding included; a longer text goes alone.
        pad: the id that fills.
        longest: most tokens that the model reads.
    """
    order = sorted(range(len(sequences)), key=lambda at: -len(sequences[at]))
    widths = [min(step_width(len(sequences[row])), longest) for row in order]
    for start, end in _stretches(widths, budget):
        most = _most_lines(widths[start], budget)
        for at in range(start, end, most):
            rows = order[at : min(at + most, end)]
            shape = (step_lines(len(rows)), widths[at])
            yield _padded([sequences[row] for row in rows], rows, pad, shape)


def step_width(tokens: int) -> int:
    """The least width of a batch that holds so many tokens: 8, 16 … 64, 96, 128 … 512."""
    step = _FINE if tokens <= _SHORT else _COARSE
    return -(-tokens // step) * step


def step_lines(texts: int) -> int:
    """The least of 1, 2, 3, 4, 6, 8, 12 and on that is no less than so many texts."""
    power = 1 << max(texts - 1, 0).bit_length()
    return power * 3 // 4 if texts <= power * 3 // 4 else power


def _stretches(widths: Sequence[int], budget: int) -> list[tuple[int, int]]:
    """Ranges of ``widths``, which fall, to fill to their first: together the cheapest."""
    bounds = [at for at in range(len(widths)) if at == 0 or widths[at] != widths[at - 1]]
    bounds.append(len(widths))
    costs, cuts = [0], [0]
    for last in range(1, len(bounds)):
        cost, cut = min(
            (
                costs[first]
                + _cost(bounds[last] - bounds[first], widths[bounds[first]], budget),
                first,
            )
            for first in range(last)
        )
        costs.append(cost)
        cuts.append(cut)
    found = []
    last = len(bounds) - 1
    while last > 0:
        found.append((bounds[cuts[last]], bounds[last]))
        last = cuts[last]
    return found[::-1]


def _cost(texts: int, width: int, budget: int) -> int:
    """What so many texts cost at one width, in tokens."""
    most = _most_lines(width, budget)
    whole, rest = divmod(texts, most)
    calls = whole + (rest > 0)
    lines = whole * most + (step_lines(rest) if rest else 0)
    return calls * _CALL_TOKENS + lines * width


def _most_lines(width: int, budget: int) -> int:
    return _below(max(1, budget // width))


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
