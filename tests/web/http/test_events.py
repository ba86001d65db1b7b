import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.types import Message

from rag.errors import IndexCorruptError
from rag.types import (
    Answer,
    Citation,
    IndexIdentity,
    Segment,
    Support,
    Timings,
)
from rag.web.http.events import EventStream, Told

SCOPE: dict[str, Any] = {
    "type": "http",
    "path": "/v1/ask",
    "headers": [],
    "asgi": {"spec_version": "2.3"},
}


def citation(number: int) -> Citation:
    return Citation(
        number, "d", "sha256:0", "Titre", None, None, None, None, (), 0, 3, "Oui", ()
    )


def answer(*segments: tuple[int, ...]) -> Answer:
    numbers = sorted({number for each in segments for number in each})
    return Answer(
        id="a",
        question="Quand ?",
        answered=bool(segments),
        confidence=0.9,
        mode="extractive",
        text="Oui",
        segments=tuple(Segment("Oui", 0, 3, each, Support.VERBATIM) for each in segments),
        highlights=(),
        citations=tuple(citation(number) for number in numbers),
        hits=(),
        index=IndexIdentity("g", "m"),
        timings_ms=Timings(1.0, 1.0, 1.0, 3.0),
    )


class Source:
    """Tells what it is given, raises an error if it is given one, knows if it was closed."""

    def __init__(self, *told: Told | Exception) -> None:
        self._told = told
        self.closed = False

    async def tell(self) -> AsyncGenerator[Told, None]:
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
