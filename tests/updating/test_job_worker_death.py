"""A worker that is killed leaves an index that answers, and jobs that say so."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rag.index.build_stages import Stage
from rag.index.local.layout import IndexLayout
from rag.library.job import JobKind, JobState
from rag.updating.folder_sync import SyncRequest
from tests.little_embedder import LittleEmbedder
from tests.service.desk import COLLECTION, Desk
from tests.updating.dying_work import POINTS
from tests.uploading import update, write

ROOT = Path(__file__).parents[2]
NOTE = "# Note\n\nLe parking ouvre à sept heures.\n"
AUTRE = "# Autre\n\nLa cantine ferme à quinze heures.\n"
BEFORE = {"note.md", "reste.md"}
AFTER = {"autre.md", "reste.md"}


def dying(desk: Desk, point: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tests.updating.dying_work", str(desk.folder), point],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=120,
    )


EVERY_POINT = [*POINTS, "embedded", "sealed", "published"]
PUBLISHED = {"published", "recorded", "ended"}


@pytest.mark.parametrize("point", EVERY_POINT)
def test_killed_at(tmp_path: Path, point: str) -> None:
    desk = Desk(tmp_path)
    desk.add(note_md=NOTE, reste_md=NOTE.replace("parking", "square"))
    desk.work()
    reader = desk.opened()
    job = desk.remove("note.md")
    died = dying(desk, point)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with reader:
        assert len(reader.store.headers()) == 2
    left = BEFORE if point not in PUBLISHED else {"reste.md"}
    assert {each.path for each in desk.opened().store.headers()} == left
    if point != "ended":
        assert desk.job(job).state is JobState.RUNNING

    assert desk.work() == 0
    ended = desk.job(job)
    # Before the publication nothing has changed; after it, all is done.
    assert ended.state is (JobState.DONE if point in PUBLISHED else JobState.FAILED)
    with desk.opened() as generation:
        published = generation.manifest.generation
    assert ended.generation == (published if point in PUBLISHED else None)
    assert (ended.stage, ended.done, ended.total) == ("", 0, 0)
    assert desk.kept() == left
    # Nothing of what was removed is left, even where the worker died before it tidied up.
    assert len(IndexLayout(desk.index).present()) == 1
    if point not in PUBLISHED:
        desk.remove("note.md")
        assert desk.work() == 1
    assert desk.texts().keys() == desk.kept() == {"reste.md"}
    assert len(desk.originals()) == 1


@pytest.mark.parametrize("point", EVERY_POINT)
def test_jobs_killed_together_are_tried_one_by_one(tmp_path: Path, point: str) -> None:
    desk = Desk(tmp_path)
    desk.add(note_md=NOTE, reste_md=NOTE.replace("parking", "square"))
    desk.work()
    jobs = [desk.add(autre_md=AUTRE), desk.remove("note.md")]
    assert dying(desk, point).returncode == -signal.SIGKILL
    worked = []
    while count := desk.work():
        worked.append(count)
    assert worked == ([] if point in PUBLISHED else [1, 1])
    assert {desk.job(job).state for job in jobs} == {JobState.DONE}
    assert desk.texts().keys() == desk.kept() == AFTER
    assert len(IndexLayout(desk.index).present()) == 1
    assert len(desk.originals()) == 2


def test_what_died_after_its_publication_and_was_built_upon_is_done(tmp_path: Path) -> None:
    """The index is not the one planned any more: what it holds tells."""
    desk = Desk(tmp_path)
    desk.add(note_md=NOTE, reste_md=NOTE.replace("parking", "square"))
    desk.work()
    jobs = [
        desk.add(autre_md=AUTRE),
        desk.remove("note.md"),
        desk.queue(JobKind.REPLACE, desk.sent("reste.md", AUTRE.replace("cantine", "salle"))),
    ]
    assert dying(desk, "published").returncode == -signal.SIGKILL
    write(tmp_path / "files", {"salon.md": "# Salon\n\nLe salon ouvre.\n"})
    with desk.opened() as previous:
        request = SyncRequest([tmp_path / "files"], COLLECTION)
        update(desk.index, request, LittleEmbedder(), previous)
    worked = []
    while count := desk.work():
        worked.append(count)
    assert worked == [1, 1, 1]
    assert {desk.job(job).state for job in jobs} == {JobState.DONE}
    assert [desk.job(job).error for job in jobs] == [None] * 3
    assert desk.kept() == AFTER
    assert desk.texts().keys() == {*AFTER, "salon.md"}
    assert "salle" in desk.texts()["reste.md"]


def test_the_stages_are_those_of_a_build() -> None:
    assert {"embedded", "sealed", "published"} <= {str(stage) for stage in Stage}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    place = tmp_path / "disque"
    place.mkdir()
    arguments = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(place)]
    try:
        subprocess.run(arguments, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a disk of its own cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("left", [4096, 65_536, 300_000])
def test_a_disk_that_is_full(disk: Path, left: int) -> None:
    desk = Desk(disk)
    desk.add(note_md=NOTE)
    desk.work()
    job = desk.add(**{f"n{number}_md": AUTRE * 20 + f"\n{number}\n" for number in range(30)})
    filler = disk / "reste"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    os.truncate(filler, filler.stat().st_size - left)
    done = dying(desk, "jamais")
    assert done.returncode == 1, done.stderr.decode()
    assert desk.texts().keys() == {"note.md"}
    filler.unlink()
    desk.work()
    state = desk.job(job).state
    assert state in {JobState.FAILED, JobState.DONE}
    if state is JobState.DONE:
        return
    assert desk.texts().keys() == desk.kept() == {"note.md"}


def limited(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.add(note_md=NOTE)
    desk.work()
    job = desk.add(long_md="\n\n".join(f"La salle {n} est au bout." for n in range(3000)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.updating.dying_work", str(tmp_path), "jamais"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        preexec_fn=limited(200_000),
        timeout=120,
    )
    assert done.returncode == 1, done.stderr.decode()
    assert desk.work() == 0
    assert desk.job(job).state is JobState.FAILED
    assert desk.texts().keys() == desk.kept() == {"note.md"}
