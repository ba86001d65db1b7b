"""Answers questions from one published index."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import chain, islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.answering.confidence import silence
from rag.answering.extractive import Composition, ExtractiveAnswerer
from rag.embedding.cross_encoder import open_reranker
from rag.embedding.factory import open_embedder
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.scope import Shelves
from rag.protocols import Embedder, FloatMatrix, Progress, Reranker
from rag.question.question import read_question
from rag.retrieval.fusion import Method
from rag.retrieval.inquiry import Inquiry
from rag.retrieval.parts import read_parts
from rag.retrieval.reranking import Reranking
from rag.retrieval.results import Evidence
from rag.retrieval.retriever import Retriever
from rag.retrieval.spellings import Spellings
from rag.service.found import Finder, Found
from rag.settings import Settings
from rag.types import Answer, Document, Hit, IndexIdentity, Question, Timings, Turn
from rag.weights import Weights, load_weights

_DOCUMENTS_KEPT = 64
_MODE = "extractive"


class Searcher(AbstractContextManager["Searcher"]):
    """Answers questions from one published generation; safe to use from several threads.

    A question is answered in one step by `ask`, or in stages, so that many are embedded
    together and hits are known before the answer: `prepare`, then the vectors of its
    ``texts``, `find`, `answer`. Only documents that satisfy the ``filters`` given are
    looked into, quoted or named.

    Attributes:
        generation: the index, for reading.
        shelves: its documents, and what filters admit of them.
        identity: which generation it is, and its model.
    """

    def __init__(
        self,
        settings: Settings,
        generation: Generation,
        embedder: Embedder,
        weights: Weights,
        reranker: Reranker | None = None,
    ) -> None:
        self.generation = generation
        self.shelves = Shelves(generation)
        self._settings = settings
        self._embedder = embedder
        self._spellings = Spellings(
            generation, self.shelves, is_word=lambda word: embedder.count_tokens([word]) == [1]
        )
        again = Reranking(generation, reranker, settings.reranking) if reranker else None
        self._retriever = Retriever(generation, weights, settings.retrieval.candidates, again)
        self._finder = Finder(self._retriever, weights)
        # Kept with the generation, and so gone with the documents that are removed.
        self._document_of = lru_cache(_DOCUMENTS_KEPT)(generation.store.document)
        self._answerer = ExtractiveAnswerer(self._document_of, settings.answering.sentences)
        manifest = generation.manifest
        self.identity = IndexIdentity(manifest.generation, manifest.model.name)

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """Open the published index and the model that it was made with.

        Raises:
            IndexingError: the index is missing, stale, corrupt or unreadable.
            ModelError: the model cannot be used.
        """
        # The cheap check first: without an index there is no need for the model.
        open_generation(settings.index.directory).close()
        embedder = open_embedder(settings.embedding, progress)
        reranker = open_reranker(settings.reranking)
        generation = open_generation(
            settings.index.directory,
            model=embedder.identity,
            chunking=settings.chunking.model_dump(),
        )
        return cls(settings, generation, embedder, load_weights(), reranker)

    def close(self) -> None:
        """Let go of the index."""
        self.generation.close()

    def __exit__(self, *details: object) -> None:
        self.close()

    def document(self, document_id: str) -> Document:
        """A document as it is cited: citations' offsets count in its ``text``.

        Raises:
            IndexingError: this generation has no such document.
        """
        return self._document_of(document_id)

    def read(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = EVERYTHING
    ) -> Question:
        """Read a question as the index understands it, after the turns before it.

        Raises:
            QuestionError: it is empty or too long.
        """
        longest = self._settings.limits.question_characters
        return read_question(question, self._spellings.within(filters), longest, history)

    def embed(self, questions: Sequence[Question]) -> FloatMatrix:
        """The vectors of questions that were read, ``(len(questions), dimensions)``."""
        return self._embedder.embed_queries([each.search_text for each in questions])

    def prepare(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = EVERYTHING
    ) -> Inquiry:
        """Read a question, by the words of the collections admitted, and what it asks at once.

        Raises:
            QuestionError: it is empty or too long.
        """
        return _inquiry(self.read(question, history, filters))

    def find(
        self,
        inquiry: Inquiry,
        vectors: FloatMatrix,
        k: int | None = None,
        filters: Filters = EVERYTHING,
    ) -> Found:
        """What the documents that the filters admit hold on a question, with ``k`` hits.

        ``vectors`` are those of ``inquiry.texts``, ``(len(texts), dimensions)``.
        """
        return self._finder.find(inquiry, vectors, self._hits(k), self.shelves.scope(filters))

    def answer(self, found: Found, started: float, embedding: float) -> Answer:
        """The answer that was found.

        ``started`` is when work on it began (`time.perf_counter`), ``embedding`` the
        seconds that its vectors took.
        """
        composing = time.perf_counter()
        answered = found.confidence >= self._settings.answering.threshold
        composition = self._compose(found) if answered else None
        ended = time.perf_counter()
        question = found.evidence.question
        return Answer(
            id=uuid.uuid4().hex,
            question=question.text,
            answered=composition is not None,
            confidence=round(found.confidence, 4),
            mode=_MODE,
            text=silence(question.language) if composition is None else composition.text,
            segments=composition.segments if composition else (),
            highlights=composition.highlights if composition else (),
            citations=composition.citations if composition else (),
            hits=found.hits,
            index=self.identity,
            timings_ms=Timings(
                embed=_ms(embedding),
                retrieve=_ms(found.seconds),
                compose=_ms(ended - composing),
                total=_ms(ended - started),
            ),
        )

    def hits(
        self,
        inquiry: Inquiry,
        vectors: FloatMatrix,
        k: int | None = None,
        filters: Filters = EVERYTHING,
        method: Method = Method.HYBRID,
    ) -> tuple[Hit, ...]:
        """The passages that speak of a question, best first by one method.

        Of ``vectors`` only the first is used, that of the question as a whole.
        """
        scope = self.shelves.scope(filters)
        return self._retriever.rank(inquiry.question, vectors[0], self._hits(k), method, scope)

    def search(
        self, query: str, k: int | None = None, filters: Filters = EVERYTHING
    ) -> tuple[Hit, ...]:
        """The passages that speak of a query, best first.

        Raises:
            QuestionError: it is empty or too long.
        """
        question = self.read(query, filters=filters)
        return self.hits(Inquiry(question), self.embed([question]), k, filters)

    def search_all(
        self, questions: Sequence[Question], k: int | None = None
    ) -> list[tuple[Hit, ...]]:
        """Hits of questions that were read, in order, embedded together."""
        vectors = self.embed(questions)
        return [
            self.evidence(question, vector, k).hits
            for question, vector in zip(questions, vectors, strict=True)
        ]

    def ask(
        self,
        question: str,
        k: int | None = None,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
    ) -> Answer:
        """The answer to a question, with ``k`` hits beside it.

        ``history`` is the conversation before it, oldest turn first.

        Raises:
            QuestionError: it is empty or too long.
        """
        started = time.perf_counter()
        inquiry = self.prepare(question, history, filters)
        vectors = self._embedder.embed_queries(inquiry.texts)
        embedding = time.perf_counter() - started
        return self.answer(self.find(inquiry, vectors, k, filters), started, embedding)

    def ask_all(self, questions: Sequence[Question], k: int | None = None) -> list[Answer]:
        """Answers to questions that were read, in order, embedded together."""
        started = time.perf_counter()
        embedded = list(self._embedded(questions))
        share = (time.perf_counter() - started) / max(len(questions), 1)
        answers = []
        for inquiry, vectors in embedded:
            began = time.perf_counter() - share
            answers.append(self.answer(self.find(inquiry, vectors, k), began, share))
        return answers

    def evidence(
        self, question: Question, vector: NDArray[np.float32], k: int | None = None
    ) -> Evidence:
        """What the index holds on a question, given its vector."""
        return self._retriever.retrieve(question, vector, self._hits(k))

    def examine(
        self,
        question: Question,
        vector: NDArray[np.float32],
        k: int | None,
        started: float,
        embedding: float,
    ) -> tuple[Answer, Evidence]:
        """The answer to a question whose vector is known, and the evidence behind it.

        ``started`` is when work on it began (`time.perf_counter`), ``embedding`` the
        seconds that its vector took. Where the question asks several things, the vectors of
        its parts are made here, and their seconds counted with it.
        """
        began = time.perf_counter()
        inquiry = _inquiry(question)
        vectors = vector[np.newaxis]
        if inquiry.parts:
            vectors = np.concatenate((vectors, self.embed(inquiry.parts)))
        spent = embedding + time.perf_counter() - began
        found = self.find(inquiry, vectors, k)
        return self.answer(found, started, spent), found.evidence

    def _embedded(self, questions: Sequence[Question]) -> Iterator[tuple[Inquiry, FloatMatrix]]:
        """Questions and their parts, all embedded together."""
        inquiries = [_inquiry(question) for question in questions]
        parts = chain.from_iterable(inquiry.parts for inquiry in inquiries)
        vectors = self.embed([*questions, *parts])
        rest = iter(vectors[len(questions) :])
        for inquiry, whole in zip(inquiries, vectors, strict=False):
            yield inquiry, np.stack((whole, *islice(rest, len(inquiry.parts))))

    def _hits(self, k: int | None) -> int:
        return self._settings.retrieval.hits if k is None else k

    def _compose(self, found: Found) -> Composition | None:
        if found.parts:
            return self._answerer.compose_parts(found.parts)
        evidence = found.evidence
        return self._answerer.compose(evidence) if evidence.sentences else None


def _inquiry(question: Question) -> Inquiry:
    return Inquiry(question, read_parts(question))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
