"""Everything the HTTP service does, without HTTP."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import Final, Self, TypeVar

from rag.answering.answerer import AnswerPart
from rag.embedding.cross_encoder import open_reranker
from rag.embedding.factory import open_embedder
from rag.errors import IndexMissingError
from rag.library.blob_store import Originals
from rag.library.collections import Collections
from rag.library.database import Database
from rag.library.feedback import FeedbackLog
from rag.library.job import FINISHED, Job, JobState
from rag.library.jobs import Jobs
from rag.library.keys import Keys
from rag.library.library import ServiceLayout
from rag.library.uploads import Uploads
from rag.protocols import Embedder, Progress, Reader, Reranker
from rag.reader.openvino_reader import open_reader
from rag.retrieval.fusion import Method
from rag.service.catalogue import Catalogue
from rag.service.live_index import LiveIndex
from rag.service.pipeline import Finding, Pipeline, Query, run_in
from rag.service.recent_answers import RecentAnswers
from rag.service.searcher import Searcher, make_answerers
from rag.settings import Settings
from rag.types import Answer
from rag.updating.job_recovery import settle_abandoned
from rag.updating.supervisor import Launch, Supervisor
from rag.updating.worker_process import launch_process
from rag.weights import Weights, load_weights

__all__ = ["OPENING", "Finding", "Query", "Service"]

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

OPENING: Final = "opening"
"""The stage of a job that was published, and that this server does not answer from yet."""

_WATCH_SECONDS: Final = 1.0
"""How often an idle server looks whether something else was published."""
_WATCHES_PER_LOOK: Final = 30
"""And how many times less often, whether jobs were queued that nobody works on."""
_USUAL_WORDS: Final = (2, 8, 14, 20, 26)
_READERS: Final = 4


class Service:
    """The model, the live index, the records, and the questions under way.

    `start`, `stop` and all coroutines belong to one event loop. ``uploads`` are the documents
    that were sent, ``originals`` their files; ``recent`` the answers given lately.
    """

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        weights: Weights | None = None,
        reranker: Reranker | None = None,
        launch: Launch | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Open the records, and the index if there is one; `LibraryError` where that fails.

        ``weights`` are those shipped by default; ``launch`` starts a worker for queued jobs, a
        process by default.
        """
        layout = ServiceLayout(settings.service_directory)
        self.settings = settings
        self._database = Database(layout.database)
        self.keys = Keys(self._database)
        self.collections = Collections(self._database)
        self.uploads = Uploads(self._database)
        self.originals = Originals(layout.originals)
        self.jobs = Jobs(self._database)
        self.feedback = FeedbackLog(self._database)
        self.recent = RecentAnswers()
        self._composing = ThreadPoolExecutor(1, "composing")
        answerers = make_answerers(settings, partial(run_in, self._composing))
        self.live = LiveIndex(
            settings, embedder, weights or load_weights(), reranker, answerers, reader
        )
        self.live.refresh()
        self._embedder = embedder
        self._pipeline = Pipeline(self.live, embedder, settings.server)
        self._threads = ThreadPoolExecutor(_READERS, "records")
        self._supervisor = Supervisor(
            self.jobs,
            launch or launch_process(settings),
            partial(settle_abandoned, self.jobs, settings),
            self.live.catch_up,
            settings.server.worker_seconds,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """The same with the model of the settings, or `ModelError`.

        ``progress`` is called while the bundled model is prepared.
        """
        embedder = open_embedder(settings.embedding, progress)
        _warm(embedder)
        reader = open_reader(settings.reading, settings.embedding, progress)
        reranker = open_reranker(settings.reranking)
        return cls(settings, embedder, reranker=reranker, reader=reader)

    async def start(self) -> None:
        """Take up queued jobs, and follow what is published."""
        self._loop = asyncio.get_running_loop()
        self._supervisor.start()
        self._watching = self._loop.create_task(self._watch())

    async def stop(self) -> None:
        """Wait for the worker under way, up to a bound, and let go of everything."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._supervisor.stop(self.settings.server.shutdown_seconds)
        await asyncio.to_thread(self._close)

    @property
    def waiting(self) -> int:
        """Questions admitted and not yet answered."""
        return self._pipeline.waiting

    async def ask(self, query: Query) -> Answer:
        """The answer to a question; it is remembered in ``recent``.

        Raises:
            QueueFullError: as many questions as may wait are waiting.
            QuestionError: it is empty or too long.
            IndexingError: no index can answer.
        """
        answer = await self._pipeline.ask(query)
        self.recent.remember(answer, query.key)
        return answer

    async def stream(self, query: Query) -> AsyncGenerator[AnswerPart, None]:
        """The hits, the answer as it grows, then whole; errors as `ask`'s."""
        async with aclosing(self._pipeline.stream(query)) as parts:
            async for part in parts:
                if isinstance(part, Answer):
                    self.recent.remember(part, query.key)
                yield part

    async def search(self, query: Query, method: Method = Method.HYBRID) -> Finding:
        """The passages that speak of a query, best first; errors as `ask`'s."""
        return await self._pipeline.search(query, method)

    async def read(self, work: Callable[[Catalogue], T]) -> T:
        """What ``work`` reads in the catalogue, in a thread; empty where nothing is published.

        `IndexingError` where what is published cannot be read.
        """
        return await run_in(self._threads, partial(self._read, work))

    async def job(self, job_id: str) -> Job:
        """A job, told finished only once this service answers from what it published.

        `UnknownError` where there is none.
        """
        return await run_in(self._threads, lambda: self._settled(self.jobs.find(job_id)))

    async def recent_jobs(
        self, collections: Collection[str] | None = None, limit: int = 100
    ) -> list[Job]:
        """The newest jobs of these collections (None: of all), each as `job` tells it."""

        def recent() -> list[Job]:
            return [self._settled(job) for job in self.jobs.recent(collections, limit)]

        return await run_in(self._threads, recent)

    def wake(self) -> None:
        """Have queued jobs worked on; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._supervisor.wake)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The model's tokens of each text."""
        return await run_in(self._threads, lambda: self._embedder.count_tokens(texts))

    def _read(self, work: Callable[[Catalogue], T]) -> T:
        with ExitStack() as held:
            searcher: Searcher | None = None
            with suppress(IndexMissingError):
                searcher = held.enter_context(self.live.lease())
            index = None if searcher is None else searcher.index
            return work(Catalogue(index, self.uploads, self.originals))

    def _settled(self, job: Job) -> Job:
        """A job as it is for those who ask this server: not done before its answers show it."""
        published = job.generation
        if job.state not in FINISHED or published is None:
            return job
        if (self.live.generation or "") < published:
            self.live.catch_up()
        answering = self.live.generation
        if answering is None or answering >= published or self.live.fault is None:
            return job
        return replace(job, state=JobState.RUNNING, stage=OPENING, ended=None)

    async def _watch(self) -> None:
        """Notice what others publish and queue, even while nobody asks anything."""
        looks = 0
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            looks += 1
            self.live.follow()
            if looks % _WATCHES_PER_LOOK == 0:
                self._supervisor.wake()

    def _close(self) -> None:
        self._pipeline.close()
        self._composing.shutdown()
        self._threads.shutdown()
        self.live.close()
        self._database.close()


def _warm(embedder: Embedder) -> None:
    """Have the runtime prepare for questions of the usual lengths, rather than the first."""
    for words in _USUAL_WORDS:
        embedder.embed_queries(["question " * words])
