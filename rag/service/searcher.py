"""Answers questions from one published index: finds, then answers."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from types import MappingProxyType
from typing import Self

import numpy as np

from rag.answering.answerer import Answerer, AnswerPart, Composition
from rag.answering.confidence import confidence
from rag.answering.extractive import ExtractiveAnswerer, Run, at_once
from rag.answering.replies import reply_to, silence
from rag.embedding.cross_encoder import open_reranker
from rag.embedding.factory import open_embedder
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.local_index import open_local_index
from rag.index.passage_index import PassageIndex
from rag.protocols import Embedder, FloatMatrix, Progress, Reader, Reranker
from rag.question.question import asked_as, read_question
from rag.question.spelling import Spellings
from rag.reader.openvino_reader import open_reader
from rag.retrieval.fusion import Method
from rag.retrieval.reading import Reading
from rag.retrieval.reranking import Reranking
from rag.retrieval.results import Results, add_to, joined, nearest
from rag.retrieval.retriever import rank, retrieve
from rag.service.stopwatch import Stopwatch
from rag.settings import Settings
from rag.types import Answer, Document, Hit, IndexIdentity, Mode, Question, Turn, Verdict
from rag.weights import Weights, load_weights


class Searcher(AbstractContextManager["Searcher"]):
    """Answers questions from one revision of an index; safe to use from several threads.

    A question is read, embedded, looked up and answered. `ask` does all four; who embeds
    many together, or shows hits before the answer, takes the steps one by one: `read`,
    `embed`, `find`, `answer`. Only documents that satisfy the ``filters`` given are looked
    into, quoted or named.

    Attributes:
        index: what is searched; closed with the searcher.
        identity: which revision it is, and its model.
    """

    def __init__(
        self,
        settings: Settings,
        index: PassageIndex,
        embedder: Embedder,
        weights: Weights,
        reranker: Reranker | None = None,
        answerers: Mapping[Mode, Answerer] | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.index = index
        self.identity = IndexIdentity(index.revision.generation, index.revision.model.name)
        self._settings = settings
        self._embedder = embedder
        self._weights = weights
        self._reranking = Reranking(reranker, settings.reranking) if reranker else None
        self._reading = Reading(reader, settings.reading.passages) if reader else None
        self._answerers = answerers or make_answerers(settings)
        self._spellings = Spellings(
            index, is_word=lambda word: embedder.count_tokens([word]) == [1]
        )

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """Open the published index and the model that it was made with.

        Raises:
            IndexingError: the index is missing, stale, corrupt or unreadable.
            ModelError: the model cannot be used.
        """
        directory = settings.index.directory
        # The cheap check first: without an index there is no need for the model.
        open_local_index(directory).close()
        embedder = open_embedder(settings.embedding, progress)
        reranker = open_reranker(settings.reranking)
        index = open_local_index(
            directory, model=embedder.identity, chunking=settings.chunking.model_dump()
        )
        reader = open_reader(settings.reading, settings.embedding, progress)
        return cls(settings, index, embedder, load_weights(), reranker, reader=reader)

    def close(self) -> None:
        """Let go of the index."""
        self.index.close()

    def __exit__(self, *details: object) -> None:
        self.close()

    def document(self, document_id: str) -> Document:
        """A document as it is cited: citations' offsets count in its ``text``.

        Raises:
            IndexingError: this revision has no such document.
        """
        return self.index.documents.read(document_id)

    def read(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = EVERYTHING
    ) -> Question:
        """Read a question by the words of the collections admitted, after earlier turns.

        Raises:
            QuestionError: it is empty or too long.
        """
        longest = self._settings.limits.question_characters
        return read_question(question, self._spellings.within(filters), longest, history)

    def embed(self, questions: Sequence[Question]) -> list[FloatMatrix]:
        """The vectors of each question's ``texts``, all embedded together."""
        parts = chain.from_iterable(question.parts for question in questions)
        texts = [each.search_text for each in (*questions, *parts)]
        vectors = self._embedder.embed_queries(texts)
        rest = iter(vectors[len(questions) :])
        return [
            np.stack((whole, *islice(rest, len(question.parts))))
            for question, whole in zip(questions, vectors, strict=False)
        ]

    def find(
        self,
        question: Question,
        vectors: FloatMatrix,
        k: int | None = None,
        filters: Filters = EVERYTHING,
        watch: Stopwatch | None = None,
    ) -> Results:
        """What the documents admitted hold on a question, with ``k`` hits.

        On its parts too, where they find more; nothing where it asks nothing. ``vectors``
        are those of its ``texts``, ``(len(texts), dimensions)``. What reading takes is
        told to ``watch``.
        """
        if question.aside is not None:
            return Results(question, (), (), {}, {})
        wanted, depth = self._hits(k), self._settings.retrieval.candidates
        reading = self._reading
        if reading and watch:
            reading = replace(reading, timer=partial(watch.stage, "read"))
        whole, *parts = (
            retrieve(
                asked,
                self.index.candidates(asked, vector, depth, filters),
                self._weights,
                wanted,
                reading,
                self._reranking,
            )
            for asked, vector in zip((question, *question.parts), vectors, strict=True)
        )
        return joined(whole, parts, wanted) if add_to(whole, parts) else whole

    def rank(
        self,
        question: Question,
        vectors: FloatMatrix,
        k: int | None = None,
        filters: Filters = EVERYTHING,
        method: Method = Method.HYBRID,
        watch: Stopwatch | None = None,
    ) -> tuple[Hit, ...]:
        """The passages that speak of a question as a whole, best first by one method.

        Of ``vectors`` only the first is used; ``watch`` is told what reading takes.
        """
        whole = replace(question, parts=(), aside=None)
        if method is Method.HYBRID:
            return self.find(whole, vectors[:1], k, filters, watch).hits
        wanted = self._hits(k)
        depth = max(self._settings.retrieval.candidates, wanted)
        return rank(self.index.candidates(whole, vectors[0], depth, filters), wanted, method)

    async def stream(
        self, results: Results, watch: Stopwatch, mode: Mode = Mode.AUTO
    ) -> AsyncGenerator[Composition | Answer, None]:
        """The answer to what was found: as it grows, then whole.

        Raises:
            IndexCorruptError: a quote is not what the stored document holds.
        """
        surety = confidence(results, self._weights)
        chosen, verdict = self._chosen(mode), self._verdict(results, surety)
        composition = None
        with watch.stage("compose"):
            if verdict is not Verdict.NONE:
                told = results if verdict is Verdict.ANSWERED else nearest(results)
                composing = self._answerers[chosen].compose(told, self.document)
                async with aclosing(composing) as drafts:
                    async for composition in drafts:
                        yield composition
        verdict = verdict if composition else Verdict.NONE
        yield self._answer(results, verdict, surety, chosen, composition, watch)

    async def answer(
        self, results: Results, watch: Stopwatch, mode: Mode = Mode.AUTO
    ) -> Answer:
        """The whole answer to what was found; errors as `stream`'s."""
        return await whole_answer(self.stream(results, watch, mode))

    def search(
        self, query: str, k: int | None = None, filters: Filters = EVERYTHING
    ) -> tuple[Hit, ...]:
        """The passages that speak of a query, best first.

        Raises:
            QuestionError: it is empty or too long.
        """
        question = replace(self.read(query, filters=filters), parts=())
        return self.rank(question, self.embed([question])[0], k, filters)

    def search_all(
        self, questions: Sequence[Question], k: int | None = None
    ) -> list[tuple[Hit, ...]]:
        """Hits of questions that were read, in order, embedded together."""
        wholes = [replace(question, parts=()) for question in questions]
        return [
            self.rank(question, vectors, k)
            for question, vectors in zip(wholes, self.embed(wholes), strict=True)
        ]

    def ask(
        self,
        question: str,
        k: int | None = None,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
    ) -> Answer:
        """The answer to a question, with ``k`` hits beside it.

        ``history`` is the conversation before it, oldest turn first. Not to be called
        where an event loop runs.

        Raises:
            QuestionError: it is empty or too long.
        """
        watch = Stopwatch()
        with watch.stage("embed"):
            read = self.read(question, history, filters)
            (vectors,) = self.embed([read])
        with watch.stage("retrieve"):
            results = self.find(read, vectors, k, filters, watch)
        return asyncio.run(self.answer(results, watch))

    def ask_all(self, questions: Sequence[Question], k: int | None = None) -> list[Answer]:
        """Answers to questions that were read, in order, embedded together; as `ask`."""
        started = time.perf_counter()
        embedded = self.embed(questions)
        share = (time.perf_counter() - started) / max(len(questions), 1)
        with asyncio.Runner() as runner:
            answers = []
            for question, vectors in zip(questions, embedded, strict=True):
                watch = Stopwatch(share)
                with watch.stage("retrieve"):
                    results = self.find(question, vectors, k, watch=watch)
                answers.append(runner.run(self.answer(results, watch)))
            return answers

    def _verdict(self, results: Results, surety: float) -> Verdict:
        settings = self._settings.answering
        if not results.sentences:
            return Verdict.NONE
        if surety >= settings.threshold:
            return Verdict.ANSWERED
        return Verdict.POSSIBLE if surety >= settings.possible else Verdict.NONE

    def _hits(self, k: int | None) -> int:
        return self._settings.retrieval.hits if k is None else k

    def _chosen(self, mode: Mode) -> Mode:
        """The mode asked for, or set; the best there is where neither says."""
        asked = self._settings.answering.mode if mode is Mode.AUTO else mode
        return Mode.EXTRACTIVE if asked is Mode.AUTO else asked

    def _answer(
        self,
        results: Results,
        verdict: Verdict,
        surety: float,
        mode: Mode,
        composition: Composition | None,
        watch: Stopwatch,
    ) -> Answer:
        question = results.question
        aside = question.aside
        word = reply_to(aside, question.language) if aside else silence(question.language)
        return Answer(
            id=uuid.uuid4().hex,
            question=question.text,
            asked_as=asked_as(question),
            answered=verdict is Verdict.ANSWERED,
            verdict=verdict,
            confidence=round(surety, 4),
            mode=mode.value,
            text=word if composition is None else composition.text,
            segments=composition.segments if composition else (),
            highlights=composition.highlights if composition else (),
            citations=composition.citations if composition else (),
            hits=results.hits,
            index=self.identity,
            timings_ms=watch.timings(),
        )


async def whole_answer(stream: AsyncGenerator[AnswerPart, None]) -> Answer:
    """The answer that a stream ends with; the stream is closed."""
    async with aclosing(stream) as parts:
        async for part in parts:
            if isinstance(part, Answer):
                return part
    raise RuntimeError("a stream ends with an answer")


def make_answerers(settings: Settings, run: Run = at_once) -> Mapping[Mode, Answerer]:
    """What composes answers, by mode; ``run`` is where quoting is done."""
    extractive = ExtractiveAnswerer(settings.answering.sentences, run)
    return MappingProxyType({Mode.EXTRACTIVE: extractive})
