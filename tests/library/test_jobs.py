from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rag.errors import UnknownError
from rag.library.collections import Collections
from rag.library.database import Database
from rag.library.job import FINISHED, Ending, JobFile, JobKind, JobState
from rag.library.jobs import Jobs
from rag.library.worker_locks import hold_worker_lock, is_alive
from tests.library.running import finish, start, tell, told

NOTE = JobFile("d1", "note.md", "a" * 64, "text/markdown", 12)
SHEET = JobFile("d2", "été.pdf", "b" * 64, "application/pdf", 34)
OWNER = "0" * 32

CLAIM = (
    "import sys; from pathlib import Path\n"
    "from rag.library.database import Database; from rag.library.jobs import Jobs\n"
    "jobs = Jobs(Database(Path(sys.argv[1])))\n"
    "print('ready', flush=True); sys.stdin.readline()\n"
    "for _ in range(20):\n"
    "    for job in jobs.claim(sys.argv[2]): print(job.id)\n"
)
CLAIM_AND_WAIT = (
    "import sys; from pathlib import Path\n"
    "from rag.library.database import Database; from rag.library.jobs import Jobs\n"
    "from rag.library.worker_locks import hold_worker_lock\n"
    "with hold_worker_lock(Path(sys.argv[2])) as owner:\n"
    "    for job in Jobs(Database(Path(sys.argv[1]))).claim(owner):\n"
    "        print(job.id, flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


def dead(owner: str) -> bool:
    return False


def nothing() -> None:
    """No generation is published."""


def test_from_the_queue_to_its_end(jobs: Jobs) -> None:
    job = jobs.add(JobKind.ADD, "documents", [NOTE, SHEET], key="k")
    assert (job.state, job.files, job.key) == (JobState.QUEUED, (NOTE, SHEET), "k")
    assert jobs.find(job.id) == job

    (claimed,) = jobs.claim(OWNER)
    assert claimed == replace(job, state=JobState.RUNNING, started=claimed.started)
    assert claimed.started is not None

    jobs.advance([job.id], "embedding", 3, 9)
    told = jobs.find(job.id)
    assert (told.stage, told.done, told.total) == ("embedding", 3, 9)

    left_out = replace(SHEET, reason="il est chiffré")
    jobs.finish(job.id, Ending(JobState.PARTLY, (NOTE, left_out), generation="g2"))
    ended = jobs.find(job.id)
    assert (ended.stage, ended.done, ended.total) == ("", 0, 0)
    assert ended.state is JobState.PARTLY
    assert ended.files == (NOTE, left_out)
    assert (ended.generation, ended.error) == ("g2", None)
    assert ended.ended is not None


def test_a_failure_keeps_its_files(jobs: Jobs) -> None:
    job = jobs.add(JobKind.REPLACE, "documents", [NOTE])
    jobs.claim(OWNER)
    jobs.finish(job.id, Ending(JobState.FAILED, error="le disque est plein"))
    ended = jobs.find(job.id)
    assert (ended.state, ended.files, ended.error) == (
        JobState.FAILED,
        (NOTE,),
        "le disque est plein",
    )


def test_what_has_ended_does_not_change(jobs: Jobs) -> None:
    job = jobs.add(JobKind.ADD, "documents", [NOTE])
    jobs.claim(OWNER)
    jobs.finish(job.id, Ending(JobState.DONE, generation="g1"))
    ended = jobs.find(job.id)
    jobs.finish(job.id, Ending(JobState.FAILED, error="trop tard"))
    jobs.advance([job.id], "reading", 1, 1)
    assert jobs.settle_abandoned(dead, nothing) == []
    assert jobs.find(job.id) == ended


@pytest.mark.parametrize("state", set(JobState) - FINISHED)
def test_an_end_is_an_end(jobs: Jobs, state: JobState) -> None:
    job = jobs.add(JobKind.ADD, "documents")
    with pytest.raises(ValueError, match="not an end"):
        jobs.finish(job.id, Ending(state))


def test_no_such_job(jobs: Jobs) -> None:
    jobs.add(JobKind.ADD, "documents", [NOTE])
    found = []
    for asked in ("", "x", "\ud800", "' OR 1=1; --", "a" * 10**6):
        with suppress(UnknownError):
            found.append(jobs.find(asked))
    assert found == []


def test_claimed_oldest_first_and_once(jobs: Jobs) -> None:
    added = [jobs.add(JobKind.ADD, f"c{number}").id for number in range(30)]
    assert jobs.waiting() == 30
    assert [each.id for each in jobs.claim(OWNER)] == added
    assert jobs.claim(OWNER) == []
    assert jobs.waiting() == 0


def test_claimed_once_among_processes(jobs: Jobs, path: Path) -> None:
    claimers = [start(CLAIM, path, f"{number}" * 32) for number in range(3)]
    assert [told(each) for each in claimers] == ["ready"] * 3
    for each in claimers:
        tell(each)
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: jobs.add(JobKind.ADD, "documents").id, range(40)))
    claimed = [line for each in claimers for line in finish(each).split()]
    claimed += [each.id for each in jobs.claim(OWNER)]
    assert sorted(claimed) == sorted(added)


