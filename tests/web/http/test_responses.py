import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from rag.answering.answerer import AnswerPart
from rag.errors import IndexCorruptError, QuestionError
from rag.types import Answer, Citation, IndexIdentity, Segment, Support, Timings, Verdict
from rag.web.http.problems import Refused
from rag.web.http.responses import EventStream, until_gone

SCOPE: dict[str, Any] = {
    "type": "http",
    "path": "/v1/ask",
    "headers": [],
    "asgi": {"spec_version": "2.3"},
}


class Client:
    """What a server tells of a client that says nothing until it goes away."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.body = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive(self) -> Message:
        if self.body:
            return self.body.pop()
        await self.gone.wait()
        return {"type": "http.disconnect"}

    @property
    def request(self) -> Request:
        return Request({"type": "http", "headers": []}, self.receive)


class Work:
    """Work that lasts until it is let go, and knows whether it was cancelled."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.end = asyncio.Event()
        self.cancelled = False

    async def run(self) -> str:
        self.begun.set()
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return "done"


def test_gives_the_result_of_the_work() -> None:
    async def scenario() -> str:
        work = Work()
        work.end.set()
        return await until_gone(Client().request, work.run())

    assert asyncio.run(scenario()) == "done"


def test_work_is_cancelled_as_soon_as_the_client_is_gone() -> None:
    async def scenario() -> bool:
        client, work = Client(), Work()
        waiting = asyncio.ensure_future(until_gone(client.request, work.run()))
        await work.begun.wait()
        client.gone.set()
        with pytest.raises(Refused) as refused:
            await waiting
        assert refused.value.problem.status == 499
        return work.cancelled

    assert asyncio.run(scenario())


def test_an_error_of_the_work_is_raised() -> None:
    async def fail() -> None:
        raise QuestionError("vide")

    async def scenario() -> None:
        await until_gone(Client().request, fail())

    with pytest.raises(QuestionError):
        asyncio.run(scenario())


def test_work_is_cancelled_with_the_request_itself() -> None:
    async def scenario() -> bool:
        work = Work()
        waiting = asyncio.ensure_future(until_gone(Client().request, work.run()))
        await work.begun.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return work.cancelled

    assert asyncio.run(scenario())


def test_nothing_is_left_running() -> None:
    async def scenario() -> set[asyncio.Task[object]]:
        work = Work()
        work.end.set()
        await until_gone(Client().request, work.run())
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(scenario()) == set()


def citation(number: int) -> Citation:
    return Citation(
        number, "d", "sha256:0", "Titre", None, None, None, None, (), 0, 3, "Oui", ()
    )


def answer(*segments: tuple[int, ...]) -> Answer:
    numbers = sorted({number for each in segments for number in each})
    return Answer(
        id="a",
        question="Quand ?",
        asked_as=None,
        answered=bool(segments),
        verdict=Verdict.ANSWERED if segments else Verdict.NONE,
        confidence=0.9,
        mode="extractive",
        text="Oui",
        segments=tuple(Segment("Oui", 0, 3, each, Support.VERBATIM) for each in segments),
        highlights=(),
        citations=tuple(citation(number) for number in numbers),
        hits=(),
        index=IndexIdentity("g", "m"),
        timings_ms=Timings(1.0, 0.0, 1.0, 1.0, 3.0),
    )


class Source:
    """Tells what it is given, raises an error if it is given one, knows if it was closed."""

    def __init__(self, *told: AnswerPart | Exception) -> None:
        self._told = told
        self.closed = False

    async def tell(self) -> AsyncGenerator[AnswerPart, None]:
        try:
            for each in self._told:
                if isinstance(each, Exception):
                    raise each
                yield each
        finally:
            self.closed = True


async def sent(source: Source, *, stays: bool = True) -> list[tuple[str, Any]]:
    """The events that a client receives, which leaves at once unless it ``stays``."""
    body = bytearray()
    told = source.tell()
    response = EventStream(await anext(told), told, SCOPE)

    async def receive() -> Message:
        if stays:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        body.extend(message.get("body", b""))
        # As a server would, so that a client's leaving has the time to be noticed.
        await asyncio.sleep(0)

    await response(SCOPE, receive, send)
    return list(map(parsed, body.decode().split("\n\n")[:-1]))


def parsed(event: str) -> tuple[str, Any]:
    name, data = event.split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_hits_come_first_and_the_answer_last() -> None:
    events = asyncio.run(sent(Source((), answer((1,)))))

    assert [name for name, _ in events] == ["hits", "citation", "segment", "answer"]
    assert events[0][1] == {"hits": []}
    assert events[-1][1]["id"] == "a"


def test_a_citation_is_sent_once_right_before_the_first_segment_that_names_it() -> None:
    events = asyncio.run(sent(Source((), answer((1, 2), (2,), (3, 1)))))

    told = [each["number"] if name == "citation" else name for name, each in events]
    assert told == ["hits", 1, 2, "segment", "segment", 3, "segment", "answer"]


def test_an_abstention_has_no_segment() -> None:
    events = asyncio.run(sent(Source((), answer())))

    assert [name for name, _ in events] == ["hits", "answer"]


def test_a_failure_on_the_way_is_told_as_a_problem() -> None:
    events = asyncio.run(sent(Source((), IndexCorruptError("/srv/index est abîmé"))))

    assert [name for name, _ in events] == ["hits", "error"]
    problem = events[-1][1]
    assert problem["status"] == 503
    assert "/srv/index" not in problem["detail"]


def test_an_unforeseen_failure_tells_nothing_of_the_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = asyncio.run(sent(Source((), ZeroDivisionError("/srv/secret"))))

    assert events[-1][1]["status"] == 500
    assert "/srv/secret" not in json.dumps(events)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("stays", [True, False])
def test_the_source_is_closed_whatever_becomes_of_the_client(stays: bool) -> None:
    source = Source((), answer((1,)))

    asyncio.run(sent(source, stays=stays))

    assert source.closed
