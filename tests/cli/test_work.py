"""The command ``sourcier work``, as a process of its own with the real model."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.library.job import JobState
from tests.service.desk import Desk

ROOT = Path(__file__).parents[1]
NOTE = "# Note\n\nLe parking ouvre à sept heures.\n"


@pytest.fixture
def desk(tmp_path: Path, model_cache: Path) -> Desk:
    return Desk(tmp_path)


def started(desk: Desk) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rag", "work", "--index", str(desk.index)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def ran(desk: Desk) -> tuple[int, str, str]:
    process = started(desk)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_jobs_are_applied_and_told(desk: Desk) -> None:
    assert ran(desk) == (
        0,
        "Aucun changement n'attend, ou un autre processus s'en charge déjà.\n",
        "",
    )
    desk.add(note_md=NOTE)
    assert ran(desk) == (
        0,
        "Ajout, collection «\u00a0documents\u00a0», 1 document\u00a0: fait.\n",
        "",
    )
    desk.remove("note.md")
    desk.add(autre_md=NOTE, vide_md=" ")
    code, out, err = ran(desk)
    assert (code, out.count("\n")) == (3, 2)
    assert "fait en partie" in out
    assert err.startswith("  vide.md\u00a0: ")
    desk.add(vide_md=" ")
    code, out, err = ran(desk)
    assert code == 1
    assert "échoué" in out
    assert desk.texts().keys() == {"autre.md"}


def test_a_worker_that_is_asked_to_stop(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    assert ran(desk)[0] == 0
    # Texts enough for some seconds of embedding.
    long = "\n\n".join(f"La salle {n} ouvre à {n % 24} heures." for n in range(6_000))
    job = desk.add(long_md=long)
    process = started(desk)
    while desk.job(job).stage != "embedded" and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Interrompu" in err
    failed = desk.job(job)
    assert failed.state is JobState.FAILED
    assert "interrompu" in (failed.error or "")
    assert desk.texts().keys() == desk.kept() == {"note.md"}
    assert list(desk.layout.workers.iterdir()) == []