def test_recent_ones_of_the_collections_that_may_be_seen(jobs: Jobs) -> None:
    added = [jobs.add(JobKind.ADD, name) for name in ("a", "b", "été", "a")]
    newest = added[::-1]
    assert jobs.recent() == newest
    assert jobs.recent(["a", "été"]) == [newest[0], newest[1], newest[3]]
    assert jobs.recent([]) == []
    assert jobs.recent(["a' OR 1=1", "\ud800"]) == []
    assert jobs.recent(limit=2) == newest[:2]
    assert jobs.recent(["a"], limit=1) == newest[:1]
    assert jobs.recent(limit=10**30) == newest
    assert jobs.recent(limit=-1) == []


def test_pending_while_queued_and_running(jobs: Jobs) -> None:
    job = jobs.add(JobKind.ADD, "documents", [NOTE, SHEET])
    for _ in range(2):
        assert jobs.pending("documents")
        assert jobs.pending("documents", ["d1"])
        assert jobs.pending("documents", {"autre", "été.pdf"})
        assert not jobs.pending("documents", ["autre"])
        assert not jobs.pending("documents", [])
        assert not jobs.pending("rh")
        assert not jobs.pending("rh", ["d1"])
        jobs.claim(OWNER)
    jobs.finish(job.id, Ending(JobState.DONE))
    assert not jobs.pending("documents")
    assert not jobs.pending("documents", ["d1"])


def test_a_collection_that_goes_touches_all_its_documents(jobs: Jobs) -> None:
    jobs.add(JobKind.REMOVE_COLLECTION, "documents")
    assert jobs.pending("documents", ["n'importe lequel"])
    assert not jobs.pending("rh", ["n'importe lequel"])


def test_digests_that_are_still_needed(jobs: Jobs) -> None:
    first = jobs.add(JobKind.ADD, "documents", [NOTE])
    jobs.claim(OWNER)
    jobs.add(JobKind.ADD, "documents", [SHEET])
    jobs.add(JobKind.REMOVE, "documents", [JobFile("d3", "autre.md")])
    assert jobs.digests() == {"a" * 64, "b" * 64}
    jobs.finish(first.id, Ending(JobState.FAILED, error="non"))
    assert jobs.digests() == {"b" * 64}


def test_counted_by_state(jobs: Jobs) -> None:
    assert jobs.counts() == dict.fromkeys(JobState, 0)
    jobs.add(JobKind.ADD, "documents")
    jobs.claim(OWNER)
    jobs.add(JobKind.ADD, "documents")
    assert jobs.counts() == {
        **dict.fromkeys(JobState, 0),
        JobState.RUNNING: 1,
        JobState.QUEUED: 1,
    }


def test_of_jobs_that_died_together_each_is_tried_alone(jobs: Jobs) -> None:
    first, second = (jobs.add(JobKind.ADD, "documents", [NOTE]) for _ in range(2))
    jobs.claim(OWNER)
    later = jobs.add(JobKind.ADD, "documents", [SHEET])
    assert jobs.settle_abandoned(dead, nothing) == []
    assert [job.id for job in jobs.claim("one")] == [first.id]
    assert jobs.settle_abandoned(dead, nothing) == [first.id]
    assert [job.id for job in jobs.claim("two")] == [second.id]
    assert [job.id for job in jobs.claim("three")] == [later.id]
    assert jobs.claim("four") == []


