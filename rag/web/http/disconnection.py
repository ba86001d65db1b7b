"""Stops the work of a request whose client goes away."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from starlette.requests import Request

from rag.web.http.problems import Problem, Refused

T = TypeVar("T")

GONE: Final = Problem("client-gone", 499, "Client parti", "Plus personne n'attend la réponse.")
"""What nobody will read; 499 is how proxies note it in their logs."""


async def until_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``, which is cancelled if the client goes away before its end.

    The request's body must have been read: what comes after it can only be a goodbye.

    Raises:
        Refused: the client went away.
        Exception: whatever ``work`` raises.
    """
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Refused(GONE)
        return task.result()
    finally:
        await _cancelled(task)
        await _cancelled(watch)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancelled(task: asyncio.Future[Any]) -> None:
    """Cancel a task, and wait for it to have let go of what it holds."""
    if task.done():
        return
    task.cancel()
    await asyncio.wait((task,))
