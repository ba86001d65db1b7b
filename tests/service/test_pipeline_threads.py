import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.service.pipeline import run_in


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_what_work_returns_and_raises_comes_through(thread: ThreadPoolExecutor) -> None:
    async def both() -> None:
        assert await run_in(thread, lambda: 3) == 3
        with pytest.raises(ZeroDivisionError):
            await run_in(thread, lambda: 1 // 0)

    asyncio.run(both())


def test_work_under_way_is_waited_for_when_its_caller_is_cancelled(
    thread: ThreadPoolExecutor,
) -> None:
    begun, leave, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        leave.wait()
        done.set()

    async def cancelled() -> None:
        task = asyncio.ensure_future(run_in(thread, work))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        finished, _ = await asyncio.wait({task}, timeout=0)
        assert not finished
        leave.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done.is_set()

    asyncio.run(cancelled())


def test_work_that_has_not_begun_is_never_done(thread: ThreadPoolExecutor) -> None:
    leave = threading.Event()
    done: list[int] = []

    async def cancelled() -> None:
        first = asyncio.ensure_future(run_in(thread, leave.wait))
        second = asyncio.ensure_future(run_in(thread, lambda: done.append(2)))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        leave.set()
        await first

    asyncio.run(cancelled())
    assert not done
