"""How answers leave: our dataclasses as JSON, an answer as it comes, nothing to who left."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Mapping
from contextlib import aclosing
from functools import lru_cache
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.answering.answerer import AnswerPart
from rag.errors import SourcierError
from rag.library.job import Job
from rag.types import Answer
from rag.web.http.logs import log_failure
from rag.web.http.problems import Problem, Refused, as_json, problem_of
from rag.web.http.request_context import current

T = TypeVar("T")

GONE: Final = Problem("client-gone", 499, "Client parti", "Plus personne n'attend la réponse.")
"""What nobody will read; 499 is how proxies note it in their logs."""
EVENTS: Final = "text/event-stream"

HIDDEN: Final = {"key"}
"""The key that asked for a job: nobody else's concern."""


def rendered(
    value: Any,  # noqa: ANN401 - dataclasses, and what holds them
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    include: set[str] | None = None,
    exclude: Any = None,  # noqa: ANN401 - pydantic's nested names
) -> Response:
    """A value of dataclasses as a JSON response, with or without some of its fields."""
    body = _json(value, include=include, exclude=exclude)
    return Response(body, status, headers, "application/json")


def accepted(job: Job) -> Response:
    """The response to a change that was queued: the job, and where to follow it."""
    return rendered(job, 202, {"Location": f"/v1/jobs/{job.id}"}, exclude=HIDDEN)


async def until_gone(request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled if the client goes away before its end.

    The request's body must have been read: what comes after it can only be a goodbye.
    Raises `Refused` where the client went away, and whatever ``work`` raises.
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


class EventStream(StreamingResponse):
    """The events of an answer: ``first`` has come already, ``rest`` is closed at the end.

    ``hits``; then for each segment its ``citation`` events that were not sent yet and its
    ``segment``; then ``answer``. A failure on the way is told as an ``error`` event.
    """

    def __init__(
        self, first: AnswerPart, rest: AsyncGenerator[AnswerPart, None], scope: Scope
    ) -> None:
        # A proxy that gathers a response before it sends it would undo the streaming.
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(_told(first, rest, scope), media_type=EVENTS, headers=headers)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; see Starlette."""
        async with aclosing(self._rest):
            await super().__call__(scope, receive, send)


async def _told(
    first: AnswerPart, rest: AsyncGenerator[AnswerPart, None], scope: Scope
) -> AsyncGenerator[bytes, None]:
    segments = 0
    try:
        for event in _events(first, segments):
            yield event
        async for told in rest:
            for event in _events(told, segments):
                yield event
            segments = 0 if isinstance(told, tuple) else len(told.segments)
    except Exception as error:
        # The status has been sent: only an event can still tell what happened.
        if not isinstance(error, SourcierError):
            log_failure(error)
        problem = problem_of(error, trusted=current().trusted)
        yield _written("error", as_json(problem, scope))


def _events(told: AnswerPart, sent: int) -> Iterator[bytes]:
    """The events of a part of an answer, of which ``sent`` segments were sent already."""
    if isinstance(told, tuple):
        yield _event("hits", {"hits": told})
        return
    known = {number for segment in told.segments[:sent] for number in segment.citations}
    citations = {each.number: each for each in told.citations if each.number not in known}
    for segment in told.segments[sent:]:
        for number in segment.citations:
            if number in citations:
                yield _event("citation", citations.pop(number))
        yield _event("segment", segment)
    if isinstance(told, Answer):
        yield _event("answer", told)


def _event(name: str, value: Any) -> bytes:  # noqa: ANN401 - see `rendered`
    return _written(name, _json(value))


def _written(name: str, data: bytes) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)


def _json(value: Any, **fields: Any) -> bytes:  # noqa: ANN401 - see `rendered`
    kind: Any = type(value)
    return _adapter(kind).dump_json(value, **fields)


@lru_cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type
    """What writes the values of a type: the quicker for being made once."""
    return TypeAdapter(kind)
