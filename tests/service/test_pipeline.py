import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rag.answering.answerer import Composition
from rag.errors import IndexMissingError, QuestionError, QueueFullError
from rag.index.filters import Filters
from rag.protocols import FloatMatrix
from rag.retrieval.fusion import Method
from rag.service.live_index import LiveIndex
from rag.service.pipeline import Pipeline, Query
from rag.types import Answer, Turn
from tests.little_embedder import LittleEmbedder
from tests.service.changing import publish
from tests.uploading import BUREAU, SALON, eager, settings

FILES = {"salon.md": SALON, "bureau.md": BUREAU}
WHO = "Qui préside le Bureau des cartes ?"
WHEN = "Quand ouvre le Salon de la donnée ?"
BOTH = "Quand ouvre le Salon de la donnée, et qui préside le Bureau des cartes ?"


class Gated(LittleEmbedder):
    """Embeds when let through, and keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        self.calls.append(list(texts))
        self.entered.release()
        self.gate.wait()
        return super().embed_queries(texts)


@dataclass(frozen=True, slots=True)
class Bench:
    """What questions are put to, and what lies under it."""

    folder: Path
    embedder: Gated
    live: LiveIndex

    def run(self, work: Callable[[Pipeline], Awaitable[object]], queue: int = 128) -> None:
        """Do something with a pipeline, in a loop of its own."""
        server = settings(self.folder / "index").server.model_copy(update={"queue": queue})

        async def run() -> None:
            pipeline = Pipeline(self.live, self.embedder, server)
            try:
                await work(pipeline)
                assert pipeline.waiting == 0
            finally:
                self.embedder.gate.set()
                pipeline.close()

        asyncio.run(run())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    publish(tmp_path, FILES)
    embedder = Gated()
    live = LiveIndex(settings(tmp_path / "index"), embedder, eager())
    live.refresh()
    yield Bench(tmp_path, embedder, live)
    live.close()


def _plain(answer: Answer) -> Answer:
    """An answer without what differs each time."""
    return replace(answer, id="", timings_ms=None)  # type: ignore[arg-type]


async def _read_so_far(pipeline: Pipeline) -> None:
    """Wait until every question put before was read, and waits to be embedded."""
    for _ in range(2):
        # One that is refused comes back only after those before it were read.
        with pytest.raises(QuestionError):
            await pipeline.ask(Query(" "))


def test_answers_are_those_of_the_searcher(bench: Bench) -> None:
    with bench.live.lease() as searcher:
        expected = [
            _plain(searcher.ask(WHO, k=3, history=(Turn(WHEN),))),
            _plain(searcher.ask(BOTH)),
        ]

    async def work(pipeline: Pipeline) -> None:
        first = await pipeline.ask(Query(WHO, history=(Turn(WHEN),), k=3))
        answers = await asyncio.gather(*(pipeline.ask(Query(BOTH)) for _ in range(5)))
        assert [_plain(first), _plain(answers[0])] == expected
        assert len({answer.id for answer in answers}) == 5
        assert all(_plain(answer) == expected[1] for answer in answers)
        timings = first.timings_ms
        assert timings.total >= timings.embed + timings.retrieve + timings.compose > 0

    bench.run(work)


def test_hits_come_before_the_answer(bench: Bench) -> None:
    async def work(pipeline: Pipeline) -> None:
        parts = [part async for part in pipeline.stream(Query(WHO, k=2))]
        hits, composition, answer = parts
        assert isinstance(composition, Composition)
        assert isinstance(answer, Answer)
        assert hits == answer.hits
        assert len(hits) == 2

    bench.run(work)


def test_leaving_in_the_middle_of_a_stream_lets_everything_go(bench: Bench) -> None:
    async def work(pipeline: Pipeline) -> None:
        async with aclosing(pipeline.stream(Query(WHO))) as parts:
            await anext(parts)
            assert pipeline.waiting == 1

    bench.run(work)


@pytest.mark.parametrize("method", list(Method))
def test_a_search_embeds_the_whole_question_alone(bench: Bench, method: Method) -> None:
    async def work(pipeline: Pipeline) -> None:
        finding = await pipeline.search(Query(BOTH, k=2), method)
        assert (finding.query, finding.method, len(finding.hits)) == (BOTH, method, 2)
        assert finding.index.generation == bench.live.generation
        assert finding.timings_ms.total > 0

    bench.run(work)
    assert [len(call) for call in bench.embedder.calls] == [1]


def test_filters_reach_answers_and_searches(bench: Bench) -> None:
    nothing = Filters(collections=())

    async def work(pipeline: Pipeline) -> None:
        answer = await pipeline.ask(Query(WHO, filters=nothing))
        assert (answer.answered, answer.hits) == (False, ())
        assert not (await pipeline.search(Query(WHO, filters=nothing), Method.DENSE)).hits

    bench.run(work)


def test_words_out_of_scope_repair_nothing(bench: Bench) -> None:
    asked = "Qui preside le Bureau des cartes ?"

    async def work(pipeline: Pipeline) -> None:
        await pipeline.ask(Query(asked))
        await pipeline.ask(Query(asked, filters=Filters(collections=())))

    bench.run(work)
    assert bench.embedder.calls == [[WHO], [asked]]


def test_questions_that_wait_are_embedded_together(bench: Bench) -> None:
    bench.embedder.gate.clear()

    async def work(pipeline: Pipeline) -> None:
        first = asyncio.ensure_future(pipeline.ask(Query(WHO)))
        await asyncio.to_thread(bench.embedder.entered.acquire)
        rest = [asyncio.ensure_future(pipeline.ask(Query(WHEN))) for _ in range(6)]
        await _read_so_far(pipeline)
        assert pipeline.waiting == 7
        bench.embedder.gate.set()
        await asyncio.gather(first, *rest)

    bench.run(work)
    assert [len(call) for call in bench.embedder.calls] == [1, 6]


def test_one_question_too_many_is_refused_at_once(bench: Bench) -> None:
    bench.embedder.gate.clear()

    async def work(pipeline: Pipeline) -> None:
        first = [asyncio.ensure_future(pipeline.ask(Query(WHO))) for _ in range(3)]
        await asyncio.to_thread(bench.embedder.entered.acquire)
        for refused in (pipeline.ask(Query(WHO)), pipeline.search(Query(WHO), Method.DENSE)):
            with pytest.raises(QueueFullError) as error:
                await refused
            assert error.value.retry_after >= 1
        bench.embedder.gate.set()
        assert all(answer.answered for answer in await asyncio.gather(*first))
        assert (await pipeline.ask(Query(WHO))).answered

    bench.run(work, queue=3)


def test_whoever_leaves_is_worked_for_no_more(bench: Bench) -> None:
    bench.embedder.gate.clear()

    async def work(pipeline: Pipeline) -> None:
        first = asyncio.ensure_future(pipeline.ask(Query(WHO)))
        await asyncio.to_thread(bench.embedder.entered.acquire)
        gone = [asyncio.ensure_future(pipeline.ask(Query(WHEN))) for _ in range(4)]
        await _read_so_far(pipeline)
        for task in gone:
            task.cancel()
        await asyncio.wait(gone)
        assert pipeline.waiting == 1
        bench.embedder.gate.set()
        assert (await first).answered

    bench.run(work)
    assert len(bench.embedder.calls) == 1


def test_a_question_keeps_its_generation_to_the_end(bench: Bench) -> None:
    former = bench.live.generation
    bench.embedder.gate.clear()

    async def work(pipeline: Pipeline) -> None:
        early = asyncio.ensure_future(pipeline.ask(Query(WHO)))
        await asyncio.to_thread(bench.embedder.entered.acquire)
        newer = publish(bench.folder, {"salon.md": SALON})
        assert await asyncio.to_thread(bench.live.refresh)
        late = asyncio.ensure_future(pipeline.ask(Query(WHO)))
        bench.embedder.gate.set()
        assert (await early).index.generation == former
        assert "Jeanne Martin" in (await early).text
        assert (await late).index.generation == newer
        assert "Jeanne Martin" not in str(await late)

    bench.run(work)


def test_a_refused_question_and_a_missing_index_take_no_place(bench: Bench) -> None:
    async def work(pipeline: Pipeline) -> None:
        for _ in range(3):
            with pytest.raises(QuestionError):
                await pipeline.ask(Query("x" * 100_000))
        shutil.rmtree(bench.folder / "index")
        for _ in range(3):
            with pytest.raises(IndexMissingError):
                await pipeline.ask(Query(WHO))

    bench.run(work, queue=1)
