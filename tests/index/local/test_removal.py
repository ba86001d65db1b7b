import threading
from pathlib import Path

import pytest

from rag.index.local.removal import remove_folder


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
