"""Work done in threads on behalf of coroutines that may be cancelled."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")


async def run_in(threads: Executor, work: Callable[[], T]) -> T:
    """What ``work`` returns or raises, done in a thread.

    When the caller is cancelled, work that has not begun is never done, and work under way
    is waited for: what it uses may be let go of afterwards.
    """
    begun = threads.submit(work)
    awaited = asyncio.wrap_future(begun)
    try:
        return await asyncio.shield(awaited)
    except asyncio.CancelledError:
        if not begun.cancel():
            await asyncio.wait({awaited})
        raise
