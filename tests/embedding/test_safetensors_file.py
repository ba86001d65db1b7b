from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rag.embedding.safetensors_file import WordEmbeddings, tensor_places, write_float32
from rag.errors import ModelCorruptError, ModelNotFoundError

TABLE = np.arange(24, dtype=np.float32).reshape(6, 4) / 8


def test_what_is_written_is_read_by_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    write_float32(path, {"a": ((6, 4), [TABLE[:2], TABLE[2:]]), "b": ((2,), [TABLE[0, :2]])})
    loaded = load_file(path)
    np.testing.assert_array_equal(loaded["a"], TABLE)
    np.testing.assert_array_equal(loaded["b"], [0.0, 0.125])


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_rows_of_a_table(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"other": TABLE[:1], "t": TABLE.astype(dtype)}, path)
    table = WordEmbeddings(path, tensor_places(path)["t"])
    got = table.rows(np.array([[5, 0], [5, 3]], dtype=np.int64))
    np.testing.assert_array_equal(got, TABLE[[[5, 0], [5, 3]]])
    assert got.dtype == np.float32


def test_bfloat16_rows(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file as save_torch

    path = tmp_path / "m.safetensors"
    save_torch({"t": torch.from_numpy(TABLE).to(torch.bfloat16)}, path)
    table = WordEmbeddings(path, tensor_places(path)["t"])
    np.testing.assert_array_equal(table.rows(np.arange(6)), TABLE)


def test_ids_outside_the_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"a": TABLE, "b": TABLE}, path)
    table = WordEmbeddings(path, tensor_places(path)["a"])
    with pytest.raises(ModelCorruptError):
        table.rows(np.array([6]))


def test_a_table_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"t": TABLE}, path)
    table = WordEmbeddings(path, tensor_places(path)["t"])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 8)
    with pytest.raises(ModelCorruptError):
        table.rows(np.array([5]))


def test_every_truncation_of_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"t": TABLE}, path)
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ModelCorruptError):
            tensor_places(path)


@pytest.mark.parametrize(
    "header", [b"[]", b"{", b'{"t": 3}', b'{"t": {"dtype": "F32", "shape": [2]}}', b"\xff"]
)
def test_hostile_headers_are_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelCorruptError):
        tensor_places(path)


def test_a_table_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"t": TABLE}, path)
    place = tensor_places(path)["t"]
    path.unlink()
    with pytest.raises(ModelNotFoundError):
        WordEmbeddings(path, place)
