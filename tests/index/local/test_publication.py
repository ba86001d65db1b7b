import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import IndexBusyError
from rag.index.local.publication import hold_build_lock

HOLD = (
    "import sys; from pathlib import Path\n"
    "from rag.index.local.publication import hold_build_lock\n"
    "with hold_build_lock(Path(sys.argv[1])):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def test_another_process_holds_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "new" / "index")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(IndexBusyError, match=f"n° {holder.pid}"),
            hold_build_lock(tmp_path / "new" / "index"),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
    with hold_build_lock(tmp_path / "new" / "index") as lock:
        assert lock.layout.root == tmp_path / "new" / "index"
        assert lock.layout.lock.read_text() == f"{os.getpid()}\n"
    assert lock.layout.lock.read_text() == ""


def test_it_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), hold_build_lock(tmp_path):
        raise KeyboardInterrupt
    with hold_build_lock(tmp_path):
        pass
