"""Takes questions from admission to answer, many at once, each step in the right thread."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from rag.answering.answerer import AnswerPart
from rag.errors import QueueFullError
from rag.index.filters import EVERYTHING, Filters
from rag.protocols import Embedder
from rag.retrieval.fusion import Method
from rag.retrieval.results import Results
from rag.service.live_index import LiveIndex
from rag.service.query_batcher import QueryBatcher
from rag.service.searcher import Searcher, whole_answer
from rag.service.stopwatch import Stopwatch
from rag.settings import ServerSettings
from rag.types import Answer, Hit, IndexIdentity, Mode, Question, Timings, Turn

_ANSWERED_A_SECOND: Final = 50
"""Questions that even a slow machine answers; for telling when to come back."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, what may answer it and how, and the id of the key that asks."""

    question: str
    history: tuple[Turn, ...] = ()
    k: int | None = None
    filters: Filters = EVERYTHING
    key: str = ""
    mode: Mode = Mode.AUTO


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search found; the hits' ``score`` is in the unit of ``method``."""

    query: str
    method: Method
    hits: tuple[Hit, ...]
    index: IndexIdentity
    timings_ms: Timings


class Pipeline:
    """Questions under way; its coroutines belong to one event loop.

    A question keeps the revision that it was read with until its end. Reading questions
    goes before finding passages, so that there is always something to embed meanwhile;
    answers are composed in threads of their own, so that finding waits for none of them.
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

    async def stream(self, query: Query) -> AsyncGenerator[AnswerPart, None]:
        """The hits as soon as they are found, then the answer as it grows, then whole.

        Raises:
            QueueFullError: as many questions as may wait are waiting.
            QuestionError: it is empty or too long.
            IndexingError: no index can answer.
        """
        watch = Stopwatch()
        async with self._read(query) as (searcher, question):
            with watch.stage("embed"):
                vectors = await self._batcher.embed(question.texts)

            def find() -> Results:
                with watch.stage("retrieve"):
                    return searcher.find(question, vectors, query.k, query.filters, watch)

            results = await run_in(self._finding, find)
            yield results.hits
            async with aclosing(searcher.stream(results, watch, query.mode)) as parts:
                async for part in parts:
                    yield part

    async def ask(self, query: Query) -> Answer:
        """The whole answer to a question; errors as `stream`'s."""
        return await whole_answer(self.stream(query))

    async def search(self, query: Query, method: Method) -> Finding:
        """The passages that speak of a query, best first; errors as `stream`'s."""
        watch = Stopwatch()
        async with self._read(query) as (searcher, question):
            with watch.stage("embed"):
                vectors = await self._batcher.embed(question.texts[:1])

            def find() -> tuple[Hit, ...]:
                with watch.stage("retrieve"):
                    return searcher.rank(
                        question, vectors, query.k, query.filters, method, watch
                    )

            hits = await run_in(self._finding, find)
            return Finding(question.text, method, hits, searcher.identity, watch.timings())

    def close(self) -> None:
        """Let go of the threads, once what they do is done."""
        self._batcher.close()
        self._reading.shutdown()
        self._finding.shutdown()

    @asynccontextmanager
    async def _read(self, query: Query) -> AsyncIterator[tuple[Searcher, Question]]:
        """A question admitted and read, and who answers it, held open."""
        if self._waiting >= self._most:
            raise _full(self._most)
        self._waiting += 1
        try:
            with ExitStack() as held:

                def read() -> tuple[Searcher, Question]:
                    searcher = held.enter_context(self._live.lease())
                    return searcher, searcher.read(query.question, query.history, query.filters)

                yield await run_in(self._reading, read)
        finally:
            self._waiting -= 1


def _full(most: int) -> QueueFullError:
    return QueueFullError(
        f"Le service a déjà {most} questions en attente. Posez la vôtre de nouveau dans "
        "quelques secondes.",
        retry_after=1 + most // _ANSWERED_A_SECOND,
    )


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
