"""Third pass of a build: a vector for each passage and sentence, old or new."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.index.local.analysis import TextKeys
from rag.index.local.arrays import reserve_array
from rag.index.local.embedding_plan import (
    EmbeddingPlan,
    VectorPool,
    copy_known,
    copy_repeated,
    embed_missing,
    plan_embedding,
)
from rag.index.local.generation import Generation
from rag.index.local.layout import GenerationLayout
from rag.index.local.store import Store
from rag.index.local.tables import Tables, open_tables
from rag.index.local.vectors import VectorIndex, write_passage_vectors
from rag.index.search_texts import sentence_vector_text, vector_text
from rag.protocols import Embedder, FloatMatrix, Progress
from rag.storage.disk_errors import index_errors

_SLICE_TEXTS = 2048
_FAISS_ROWS = 16_384


def write_vectors(
    layout: GenerationLayout,
    store: Store,
    keys: TextKeys,
    previous: Generation | None,
    embedder: Embedder,
    kind: VectorIndex,
    progress: Progress,
) -> int:
    """Write the passages' FAISS index and the sentences' matrix.

    Vectors of the same model are taken over from the previous generation.

    ``progress`` counts the texts that have to be embedded; gives how many there were.

    Raises:
        IndexWriteError: a file cannot be written.
        IndexingError: the model gave something else than unit vectors.
    """
    known = sentences_known = None
    if previous is not None and previous.manifest.model == embedder.identity:
        known, sentences_known = previous.passage_pool, previous.sentence_pool
    passages = plan_embedding(keys.passages, known)
    sentences = plan_embedding(keys.sentences, sentences_known)
    total = len(passages.missing) + len(sentences.missing)
    texts = _Texts(store, open_tables(layout))
    work = _Work(embedder, progress, total)
    raw = layout.folder / "passages.npy"

    matrix = work.fill(raw, passages, known, texts.passages)
    with index_errors(layout.folder):
        width = embedder.identity.dimensions
        write_passage_vectors(layout.passages, kind, width, _blocks(matrix))
        raw.unlink()
    work.done = len(passages.missing)
    work.fill(layout.sentences, sentences, sentences_known, texts.sentences)
    progress(total, total)
    return total


class _Work:
    """Fills matrices; ``done`` of ``total`` texts were embedded before the current one."""

    def __init__(self, embedder: Embedder, progress: Progress, total: int) -> None:
        self._embedder = embedder
        self._progress = progress
        self._total = total
        self.done = 0

    def fill(
        self,
        path: Path,
        plan: EmbeddingPlan,
        pool: VectorPool | None,
        texts_of: Callable[[NDArray[np.int64]], list[str]],
    ) -> NDArray[Any]:
        rows = len(plan.missing) + len(plan.reused) + len(plan.repeated)
        with index_errors(path.parent):
            matrix = reserve_array(path, (rows, self._embedder.identity.dimensions), np.float32)
        copy_known(matrix, plan, pool)
        embed_missing(matrix, plan, texts_of, self._embed, _SLICE_TEXTS)
        copy_repeated(matrix, plan)
        return matrix

    def _embed(self, texts: list[str], before: int) -> FloatMatrix:
        start = self.done + before
        return self._embedder.embed_passages(
            texts, lambda done, _: self._progress(start + done, self._total)
        )


class _Texts:
    """The texts behind rows, read back from the store in order."""

    def __init__(self, store: Store, tables: Tables) -> None:
        self._store = store
        self._tables = tables
        self._titles = {header.id: header.title for header in store.headers()}

    def passages(self, rows: NDArray[np.int64]) -> list[str]:
        found = self._store.passages_at(rows.tolist())
        return [
            vector_text(self._titles[found[row].document_id], found[row])
            for row in rows.tolist()
        ]

    def sentences(self, numbers: NDArray[np.int64]) -> list[str]:
        rows = self._tables.sentences["passage"][numbers]
        places = numbers - self._tables.passages["first_sentence"][rows]
        found = self._store.passages_at(np.unique(rows).tolist())
        return [
            sentence_vector_text(
                self._titles[found[row].document_id], found[row], found[row].sentences[place]
            )
            for row, place in zip(rows.tolist(), places.tolist(), strict=True)
        ]


def _blocks(matrix: FloatMatrix) -> Iterator[FloatMatrix]:
    return (matrix[row : row + _FAISS_ROWS] for row in range(0, len(matrix), _FAISS_ROWS))
