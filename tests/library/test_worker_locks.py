import os
import signal
import time
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.worker_locks import hold_worker_lock, is_alive
from tests.library.running import start, told

HOLD = (
    "import sys; from pathlib import Path\n"
    "from rag.library.worker_locks import hold_worker_lock\n"
    "with hold_worker_lock(Path(sys.argv[1])) as owner:\n"
    "    print(owner, flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "service" / "servers"


def test_alive_for_as_long_as_it_is_held(folder: Path) -> None:
    with hold_worker_lock(folder) as owner, hold_worker_lock(folder) as other:
        assert owner != other
        assert is_alive(folder, owner)
        assert is_alive(folder, other)
    assert not is_alive(folder, owner)
    assert list(folder.iterdir()) == []


def test_another_process_is_alive_until_it_is_killed(folder: Path) -> None:
    with start(HOLD, folder) as process:
        owner = told(process)
        assert is_alive(folder, owner)
        assert is_alive(folder, owner)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        assert not is_alive(folder, owner)
    assert list(folder.iterdir()) == []


def test_a_process_that_ends_takes_its_lock_along(folder: Path) -> None:
    with start(HOLD, folder) as process:
        owner = told(process)
        process.communicate(timeout=60)
    assert list(folder.iterdir()) == []
    assert not is_alive(folder, owner)


def test_a_child_does_not_inherit_the_lock(folder: Path) -> None:
    with hold_worker_lock(folder) as owner:
        child = start("import sys; print('ici', flush=True); sys.stdin.read()")
        assert told(child) == "ici"
    with child:
        assert not is_alive(folder, owner)
        child.kill()


def test_an_error_lets_go(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt), hold_worker_lock(folder) as owner:
        raise KeyboardInterrupt
    assert not is_alive(folder, owner)


def test_what_is_no_owner_is_dead(folder: Path) -> None:
    owners = ("", "../" * 10 + "etc/passwd", "0" * 31, "\x00", "é" * 32)
    with hold_worker_lock(folder):
        assert [owner for owner in owners if is_alive(folder, owner)] == []


def test_locks_of_the_killed_do_not_pile_up(folder: Path) -> None:
    with start(HOLD, folder) as living, start(HOLD, folder) as killed:
        owners = told(living), told(killed)
        killed.kill()
        killed.wait(60)
        then = time.time() - 2 * 24 * 3600
        for owner in owners:
            os.utime(folder / f"{owner}.lock", (then, then))
        (folder / "LISEZMOI").write_text("à moi")
        with hold_worker_lock(folder) as mine:
            left = {each.name for each in folder.iterdir()}
        assert left == {f"{owners[0]}.lock", f"{mine}.lock", "LISEZMOI"}
        assert is_alive(folder, owners[0])
        living.communicate(timeout=60)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(LibraryError), hold_worker_lock(tmp_path / "fichier" / "servers"):
        pass
