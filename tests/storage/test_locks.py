import stat
from pathlib import Path

import pytest

from rag.storage.locks import hold_lock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold_lock(path), pytest.raises(BlockingIOError), hold_lock(path, wait=False):
        pass
    with hold_lock(path, wait=False):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.exists()


def test_a_file_that_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), hold_lock(tmp_path / "lock", create=False):
        pass
    assert not list(tmp_path.iterdir())
