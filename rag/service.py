"""The one place where parts are put together.

`Builder` makes or updates an index; `Searcher` answers from a published one.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from rag.answering.abstention import confidence, silence
from rag.answering.extractive import Composition, ExtractiveAnswerer
from rag.embedding.opening import open_embedder
from rag.errors import IndexCorruptError, IndexMissingError, IndexStaleError
from rag.indexing.build import BuildReport, BuildRequest, Observer, build_generation
from rag.indexing.generation import Generation, open_generation
from rag.indexing.locking import hold_build_lock
from rag.indexing.records import SkippedFile
from rag.protocols import Embedder, Progress
from rag.retrieval.evidence import Evidence
from rag.retrieval.question import Question, read_question
from rag.retrieval.retriever import Retriever
from rag.retrieval.spelling import Spelling
from rag.settings import Settings
from rag.types import Answer, Document, Hit, IndexIdentity, Manifest, Timings
from rag.weights import Calibration, Weights, load_weights

if TYPE_CHECKING:
    from rag.intake import Request, Seen

_DOCUMENTS_KEPT = 64
_MODE = "extractive"


@dataclass(frozen=True, slots=True)
class Watcher:
    """What is told as a long work advances; see `Seen`, `Observer` and `Progress`."""

    model: Progress = lambda done, total: None
    files: "Seen" = lambda done, total, path: None
    stages: Observer = lambda stage, done, total: None
    warning: Callable[[str], None] = lambda message: None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did: the build's counts, and each file left out with its reason."""

    build: BuildReport
    skipped: tuple[tuple[str, str], ...]


def update_index(settings: Settings, request: "Request", watcher: Watcher) -> IndexReport:
    """Bring an index up to date with files, and publish it.

    Raises:
        InputPathError: a path does not exist.
        ModelError: the model cannot be used.
        IndexBusyError: another process is building this index.
        IndexWriteError: the index cannot be written.
        IndexingError: no document at all could be read; the former index stands.
    """
    # Readers and splitters take a second to load, which answering must not wait for.
    from rag.intake import Intake

    directory = settings.index.directory
    embedder = open_embedder(settings.embedding, watcher.model)
    intake = Intake(request, embedder, settings.chunking, settings.limits, watcher.files)
    with hold_build_lock(directory) as lock:
        previous = _previous(directory, watcher)
        try:
            build = build_generation(
                lock,
                BuildRequest(
                    entries=intake.entries(previous),
                    chunking=settings.chunking.model_dump(),
                    exact_passages=settings.index.exact_passages,
                    skipped=intake.skipped,
                    previous=previous,
                ),
                embedder,
                watcher.stages,
            )
        finally:
            if previous is not None:
                previous.close()
    asked = [each for each in intake.skipped if each.collection == request.collection]
    return IndexReport(build, tuple((each.path, each.reason) for each in asked))


@dataclass(frozen=True, slots=True)
class IndexDescription:
    """What is published, without the checksums; see `rag.types.Manifest`."""

    manifest: Manifest
    skipped: tuple[SkippedFile, ...]


def describe_index(settings: Settings) -> IndexDescription:
    """What is published. Needs no model.

    Raises:
        IndexingError: the index is missing, of another format, corrupt or unreadable.
    """
    with open_generation(settings.index.directory) as generation:
        return IndexDescription(generation.manifest, generation.store.skipped())


def _previous(directory: Path, watcher: Watcher) -> Generation | None:
    try:
        return open_generation(directory)
    except IndexMissingError:
        return None
    except (IndexStaleError, IndexCorruptError) as error:
        watcher.warning(f"{error}\nIl est donc reconstruit, à partir des seuls chemins donnés.")
        return None


class Searcher(AbstractContextManager["Searcher"]):
    """Answers questions from one published generation; safe to use from several threads."""

    def __init__(
        self, settings: Settings, generation: Generation, embedder: Embedder, weights: Weights
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
        self._retriever = Retriever(generation, weights, settings.retrieval.candidates)
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
        generation = open_generation(
            settings.index.directory,
            model=embedder.identity,
            chunking=settings.chunking.model_dump(),
        )
        return cls(settings, generation, embedder, load_weights())

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

    def read(self, question: str) -> Question:
        """Read a question as the index understands it.

        Raises:
            QuestionError: it is empty or too long.
        """
        return read_question(
            question, self._spelling, self._settings.limits.question_characters
        )

    def search(self, query: str, k: int | None = None) -> tuple[Hit, ...]:
        """The passages that speak of a query, best first.

        Raises:
            QuestionError: it is empty or too long.
        """
        question = self.read(query)
        vector = self._embedder.embed_queries([question.search_text])[0]
        return self.evidence(question, vector, k).hits

    def search_all(
        self, questions: Sequence[Question], k: int | None = None
    ) -> list[tuple[Hit, ...]]:
        """Hits of questions that were read, in order, embedded together."""
        vectors = self._embedder.embed_queries([each.search_text for each in questions])
        return [
            self.evidence(question, vector, k).hits
            for question, vector in zip(questions, vectors, strict=True)
        ]

    def ask(self, question: str, k: int | None = None) -> Answer:
        """The answer to a question, with ``k`` hits beside it.

        Raises:
            QuestionError: it is empty or too long.
        """
        started = time.perf_counter()
        read = self.read(question)
        vector = self._embedder.embed_queries([read.search_text])[0]
        return self.answer(read, vector, k, started, time.perf_counter() - started)

    def ask_all(self, questions: Sequence[Question], k: int | None = None) -> list[Answer]:
        """Answers to questions that were read, in order, embedded together."""
        started = time.perf_counter()
        vectors = self._embedder.embed_queries([each.search_text for each in questions])
        share = (time.perf_counter() - started) / max(len(questions), 1)
        return [
            self.answer(question, vector, k, time.perf_counter() - share, share)
            for question, vector in zip(questions, vectors, strict=True)
        ]

    def evidence(
        self, question: Question, vector: NDArray[np.float32], k: int | None = None
    ) -> Evidence:
        """What the index holds on a question, given its vector."""
        return self._retriever.retrieve(
            question, vector, self._settings.retrieval.hits if k is None else k
        )

    def answer(
        self,
        question: Question,
        vector: NDArray[np.float32],
        k: int | None,
        started: float,
        embedding: float,
    ) -> Answer:
        """The answer to a question whose vector is known.

        ``started`` is when work on it began (`time.perf_counter`), ``embedding`` the
        seconds that its vector took.
        """
        found = time.perf_counter()
        evidence = self.evidence(question, vector, k)
        retrieved = time.perf_counter()
        probability = confidence(evidence.features, self._calibration(evidence))
        answered = probability >= self._settings.answering.threshold
        composition = self._compose(evidence) if answered else None
        ended = time.perf_counter()
        return Answer(
            id=uuid.uuid4().hex,
            question=question.text,
            answered=composition is not None,
            confidence=round(probability, 4),
            mode=_MODE,
            text=silence(question.language) if composition is None else composition.text,
            segments=composition.segments if composition else (),
            highlights=composition.highlights if composition else (),
            citations=composition.citations if composition else (),
            hits=evidence.hits,
            index=self._identity,
            timings_ms=Timings(
                embed=_ms(embedding),
                retrieve=_ms(retrieved - found),
                compose=_ms(ended - retrieved),
                total=_ms(ended - started),
            ),
        )

    def _compose(self, evidence: Evidence) -> Composition | None:
        return self._answerer.compose(evidence) if evidence.sentences else None

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
