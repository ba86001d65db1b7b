import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.database import Database
from rag.library.job import Ending, JobKind, JobState
from rag.library.jobs import Jobs
from rag.updating import supervisor as module
from rag.updating.supervisor import Supervisor, exit_code

OWNER = "0" * 32


class Working:
    """A worker that takes all jobs, and ends when told to."""

    def __init__(self, jobs: Jobs, code: int = 0, held: bool = False) -> None:
        self._jobs = jobs
        self._code = code
        self.taken = [job.id for job in jobs.claim(OWNER)]
        self.leave = asyncio.Event()
        self.terminated = False
        self.killed = False
        if not held:
            self.leave.set()

    async def wait(self) -> int:
        await self.leave.wait()
        if not self._code:
            for job in self.taken:
                self._jobs.finish(job, Ending(JobState.DONE))
        return self._code

    def terminate(self) -> None:
        self.terminated = True
        self._code = -15
        self.leave.set()

    def kill(self) -> None:
        self.killed = True
        self._code = -9
        self.leave.set()


class Idler(Working):
    """One that says that all went well, and takes nothing."""

    def __init__(self, jobs: Jobs) -> None:
        self.taken = []
        self._code = 0
        self._jobs = jobs
        self.leave = asyncio.Event()
        self.leave.set()


