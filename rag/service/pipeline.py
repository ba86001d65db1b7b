"""Takes questions from admission to answer, many at once, each step in the right thread."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from rag.errors import QueueFullError
from rag.index.filters import EVERYTHING, Filters
from rag.protocols import Embedder, FloatMatrix
from rag.retrieval.fusion import Method
from rag.retrieval.inquiry import Inquiry
from rag.service.found import Found
from rag.service.live_index import LiveIndex
from rag.service.query_batcher import QueryBatcher
from rag.service.searcher import Searcher
from rag.service.threads import run_in
from rag.settings import ServerSettings
from rag.types import Answer, Hit, IndexIdentity, Timings, Turn

_ANSWERED_A_SECOND: Final = 50
"""Questions that even a slow machine answers; for telling when to come back."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, what may answer it, and the id of the key that asks."""

    question: str
    history: tuple[Turn, ...] = ()
    k: int | None = None
    filters: Filters = EVERYTHING
    key: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search found; the hits' ``score`` is in the unit of ``method``."""

    query: str
    method: Method
    hits: tuple[Hit, ...]
    index: IndexIdentity
    timings_ms: Timings


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A question that was read and embedded; ``searcher`` is held open.

    ``started`` is when it was admitted (`time.perf_counter`), ``embedding`` the seconds
    that its vectors took, waiting for their batch included.
    """

    query: Query
    searcher: Searcher
    inquiry: Inquiry
    vectors: FloatMatrix
    started: float
    embedding: float


class Pipeline:
    """Questions under way; its coroutines belong to one event loop.

    A question keeps the generation that it was read with until its end. Reading questions
    goes before finding passages, so that there is always something to embed meanwhile.
    """

    def __init__(self, live: LiveIndex, embedder: Embedder, settings: ServerSettings) -> None:
        self._live = live
        self._most = settings.queue
        self._batcher = QueryBatcher(embedder.embed_queries, settings.batch)
        self._reading = ThreadPoolExecutor(1, "reading")
        self._finding = ThreadPoolExecutor(1, "finding")
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Questions admitted and not yet answered."""
        return self._waiting

    async def ask(self, query: Query) -> Answer:
        """The answer to a question.

        Raises:
            QueueFullError: as many questions as may wait are waiting.
            QuestionError: it is empty or too long.
            IndexingError: no index can answer.
        """
        async with self._asked(query) as asked:
            return await run_in(self._finding, lambda: _answer(asked, _find(asked)))

    async def stream(self, query: Query) -> AsyncGenerator[tuple[Hit, ...] | Answer, None]:
        """The hits as soon as they are found, then the answer; errors as `ask`'s."""
        async with self._asked(query) as asked:
            found = await run_in(self._finding, lambda: _find(asked))
            yield found.hits
            yield await run_in(self._finding, lambda: _answer(asked, found))

    async def search(self, query: Query, method: Method) -> Finding:
        """The passages that speak of a query, best first; errors as `ask`'s."""
        async with self._asked(query, parts=False) as asked:
            return await run_in(self._finding, lambda: _search(asked, method))

    def close(self) -> None:
        """Let go of the threads, once what they do is done."""
        self._batcher.close()
        self._reading.shutdown()
        self._finding.shutdown()

    @asynccontextmanager
    async def _asked(self, query: Query, parts: bool = True) -> AsyncIterator[_Asked]:
        """A question from its admission on, with the vectors of its parts where wanted."""
        started = time.perf_counter()
        if self._waiting >= self._most:
            raise _full(self._most)
        self._waiting += 1
        try:
            with ExitStack() as held:
                searcher, inquiry = await run_in(self._reading, lambda: self._read(query, held))
                embedding = time.perf_counter()
                texts = inquiry.texts if parts else inquiry.texts[:1]
                vectors = await self._batcher.embed(texts)
                taken = time.perf_counter() - embedding
                yield _Asked(query, searcher, inquiry, vectors, started, taken)
        finally:
            self._waiting -= 1

    def _read(self, query: Query, held: ExitStack) -> tuple[Searcher, Inquiry]:
        searcher = held.enter_context(self._live.lease())
        return searcher, searcher.prepare(query.question, query.history, query.filters)


def _find(asked: _Asked) -> Found:
    query = asked.query
    return asked.searcher.find(asked.inquiry, asked.vectors, query.k, query.filters)


def _answer(asked: _Asked, found: Found) -> Answer:
    return asked.searcher.answer(found, asked.started, asked.embedding)


def _search(asked: _Asked, method: Method) -> Finding:
    finding = time.perf_counter()
    query = asked.query
    hits = asked.searcher.hits(asked.inquiry, asked.vectors, query.k, query.filters, method)
    ended = time.perf_counter()
    return Finding(
        query=asked.inquiry.question.text,
        method=method,
        hits=hits,
        index=asked.searcher.identity,
        timings_ms=Timings(
            embed=_ms(asked.embedding),
            retrieve=_ms(ended - finding),
            compose=0.0,
            total=_ms(ended - asked.started),
        ),
    )


def _full(most: int) -> QueueFullError:
    return QueueFullError(
        f"Le service a déjà {most} questions en attente. Posez la vôtre de nouveau dans "
        "quelques secondes.",
        retry_after=1 + most // _ANSWERED_A_SECOND,
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
