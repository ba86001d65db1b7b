import asyncio
from collections.abc import Callable
from itertools import count

from rag.errors import LibraryError
from rag.updating.stall_timeout import code_of


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
        code = await code_of(worker, lambda: advance(worker), seconds, mercy=0.02)
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

        return await code_of(worker, advance, 0.2, mercy=1.0), worker.asked

    assert asyncio.run(asyncio.wait_for(run(), 60)) == (0, [])


def test_records_that_do_not_tell_are_no_advance() -> None:
    def failing(_: Stuck) -> object:
        raise LibraryError("plein")

    assert _ran(Stuck, failing)[0] == -9


def test_without_a_deadline_it_is_waited_for() -> None:
    async def run() -> int:
        worker = Stuck()
        waiting = asyncio.ensure_future(code_of(worker, lambda: 0, 0.0, mercy=0.0))
        await asyncio.sleep(0.05)
        assert worker.asked == []
        worker.end(0)
        return await waiting

    assert asyncio.run(asyncio.wait_for(run(), 30)) == 0
