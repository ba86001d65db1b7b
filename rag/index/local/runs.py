"""Runs of ids in a flat array, and how often some ids stand in each."""

import numpy as np
from numpy.typing import NDArray


def runs(
    values: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """``values[start:end]`` of each run, one after the other, and the run of each value."""
    places, owners = places_of(starts, ends)
    return values[places], owners


def places_of(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every place of each run, one run after the other, and the run of each place."""
    lengths = ends - starts
    bounds = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(starts - bounds, lengths)
    return places, np.repeat(np.arange(len(starts)), lengths)


def frequencies(
    standing: NDArray[np.bool_], owners: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """``(t, count)`` from ``standing``, ``(t, n)``: whether each of n words is each term."""
    counts = [np.bincount(owners[words], minlength=count) for words in standing]
    return np.array(counts, np.int64).reshape(len(standing), count)