def test_jobs_whose_generation_was_published_end_as_planned(
    jobs: Jobs, database: Database
) -> None:
    collections = Collections(database)
    collections.create("rh")
    left_out = replace(SHEET, reason="il est chiffré")
    partly = jobs.add(JobKind.ADD, "documents", [NOTE, SHEET])
    failed = jobs.add(JobKind.REPLACE, "documents", [SHEET])
    gone = jobs.add(JobKind.REMOVE_COLLECTION, "rh")
    jobs.claim(OWNER)
    jobs.advance([partly.id], "analysed", 512, 571)
    jobs.plan(
        "g2",
        {
            partly.id: Ending(JobState.PARTLY, (NOTE, left_out), None, "g2"),
            failed.id: Ending(JobState.FAILED, (left_out,), "il est chiffré"),
            gone.id: Ending(JobState.DONE, (), None, "g2"),
        },
    )
    assert jobs.find(partly.id).files == (NOTE, SHEET)
    assert jobs.settle_abandoned(lambda owner: True, lambda: "g2") == []
    assert jobs.settle_abandoned(dead, lambda: "g2") == [partly.id, failed.id, gone.id]
    found = jobs.find(partly.id)
    assert (found.state, found.files) == (JobState.PARTLY, (NOTE, left_out))
    assert (found.stage, found.done, found.generation) == ("", 0, "g2")
    assert found.ended is not None
    assert jobs.find(failed.id).error == "il est chiffré"
    assert jobs.find(gone.id).state is JobState.DONE
    assert collections.find("rh") is None


@pytest.mark.parametrize("published", [None, "g1", "g3"])
def test_a_plan_counts_for_nothing_without_its_generation(
    jobs: Jobs, published: str | None
) -> None:
    job = jobs.add(JobKind.ADD, "documents", [NOTE])
    jobs.claim(OWNER)
    jobs.plan("g2", {job.id: Ending(JobState.DONE, (NOTE,), None, "g2")})
    assert jobs.settle_abandoned(dead, lambda: published) == [job.id]
    assert jobs.find(job.id).state is JobState.FAILED


def test_a_plan_is_forgotten_with_its_worker(jobs: Jobs) -> None:
    first, second = (jobs.add(JobKind.ADD, "documents", [NOTE]) for _ in range(2))
    jobs.claim(OWNER)
    jobs.advance([first.id], "sealed", 1, 1)
    jobs.plan("g2", {job.id: Ending(JobState.DONE) for job in (first, second)})
    assert jobs.settle_abandoned(dead, nothing) == []
    again = jobs.find(first.id)
    assert (again.state, again.stage, again.done, again.total) == (JobState.QUEUED, "", 0, 0)
    jobs.claim(OWNER)
    assert jobs.settle_abandoned(dead, lambda: "g2") == [first.id]
    assert jobs.find(first.id).state is JobState.FAILED


def test_jobs_of_the_dead_fail_and_say_so(jobs: Jobs, path: Path, tmp_path: Path) -> None:
    owners = tmp_path / "servers"
    alive = partial(is_alive, owners)
    lost = jobs.add(JobKind.ADD, "documents", [NOTE])
    with start(CLAIM_AND_WAIT, path, owners) as process, hold_worker_lock(owners) as mine:
        assert told(process) == lost.id
        kept = jobs.add(JobKind.ADD, "documents", [SHEET])
        jobs.claim(mine)
        waiting = jobs.add(JobKind.ADD, "documents")
        assert jobs.settle_abandoned(alive, nothing) == []
        process.kill()
        process.wait(60)
        assert jobs.settle_abandoned(alive, nothing) == [lost.id]
        assert jobs.settle_abandoned(alive, nothing) == []
        failed = jobs.find(lost.id)
        assert failed.state is JobState.FAILED
        assert failed.error is not None
        assert "interrompu" in failed.error
        assert failed.ended is not None
        assert jobs.find(kept.id).state is JobState.RUNNING
        assert jobs.find(waiting.id).state is JobState.QUEUED


def test_only_the_newest_ends_are_remembered(jobs: Jobs) -> None:
    queued = jobs.add(JobKind.ADD, "documents")
    jobs.claim(OWNER)
    ended = [jobs.add(JobKind.ADD, "documents") for _ in range(5)]
    jobs.claim(OWNER)
    for each in ended:
        jobs.finish(each.id, Ending(JobState.DONE))
    last = jobs.add(JobKind.ADD, "documents")
    jobs.prune(keep=2)
    assert [each.id for each in jobs.recent()] == [last.id, ended[4].id, ended[3].id, queued.id]
    jobs.prune(keep=0)
    assert [each.id for each in jobs.recent()] == [last.id, queued.id]


def test_hostile_names_are_only_names(jobs: Jobs) -> None:
    names = ["'; DROP TABLE jobs; --", "\x00\n", "../../etc/passwd", "a" * 100_000, "\ud800"]
    files = [JobFile(f"d{number}", name) for number, name in enumerate(names)]
    job = jobs.add(JobKind.ADD, "documents", files)
    assert jobs.find(job.id) == job
    assert [each.name for each in job.files] == [*names[:-1], "\ufffd"]
