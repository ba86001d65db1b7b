import asyncio
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from starlette.types import Message

from rag.protocols import FloatMatrix
from rag.service.service import Service
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings
from tests.web.asgi import scope

SECONDS = 60.0


class SlowEmbedder(LittleEmbedder):
    """Embeds one batch at a time, each when it is let to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        self.asked += texts
        self.begun.release()
        self.go.acquire()
        return super().embed_queries(texts)


class Client:
    """Sends a question, then stays until it leaves."""

    def __init__(self, question: str, *, stream: bool) -> None:
        body = json.dumps({"question": question, "stream": stream}).encode()
        self._body: list[Message] = [{"type": "http.request", "body": body}]
        self._left = asyncio.Event()
        self.status = 0

    def leave(self) -> None:
        self._left.set()

    async def receive(self) -> Message:
        if self._body:
            return self._body.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_question_of_a_client_that_left_is_not_worked_on(index: Path, stream: bool) -> None:
    embedder = SlowEmbedder()
    service = Service(settings(index), embedder, eager())
    app = create_app(service)

    async def asked(client: Client) -> None:
        headers = {"content-type": "application/json"}
        await app(scope("POST", "/v1/ask", headers), client.receive, client.send)

    async def scenario() -> tuple[int, int]:
        first = Client("Quand ouvre le salon ?", stream=stream)
        second = Client("Qui préside le bureau ?", stream=stream)
        one = asyncio.ensure_future(asked(first))
        await asyncio.to_thread(embedder.begun.acquire)
        # The second one waits for the first to be embedded, and does not wait long.
        two = asyncio.ensure_future(asked(second))
        while service.waiting < 2:
            await asyncio.sleep(0)
        second.leave()
        await two
        assert service.waiting == 1
        embedder.go.release()
        await one
        return first.status, second.status

    async def served() -> tuple[int, int]:
        await service.start()
        try:
            # Not to be measured: so that a question that is waited for in vain fails.
            async with asyncio.timeout(SECONDS):
                return await scenario()
        finally:
            embedder.go.release()
            await service.stop()

    assert asyncio.run(served()) == (200, 499)
    assert not [text for text in embedder.asked if "préside" in text]
    assert service.waiting == 0
