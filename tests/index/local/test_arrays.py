import os
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexCorruptError
from rag.index.local.arrays import (
    map_array,
    read_lines,
    reserve_array,
    save_array,
    write_lines,
)


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 4), (70_000, 70)])
def test_a_reserved_array_is_filled_in_place(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "a.npy"
    array = reserve_array(path, shape, np.float32)
    size = path.stat().st_size
    assert array.shape == shape
    assert not array.any()
    # The room is taken: a sparse file would have no blocks.
    assert path.stat().st_blocks * 512 >= array.nbytes
    array += 1
    again = map_array(path, np.float32, dimensions=len(shape))
    assert np.array_equal(again, np.ones(shape))
    assert path.stat().st_size == size


def test_a_full_disk_is_seen_before_filling() -> None:
    with pytest.raises(OSError, match="No space left"):
        reserve_array(Path("/dev/full"), (10,), np.float32)


def test_a_mapped_array_cannot_be_changed_and_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    save_array(path, np.arange(5))
    array = map_array(path, np.int64)
    path.unlink()
    assert array.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 7


@pytest.mark.parametrize("size", [0, 3, 60, 130])
def test_a_cut_array_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.npy"
    save_array(path, np.arange(5))
    os.truncate(path, size)
    with pytest.raises(IndexCorruptError):
        map_array(path, np.int64)


def test_another_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    save_array(path, np.arange(5))
    with pytest.raises(IndexCorruptError):
        map_array(path, np.int32)
    with pytest.raises(IndexCorruptError):
        map_array(path, np.int64, dimensions=2)


@pytest.mark.parametrize("lines", [[], [""], ["a", "", "é\u2028x", "\r"]])
def test_lines_come_back(tmp_path: Path, lines: list[str]) -> None:
    write_lines(tmp_path / "l", lines)
    assert read_lines(tmp_path / "l") == lines