class Scene:
    """A supervisor, and the workers that it started."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.workers: list[Working] = []
        self.codes: list[int] = []
        self.held = False
        self.refusals = 0
        self.ended = asyncio.Event()
        self.started = asyncio.Event()
        self.alive = False
        self.patience = 0.0

    async def launch(self) -> Working:
        if self.refusals:
            self.refusals -= 1
            raise OSError("no memory")
        worker = Working(self.jobs, self.codes.pop(0) if self.codes else 0, self.held)
        self.workers.append(worker)
        self.started.set()
        return worker

    def run(self, work: Callable[[Supervisor], Awaitable[object]], seconds: float = 5) -> None:
        async def run() -> None:
            loop = asyncio.get_running_loop()
            supervisor = Supervisor(
                self.jobs,
                self.launch,
                lambda: self.jobs.settle_abandoned(lambda owner: self.alive, lambda: None),
                lambda: loop.call_soon_threadsafe(self.ended.set),
                self.patience,
            )
            supervisor.start()
            try:
                await asyncio.wait_for(work(supervisor), 30)
            finally:
                await supervisor.stop(seconds)

        asyncio.run(run())

    def add(self) -> str:
        return self.jobs.add(JobKind.REMOVE_COLLECTION, "documents").id

    def states(self) -> list[JobState]:
        return [job.state for job in self.jobs.recent()]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(module, "_SHORTEST_PAUSE", 0.001)
    database = Database(tmp_path / "service" / "service.sqlite")
    yield Scene(Jobs(database))
    database.close()


def test_jobs_that_wait_at_the_start_are_worked_on(scene: Scene) -> None:
    scene.add()
    scene.run(lambda _: scene.ended.wait())
    assert scene.states() == [JobState.DONE]


def test_nothing_is_started_for_nothing(scene: Scene) -> None:
    async def work(supervisor: Supervisor) -> None:
        supervisor.wake()
        job = scene.add()
        supervisor.wake()
        await scene.ended.wait()
        assert scene.jobs.find(job).state is JobState.DONE

    scene.run(work)
    assert len(scene.workers) == 1


def test_there_is_one_worker_at_a_time_and_the_next_takes_the_rest(scene: Scene) -> None:
    scene.held = True

    async def work(supervisor: Supervisor) -> None:
        scene.add()
        supervisor.wake()
        await scene.started.wait()
        scene.started.clear()
        scene.held = False
        for _ in range(3):
            scene.add()
            supervisor.wake()
        assert len(scene.workers) == 1
        scene.workers[0].leave.set()
        await scene.started.wait()
        scene.ended.clear()
        await scene.ended.wait()

    scene.run(work)
    assert [len(worker.taken) for worker in scene.workers] == [1, 3]


def test_the_jobs_of_a_worker_that_died_fail_and_others_go_on(scene: Scene) -> None:
    scene.codes = [-9]

    async def work(supervisor: Supervisor) -> None:
        dead = scene.add()
        supervisor.wake()
        await scene.ended.wait()
        assert scene.jobs.find(dead).state is JobState.FAILED
        scene.ended.clear()
        scene.add()
        supervisor.wake()
        await scene.ended.wait()

    scene.run(work)
    assert scene.states() == [JobState.DONE, JobState.FAILED]


def test_what_a_worker_that_died_left_is_cleared_by_another(scene: Scene) -> None:
    scene.codes = [-9, 0]
    scene.add()

    async def work(supervisor: Supervisor) -> None:
        while len(scene.workers) < 2:
            await scene.ended.wait()
            scene.ended.clear()

    scene.run(work)
    assert [len(worker.taken) for worker in scene.workers] == [1, 0]


def test_one_that_dies_with_nothing_to_do_is_not_tried_for_ever(scene: Scene) -> None:
    scene.codes = [-9, -9, 0]
    scene.add()

    async def work(supervisor: Supervisor) -> None:
        while len(scene.workers) < 2:
            await scene.ended.wait()
            scene.ended.clear()
        last = scene.add()
        supervisor.wake()
        while scene.jobs.find(last).state is not JobState.DONE:
            await asyncio.sleep(0)

    scene.run(work)
    assert [len(worker.taken) for worker in scene.workers] == [1, 0, 1]


def test_jobs_of_a_dead_server_fail_at_the_start_and_those_of_a_living_one_do_not(
    scene: Scene,
) -> None:
    scene.add()
    scene.jobs.claim(OWNER)
    scene.alive = True

    async def work(supervisor: Supervisor) -> None:
        scene.add()
        supervisor.wake()
        await scene.ended.wait()

    scene.run(work)
    assert scene.states() == [JobState.DONE, JobState.RUNNING]
    scene.alive = False
    scene.ended = asyncio.Event()
    scene.add()
    scene.run(lambda _: scene.ended.wait())
    assert scene.states() == [JobState.DONE, JobState.DONE, JobState.FAILED]


def test_a_worker_that_cannot_start_is_tried_again(scene: Scene) -> None:
    scene.refusals = 3
    scene.add()
    scene.run(lambda _: scene.ended.wait())
    assert scene.states() == [JobState.DONE]


def test_records_that_cannot_be_read_for_a_while_are_tried_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[Exception] = [LibraryError("plein"), RuntimeError("surprise")]
    waiting = scene.jobs.waiting

    def failing() -> int:
        if failures:
            raise failures.pop()
        return waiting()

    monkeypatch.setattr(scene.jobs, "waiting", failing)
    scene.add()
    scene.run(lambda _: scene.ended.wait())
    assert scene.states() == [JobState.DONE]


def test_stopping_waits_for_the_worker_under_way(scene: Scene) -> None:
    scene.held = True
    scene.add()

    async def work(supervisor: Supervisor) -> None:
        await scene.started.wait()
        scene.add()
        stopping = asyncio.ensure_future(supervisor.stop(30))
        await asyncio.sleep(0)
        assert not stopping.done()
        scene.workers[0].leave.set()
        await stopping

    scene.run(work)
    assert not scene.workers[0].terminated
    assert scene.states() == [JobState.QUEUED, JobState.DONE]


def test_stopping_asks_a_worker_that_takes_too_long_to_stop(scene: Scene) -> None:
    scene.held = True
    scene.add()
    scene.run(lambda _: scene.started.wait(), seconds=0)
    assert scene.workers[0].terminated
    assert scene.states() == [JobState.FAILED]


def test_a_worker_that_does_not_stop_is_left_behind(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MERCY_SECONDS", 0.001)
    monkeypatch.setattr(Working, "terminate", lambda worker: None)
    scene.held = True
    scene.alive = True
    scene.add()
    scene.run(lambda _: scene.started.wait(), seconds=0)
    assert scene.states() == [JobState.RUNNING]


def test_a_worker_that_takes_nothing_is_followed_by_the_next_after_a_pause(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SHORTEST_PAUSE", 3600.0)
    launched: list[Idler] = []

    async def launch() -> Idler:
        launched.append(Idler(scene.jobs))
        return launched[-1]

    monkeypatch.setattr(scene, "launch", launch)
    scene.add()

    async def work(supervisor: Supervisor) -> None:
        await scene.ended.wait()
        for _ in range(50):
            await asyncio.to_thread(scene.jobs.waiting)
        supervisor.wake()

    scene.run(work)
    assert len(launched) == 1
    assert scene.states() == [JobState.QUEUED]


def test_one_that_took_its_jobs_is_fine_whatever_was_queued_meanwhile(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SHORTEST_PAUSE", 3600.0)
    scene.held = True
    scene.add()

    async def work(supervisor: Supervisor) -> None:
        await scene.started.wait()
        scene.started.clear()
        scene.held = False
        scene.add()
        scene.add()
        scene.workers[0].leave.set()
        await scene.started.wait()
        scene.ended.clear()
        await scene.ended.wait()

    scene.run(work)
    assert scene.states() == [JobState.DONE] * 3


def test_the_jobs_of_a_worker_that_stands_still_fail(scene: Scene) -> None:
    scene.held = True
    scene.patience = 0.02
    scene.add()
    scene.run(lambda _: scene.ended.wait())
    assert scene.workers[0].terminated
    assert scene.states() == [JobState.FAILED]


# A worker whose jobs stand still


class Stuck:
    """A worker that ends when it is killed, or asked if it is polite."""

    def __init__(self, polite: bool = False, code: int | None = None) -> None:
        self._polite = polite
        self._ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.asked: list[str] = []
        if code is not None:
            self._ending.set_result(code)

    async def wait(self) -> int:
        return await self._ending

    def end(self, code: int) -> None:
        if not self._ending.done():
            self._ending.set_result(code)

    def terminate(self) -> None:
        self.asked.append("terminate")
        if self._polite:
            self.end(-15)

    def kill(self) -> None:
        self.asked.append("kill")
        self.end(-9)


def _ran(
    made: Callable[[], Stuck], advance: Callable[[Stuck], object], seconds: float = 0.02
) -> tuple[int, list[str]]:
    async def run() -> tuple[int, list[str]]:
        worker = made()
        code = await exit_code(worker, lambda: advance(worker), seconds, mercy=0.02)
        return code, worker.asked

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_one_that_ends_by_itself_is_left_alone() -> None:
    assert _ran(lambda: Stuck(code=3), lambda _: 0) == (3, [])


def test_one_that_stands_still_is_asked_first() -> None:
    code, asked = _ran(lambda: Stuck(polite=True), lambda _: 0)
    assert (code, asked[0]) == (-15, "terminate")


def test_and_killed_where_it_does_not_hear() -> None:
    assert _ran(Stuck, lambda _: 0) == (-9, ["terminate", "kill"])


def test_what_advances_may_take_as_long_as_it_likes() -> None:
    steps = count()

    async def run() -> tuple[int, list[str]]:
        worker = Stuck()
        loop = asyncio.get_running_loop()

        def advance() -> object:
            step = next(steps)
            if step == 3 * 20:
                loop.call_soon_threadsafe(worker.end, 0)
            return step

        return await exit_code(worker, advance, 0.2, mercy=1.0), worker.asked

    assert asyncio.run(asyncio.wait_for(run(), 60)) == (0, [])


def test_records_that_do_not_tell_are_no_advance() -> None:
    def failing(_: Stuck) -> object:
        raise LibraryError("plein")

    assert _ran(Stuck, failing)[0] == -9


def test_without_a_deadline_it_is_waited_for() -> None:
    async def run() -> int:
        worker = Stuck()
        waiting = asyncio.ensure_future(exit_code(worker, lambda: 0, 0.0, mercy=0.0))
        await asyncio.sleep(0.05)
        assert worker.asked == []
        worker.end(0)
        return await waiting

    assert asyncio.run(asyncio.wait_for(run(), 30)) == 0
