import os
from pathlib import Path

import pytest

from rag.embedding.identity import weights_digest
from rag.errors import ModelNotFoundError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"w" * 2_000_000)
    (folder / "tokenizer.json").write_text("{}")
    (folder / "README.md").write_text("bonjour")
    return folder


def test_it_depends_on_weights_and_tokenizer_only(folder: Path, tmp_path: Path) -> None:
    first = weights_digest(folder, tmp_path)
    (folder / "README.md").write_text("autre")
    assert weights_digest(folder, tmp_path) == first
    (folder / "tokenizer.json").write_text("[]")
    second = weights_digest(folder, tmp_path)
    assert second != first
    (folder / "model.safetensors").write_bytes(b"x" * 2_000_001)
    assert weights_digest(folder, tmp_path) not in (first, second)


def test_a_copy_elsewhere_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    first = weights_digest(folder, tmp_path)
    assert weights_digest(folder.rename(tmp_path / "moved"), tmp_path) == first


def test_a_large_file_is_read_once(folder: Path, tmp_path: Path) -> None:
    first = weights_digest(folder, tmp_path)
    weights = folder / "model.safetensors"
    status = weights.stat()
    weights.write_bytes(b"y" * 2_000_000)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert weights_digest(folder, tmp_path) == first
    os.utime(weights, ns=(0, 0))
    assert weights_digest(folder, tmp_path) != first


@pytest.mark.parametrize("kept", ["{", "[]", '{"a": 1}', "\0"])
def test_a_damaged_cache_is_ignored(folder: Path, tmp_path: Path, kept: str) -> None:
    first = weights_digest(folder, tmp_path / "other")
    (tmp_path / "digests.json").write_text(kept)
    assert weights_digest(folder, tmp_path) == first


def test_a_cache_that_cannot_be_written_is_no_matter(folder: Path) -> None:
    assert weights_digest(folder, folder / "README.md").startswith("sha256:")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        weights_digest(tmp_path, tmp_path)
