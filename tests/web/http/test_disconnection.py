import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from rag.errors import QuestionError
from rag.web.http.disconnection import until_gone
from rag.web.http.problems import Refused


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
