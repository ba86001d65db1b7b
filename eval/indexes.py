"""Indexes to fit and measure on: of a dataset's own texts, of the project's documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.datasets.dataset import Dataset, Query, Text
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.evaluation_index import entries
from rag.evaluation.gold import find_in_index, places
from rag.evaluation.runs import Place
from rag.index.documents import Entry
from rag.index.local.build import BuildRequest, build_generation
from rag.index.local.local_index import LocalIndex, open_local_index
from rag.index.local.publication import hold_build_lock
from rag.index.passage_index import PassageIndex
from rag.protocols import Embedder, Reader
from rag.service import Searcher
from rag.settings import Settings
from rag.types import Question
from rag.updating.folder_sync import FolderSync, SyncRequest
from rag.weights import Weights

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "eval" / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a dataset as an index reads it: its vector, and where its golds stand."""

    query: Query
    question: Question
    vector: NDArray[np.float32]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """Builds indexes below one folder, all with the same settings and model."""

    settings: Settings
    embedder: Embedder
    folder: Path
    reader: Reader | None = None

    def texts(
        self, name: str, kept: Sequence[Text], previous: LocalIndex | None = None
    ) -> LocalIndex:
        """An index of a dataset's texts; vectors are taken over from ``previous``."""
        return self._build(name, entries(kept, self.embedder, self.settings.chunking), previous)

    def documents(self) -> LocalIndex:
        """An index of the documents shipped with the project."""
        return self.files("documents", ROOT / "documents")

    def files(self, name: str, folder: Path) -> LocalIndex:
        """An index of the files below a folder."""
        intake = FolderSync(
            SyncRequest([folder], name),
            self.embedder,
            self.settings.chunking,
            self.settings.limits,
        )
        return self._build(name, intake.entries(None), None)

    def searcher(self, index: PassageIndex, weights: Weights) -> Searcher:
        """What answers from an index with these weights."""
        return Searcher(self.settings, index, self.embedder, weights, reader=self.reader)

    def ask(
        self,
        dataset: Dataset,
        queries: Sequence[Query],
        index: PassageIndex,
        weights: Weights,
    ) -> list[Asked]:
        """The questions as the index reads them; those it has no golds of, without any."""
        searcher = self.searcher(index, weights)
        read = [searcher.read(each.question, each.history) for each in queries]
        vectors = self.embedder.embed_queries([each.search_text for each in read])
        where = places(queries, find_in_index(dataset, index.documents))
        return [
            Asked(query, question, vector, where[query.id])
            for query, question, vector in zip(queries, read, vectors, strict=True)
        ]

    def _build(
        self, name: str, found: Iterable[Entry], previous: LocalIndex | None
    ) -> LocalIndex:
        if (self.folder / name / "CURRENT").exists():
            return open_local_index(self.folder / name)
        with hold_build_lock(self.folder / name) as lock:
            build_generation(
                lock,
                BuildRequest(
                    entries=found,
                    chunking=self.settings.chunking.model_dump(),
                    exact_passages=self.settings.index.exact_passages,
                    previous=previous.generation if previous else None,
                ),
                self.embedder,
            )
        return open_local_index(self.folder / name)


def own_questions() -> Dataset:
    """The ``dev`` split of our own questions: all that fitting may see."""
    return read_dataset(QUESTIONS, "dev")
