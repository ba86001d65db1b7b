"""Server-sent events: an answer as it comes."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Final

from pydantic import TypeAdapter
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.errors import SourcierError
from rag.types import Answer, Citation, Hit, Segment
from rag.web.http.exchange import current
from rag.web.http.logs import log_failure
from rag.web.http.problems import as_json, problem_of

MEDIA_TYPE: Final = "text/event-stream"

Told = tuple[Hit, ...] | Answer
"""What the service tells of an answer: the hits first, then the answer itself."""

_HITS: Final = TypeAdapter(dict[str, tuple[Hit, ...]])
_CITATION: Final = TypeAdapter(Citation)
_SEGMENT: Final = TypeAdapter(Segment)
_ANSWER: Final = TypeAdapter(Answer)


class EventStream(StreamingResponse):
    """The events of an answer, whose making stops with the client.

    ``hits``; then for each segment its ``citation`` events that were not sent yet and its
    ``segment``; then ``answer``. A failure on the way is told as an ``error`` event.

    Args:
        first: what has come already.
        rest: what is to come; closed at the end, whatever becomes of the client.
        scope: of the request.
    """

    def __init__(self, first: Told, rest: AsyncGenerator[Told, None], scope: Scope) -> None:
        # A proxy that gathers a response before it sends it would undo the streaming.
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(_told(first, rest, scope), media_type=MEDIA_TYPE, headers=headers)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; see Starlette."""
        async with aclosing(self._rest):
            await super().__call__(scope, receive, send)


async def _told(
    first: Told, rest: AsyncGenerator[Told, None], scope: Scope
) -> AsyncGenerator[bytes, None]:
    try:
        for event in _events(first):
            yield event
        async for told in rest:
            for event in _events(told):
                yield event
    except Exception as error:
        # The status has been sent: only an event can still tell what happened.
        if not isinstance(error, SourcierError):
            log_failure(error)
        problem = problem_of(error, trusted=current().trusted)
        yield _event("error", as_json(problem, scope))


def _events(told: Told) -> Iterator[bytes]:
    if not isinstance(told, Answer):
        yield _event("hits", _HITS.dump_json({"hits": told}))
        return
    citations = {citation.number: citation for citation in told.citations}
    for segment in told.segments:
        for number in segment.citations:
            if number in citations:
                yield _event("citation", _CITATION.dump_json(citations.pop(number)))
        yield _event("segment", _SEGMENT.dump_json(segment))
    yield _event("answer", _ANSWER.dump_json(told))


def _event(name: str, data: bytes) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)
