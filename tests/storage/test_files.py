import errno
import os
import threading
from pathlib import Path

import pytest

from rag.storage.files import prepare_folder, remove_folder, write_whole


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    write_whole(path, "ancien")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "nouveau")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "run.json": "ancien"
    }


def test_a_file_may_be_its_owners_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"\0", draft=tmp_path / "draft", mode=0o600)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_folder_goes_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_text("x")
    remove_folder(tmp_path / "a")
    remove_folder(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_written_to_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(500):
        (folder / str(number)).touch()
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            try:
                (folder / "lock").touch()
            except FileNotFoundError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    threading.Timer(0.1, stop.set).start()
    remove_folder(folder)
    writer.join()
    assert not folder.exists()


def test_a_refusal_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "x")

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(PermissionError):
        remove_folder(tmp_path)


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        prepare_folder(tmp_path / "file")
