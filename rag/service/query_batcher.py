"""Embeds the questions that wait together: one batch at a time, no timers."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from rag.protocols import FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    texts: tuple[str, ...]
    vectors: asyncio.Future[FloatMatrix]


class QueryBatcher:
    """Micro-batches for one event loop: while one is computed, the next one gathers.

    ``embed`` is called in a thread of its own, never twice at once. A batch has ``most``
    texts, 1 and up; those of one call are never parted, and may be more.
    """

    def __init__(self, embed: Callable[[Sequence[str]], FloatMatrix], most: int) -> None:
        self._embed = embed
        self._most = most
        self._lock = threading.Lock()
        self._asked: deque[_Waiting] = deque()
        self._working = False
        self._thread = ThreadPoolExecutor(1, "embedding")

    async def embed(self, texts: Sequence[str]) -> FloatMatrix:
        """The vectors of texts, in order, ``(len(texts), dimensions)``.

        Texts whose caller is cancelled before their turn are not embedded. What ``embed``
        raises reaches those of its batch alone.
        """
        loop = asyncio.get_running_loop()
        asked = _Waiting(tuple(texts), loop.create_future())
        with self._lock:
            self._asked.append(asked)
            idle, self._working = not self._working, True
        if idle:
            self._thread.submit(self._work, loop)
        return await asked.vectors

    def close(self) -> None:
        """Let go of the thread, after the batch under way."""
        self._thread.shutdown()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """One batch after the other, without a way back through the loop between them."""
        while batch := self._next():
            texts = tuple(chain.from_iterable(asked.texts for asked in batch))
            try:
                vectors = self._embed(texts)
            except Exception as error:
                loop.call_soon_threadsafe(_fail, batch, error)
            else:
                loop.call_soon_threadsafe(_share, batch, vectors)

    def _next(self) -> list[_Waiting]:
        """Those whose turn it is; none where nobody waits, and the work is then over."""
        with self._lock:
            batch = self._gathered()
            self._working = bool(batch)
            return batch

    def _gathered(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        texts = 0
        while self._asked:
            asked = self._asked[0]
            if batch and texts + len(asked.texts) > self._most:
                break
            self._asked.popleft()
            if not asked.vectors.done():
                batch.append(asked)
                texts += len(asked.texts)
        return batch


def _share(batch: Sequence[_Waiting], vectors: FloatMatrix) -> None:
    start = 0
    for asked in batch:
        end = start + len(asked.texts)
        if not asked.vectors.done():
            asked.vectors.set_result(vectors[start:end])
        start = end


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for asked in batch:
        if not asked.vectors.done():
            asked.vectors.set_exception(error)
