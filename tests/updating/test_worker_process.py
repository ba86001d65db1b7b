import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from rag.library.database import Database
from rag.library.job import JobState
from rag.library.library import ServiceLayout
from rag.settings import Settings
from rag.updating.supervisor import exit_code
from rag.updating.worker_process import WorkerProcess, launch_process
from tests.service.desk import Desk
from tests.uploading import settings


def _ended(code: str) -> tuple[int, WorkerProcess]:
    """A Python program run as a worker."""

    async def run() -> tuple[int, WorkerProcess]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        worker = WorkerProcess(process)
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


def _worked(served: Settings) -> int:
    async def run() -> int:
        return await (await launch_process(served)()).wait()

    return asyncio.run(run())


def test_the_worker_has_the_settings_of_its_server_and_runs_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served = _served(tmp_path)
    Database(ServiceLayout(served.service_directory).database).close()
    # What stands in the working directory is not what the server was started with.
    (tmp_path / "sourcier.toml").write_text("[chunking\n", encoding="utf-8")
    (tmp_path / "rag").mkdir()
    (tmp_path / "rag" / "__init__.py").touch()
    (tmp_path / "rag" / "__main__.py").write_text("raise SystemExit(7)", encoding="utf-8")
    monkeypatch.setenv("SOURCIER_CHUNKING__MAX_TOKENS", "none")
    monkeypatch.setenv("SOURCIER_NOTHING", "x")
    monkeypatch.chdir(tmp_path)
    assert (_worked(served), caplog.records) == (0, [])
    # It looked where it was told to.
    assert (ServiceLayout(served.service_directory).workers).is_dir()


def test_a_worker_has_no_more_memory_than_it_may(
    tmp_path: Path, model_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path)
    job = desk.add(note_md="# Note\n\nLe parking ouvre à sept heures.\n")
    served = settings(desk.index)
    few = served.server.model_copy(update={"worker_bytes": 50_000_000})
    with caplog.at_level(logging.WARNING):
        assert _worked(served.model_copy(update={"server": few})) != 0
    assert desk.job(job).state is not JobState.DONE
    assert _worked(served) == 0


def _served(folder: Path) -> Settings:
    chosen = settings(folder / "index")
    server = chosen.server.model_copy(
        update={"directory": folder / "été", "hosts": ("docs.example",), "queue": 7}
    )
    return chosen.model_copy(update={"server": server})


def test_the_command_runs_apart_and_gives_way(tmp_path: Path) -> None:
    async def run() -> int:
        worker = await launch_process(_served(tmp_path))()
        assert isinstance(worker, WorkerProcess)
        identity = worker._process.pid
        assert os.getsid(identity) == identity
        assert os.getpriority(os.PRIO_PROCESS, identity) == 10
        return await worker.wait()

    assert asyncio.run(run()) == 0


def test_one_that_does_not_hear_is_killed() -> None:
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(1, flush=True); signal.pause()"
    )

    async def run() -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", deaf, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        return await exit_code(WorkerProcess(process), lambda: 0, 0.02, mercy=0.02)

    assert asyncio.run(run()) == -signal.SIGKILL
