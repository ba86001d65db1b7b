"""Answers questions from one published index."""

import time
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.answering.abstention import confidence, silence
from rag.answering.extractive import Composition, ExtractiveAnswerer
from rag.embedding.cross_encoder import open_reranker
from rag.embedding.opening import open_embedder
from rag.indexing.generation import Generation, open_generation
from rag.protocols import Embedder, FloatMatrix, Progress, Reranker
from rag.retrieval.evidence import Evidence
from rag.retrieval.parts import Part, add_to, joined, read_parts
from rag.retrieval.question import Question, read_question
from rag.retrieval.reranking import Reranking
from rag.retrieval.retriever import Retriever
from rag.retrieval.spelling import Spelling
from rag.settings import Settings
from rag.types import Answer, Document, Hit, IndexIdentity, Timings, Turn
from rag.weights import Calibration, Weights, load_weights

_DOCUMENTS_KEPT = 64
_MODE = "extractive"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and, where it asks several things, each of them."""

    whole: Part
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for a question: ``parts`` where it asks several things, else none."""

    evidence: Evidence
    parts: tuple[Evidence, ...]
    confidence: float


class Searcher(AbstractContextManager["Searcher"]):
    """Answers questions from one published generation; safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        generation: Generation,
        embedder: Embedder,
        weights: Weights,
        reranker: Reranker | None = None,
    ) -> None:
        self._settings = settings
        self._generation = generation
        self._embedder = embedder
        self._weights = weights
        surfaces = generation.surfaces
        self._spelling = Spelling(
            dict(zip(surfaces.words, surfaces.counts.tolist(), strict=True)),
            knows_term=lambda term: generation.vocabulary.ids([term])[0] >= 0,
            is_word=lambda word: embedder.count_tokens([word]) == [1],
        )
        again = Reranking(generation, reranker, settings.reranking) if reranker else None
        self._retriever = Retriever(generation, weights, settings.retrieval.candidates, again)
        # Kept with the generation, and so gone with the documents that are removed.
        self._document_of = lru_cache(_DOCUMENTS_KEPT)(generation.store.document)
        self._answerer = ExtractiveAnswerer(self._document_of, settings.answering.sentences)
        manifest = generation.manifest
        self._identity = IndexIdentity(manifest.generation, manifest.model.name)

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
        self._generation.close()

    def __exit__(self, *details: object) -> None:
        self.close()

    def document(self, document_id: str) -> Document:
        """A document as it is cited: citations' offsets count in its ``text``.

        Raises:
            IndexingError: this generation has no such document.
        """
        return self._document_of(document_id)

    def read(self, question: str, history: Sequence[Turn] = ()) -> Question:
        """Read a question as the index understands it, after the turns before it.

        Raises:
            QuestionError: it is empty or too long.
        """
        return read_question(
            question, self._spelling, self._settings.limits.question_characters, history
        )

    def embed(self, questions: Sequence[Question]) -> FloatMatrix:
        """The vectors of questions that were read, ``(len(questions), dimensions)``."""
        return self._embedder.embed_queries([each.search_text for each in questions])

    def search(self, query: str, k: int | None = None) -> tuple[Hit, ...]:
        """The passages that speak of a query, best first.

        Raises:
            QuestionError: it is empty or too long.
        """
        question = self.read(query)
        vector = self.embed([question])[0]
        return self.evidence(question, vector, k).hits

    def search_all(
        self, questions: Sequence[Question], k: int | None = None
    ) -> list[tuple[Hit, ...]]:
        """Hits of questions that were read, in order, embedded together."""
        vectors = self.embed(questions)
        return [
            self.evidence(question, vector, k).hits
            for question, vector in zip(questions, vectors, strict=True)
        ]

    def ask(self, question: str, k: int | None = None, history: Sequence[Turn] = ()) -> Answer:
        """The answer to a question, with ``k`` hits beside it.

        ``history`` is the conversation before it, oldest turn first.

        Raises:
            QuestionError: it is empty or too long.
        """
        started = time.perf_counter()
        (asked,) = self._embedded([self.read(question, history)])
        return self._examined(asked, k, started, time.perf_counter() - started)[0]

    def ask_all(self, questions: Sequence[Question], k: int | None = None) -> list[Answer]:
        """Answers to questions that were read, in order, embedded together."""
        started = time.perf_counter()
        asked = self._embedded(questions)
        share = (time.perf_counter() - started) / max(len(questions), 1)
        return [
            self._examined(each, k, time.perf_counter() - share, share)[0] for each in asked
        ]

    def evidence(
        self, question: Question, vector: NDArray[np.float32], k: int | None = None
    ) -> Evidence:
        """What the index holds on a question, given its vector."""
        return self._retriever.retrieve(
            question, vector, self._settings.retrieval.hits if k is None else k
        )

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
        parts = read_parts(question)
        vectors = self.embed(parts) if parts else ()
        asked = _Asked(Part(question, vector), tuple(map(Part, parts, vectors)))
        return self._examined(asked, k, started, embedding + time.perf_counter() - began)

    def _embedded(self, questions: Sequence[Question]) -> list[_Asked]:
        """Questions and their parts, all embedded together."""
        parts = [read_parts(question) for question in questions]
        flat = [*questions, *chain.from_iterable(parts)]
        embedded = list(map(Part, flat, self.embed(flat)))
        rest = iter(embedded[len(questions) :])
        return [
            _Asked(whole, tuple(islice(rest, len(own))))
            for whole, own in zip(embedded, parts, strict=False)
        ]

    def _examined(
        self, asked: _Asked, k: int | None, started: float, embedding: float
    ) -> tuple[Answer, Evidence]:
        retrieving = time.perf_counter()
        found = self._found(asked, self._settings.retrieval.hits if k is None else k)
        retrieved = time.perf_counter()
        answered = found.confidence >= self._settings.answering.threshold
        composition = self._compose(found) if answered else None
        ended = time.perf_counter()
        question = asked.whole.question
        answer = Answer(
            id=uuid.uuid4().hex,
            question=question.text,
            answered=composition is not None,
            confidence=round(found.confidence, 4),
            mode=_MODE,
            text=silence(question.language) if composition is None else composition.text,
            segments=composition.segments if composition else (),
            highlights=composition.highlights if composition else (),
            citations=composition.citations if composition else (),
            hits=found.evidence.hits,
            index=self._identity,
            timings_ms=Timings(
                embed=_ms(embedding),
                retrieve=_ms(retrieved - retrieving),
                compose=_ms(ended - retrieved),
                total=_ms(ended - started),
            ),
        )
        return answer, found.evidence

    def _found(self, asked: _Asked, k: int) -> _Found:
        """What the index holds on a question; on its parts too where they find more."""
        whole = self._retriever.retrieve(asked.whole.question, asked.whole.vector, k)
        parts = [
            self._retriever.retrieve(part.question, part.vector, k) for part in asked.parts
        ]
        if not add_to(whole, parts):
            return _Found(whole, (), self._confidence(whole))
        # An answer is right where each of its parts is: it is as sure as the least sure.
        least, surety = min(
            ((part, self._confidence(part)) for part in parts), key=lambda each: each[1]
        )
        return _Found(joined(whole, parts, least.features, k), tuple(parts), surety)

    def _confidence(self, evidence: Evidence) -> float:
        return confidence(evidence.features, self._calibration(evidence))

    def _compose(self, found: _Found) -> Composition | None:
        if found.parts:
            return self._answerer.compose_parts(found.parts)
        return self._answerer.compose(found.evidence) if found.evidence.sentences else None

    def _calibration(self, evidence: Evidence) -> Calibration:
        """The one for the question's language and that of the document quoted first."""
        if not evidence.sentences:
            return self._weights.calibration
        source = evidence.sentences[0].hit.document_id
        written = evidence.sources[source].language or "fr"
        same = written[:2].lower() == evidence.question.language
        return self._weights.calibration if same else self._weights.foreign


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
