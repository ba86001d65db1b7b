import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from rag.service import working_process as module
from rag.service.working_process import WorkingProcess, launch_process
from rag.settings import Settings, load_settings
from tests.library import settings


def _ended(code: str) -> tuple[int, WorkingProcess]:
    """A Python program run as a worker."""

    async def run() -> tuple[int, WorkingProcess]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        worker = WorkingProcess(process)
        return await worker.wait(), worker

    return asyncio.run(run())


def test_what_a_failed_worker_last_said_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    talk = "import sys; sys.stderr.write('début' + 'x' * 300_000 + ' la fin\\n'); sys.exit(3)"
    with caplog.at_level(logging.WARNING):
        code, worker = _ended(talk)
    assert code == 3
    (record,) = caplog.records
    assert record.getMessage().endswith("la fin")
    assert "début" not in record.getMessage()
    assert len(record.getMessage()) < 5000
    worker.terminate()


def test_one_that_succeeds_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    code, _ = _ended("import sys; sys.stderr.write('tout va bien')")
    assert (code, caplog.records) == (0, [])


def test_a_signal_is_told_as_a_negative_code() -> None:
    code, _ = _ended(f"import os; os.kill(os.getpid(), {signal.SIGKILL})")
    assert code == -signal.SIGKILL


def test_the_worker_has_the_settings_of_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = _served(tmp_path)
    monkeypatch.setenv("SOURCIER_CHUNKING__MAX_TOKENS", "99")
    environment = module._environment(served)
    for name in [name for name in os.environ if name.startswith("SOURCIER_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # What stands in the working directory is not what the server was started with.
    (tmp_path / "sourcier.toml").write_text("[chunking]\nmin_tokens = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings() == served


def _served(folder: Path) -> Settings:
    chosen = settings(folder / "index")
    server = chosen.server.model_copy(
        update={"directory": folder / "été", "hosts": ("docs.example",), "queue": 7}
    )
    return chosen.model_copy(update={"server": server})


def test_the_command_runs_apart_and_gives_way(tmp_path: Path) -> None:
    async def run() -> int:
        worker = await launch_process(_served(tmp_path))()
        assert isinstance(worker, WorkingProcess)
        identity = worker._process.pid
        assert os.getsid(identity) == identity
        assert os.getpriority(os.PRIO_PROCESS, identity) == 10
        return await worker.wait()

    assert asyncio.run(run()) == 0
