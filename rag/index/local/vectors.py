"""Dense search: passages in FAISS, sentences in a mapped matrix.

Nothing here sets FAISS's number of threads, which would hold for every other user of the
process's OpenMP: a search for one question runs on the thread that asks.
"""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexCorruptError
from rag.index.local.arrays import map_array
from rag.protocols import FloatMatrix

VectorIndex = Literal["flat", "hnsw"]

_HNSW_LINKS = 32
_HNSW_BUILD_EFFORT = 200
_HNSW_SEARCH_EFFORT = 256
_EXACT_AMONG = 50_000
"""Passages up to which each one in scope is compared: a graph loses its way among few."""
_WRITE_BUFFER = 1 << 20


def choose_vector_index(passages: int, exact_passages: int) -> VectorIndex:
    """Exhaustive up to ``exact_passages``, a graph above."""
    return "flat" if passages <= exact_passages else "hnsw"


def write_passage_vectors(
    path: Path, kind: VectorIndex, dimensions: int, blocks: Iterable[FloatMatrix]
) -> None:
    """Write a FAISS index of unit vectors; row numbers follow the blocks' order.

    ``hnsw``: Malkov and Yashunin, arXiv:1603.09320, M = 32, efConstruction = 200.
    Raises ``OSError`` where the file cannot be written.
    """
    index: Any = faiss.IndexFlatIP(dimensions)
    if kind == "hnsw":
        index = faiss.IndexHNSWFlat(dimensions, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _HNSW_BUILD_EFFORT
    for block in blocks:
        index.add(np.ascontiguousarray(block, np.float32))
    # FAISS's own file writer does not report a failed close; a Python file does.
    with path.open("wb") as file:
        writer = faiss.PyCallbackIOWriter(file.write, _WRITE_BUFFER)  # type: ignore[attr-defined]
        faiss.write_index(index, writer)


class PassageVectors:
    """Searches the passages' vectors, from any thread.

    ``matrix`` is ``float32 (passages, dimensions)``, read-only by convention. The file is
    mapped; it may be removed after opening.
    """

    def __init__(self, path: Path, passages: int, dimensions: int) -> None:
        """Open the index; one of other vectors than so many of this length is refused."""
        _check_header(path, passages, dimensions)
        try:
            # Kept beside the matrix, which is a view into it.
            self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except (RuntimeError, MemoryError) as error:
            raise _corrupt(path, str(error)) from error
        self.kind: VectorIndex = "hnsw" if isinstance(self._index, faiss.IndexHNSW) else "flat"
        self._flat = _flat(self._index)
        self.matrix = _matrix(self._flat)
        if self.matrix.shape != (passages, dimensions):
            raise _corrupt(path, f"{self.matrix.shape}")

    def search(
        self, query: NDArray[np.float32], k: int, among: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ``k`` passages of greatest cosine.

        Args:
            query: a unit vector, ``(dimensions,)``.
            k: how many; fewer come back where there are fewer.
            among: which passages may be found, ``(passages,)``; None for all.

        Returns:
            Rows and cosines, best first. With a graph, nearly the greatest; exactly those
            where few enough passages may be found for each to be compared.
        """
        there = len(self.matrix) if among is None else int(np.count_nonzero(among))
        wanted = min(k, there)
        if wanted < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        one = np.ascontiguousarray(query, np.float32).reshape(1, -1)
        exact = among is not None and there <= _EXACT_AMONG
        index = self._flat if exact else self._index
        cosines, rows = index.search(one, wanted, params=_params(index, wanted, among))
        # A graph that finds fewer pads with −1.
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def scores(
        self, query: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Cosines of given passages, ``(n,)`` in their order."""
        return np.asarray(self.matrix[rows] @ query, np.float32)


class SentenceVectors:
    """The sentences' vectors, ``float32 (sentences, dimensions)``, mapped."""

    def __init__(self, path: Path, sentences: int, dimensions: int) -> None:
        """Map the matrix; one of another shape is refused."""
        self.matrix = map_array(path, np.float32, dimensions=2)
        if self.matrix.shape != (sentences, dimensions):
            raise _corrupt(path, f"{self.matrix.shape}")

    def scores(
        self, query: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Cosines of given sentences, ``(n,)`` in their order."""
        return np.asarray(self.matrix[numbers] @ query, np.float32)


def _params(index: Any, wanted: int, among: NDArray[np.bool_] | None) -> Any:  # noqa: ANN401 – FAISS has no types
    given: dict[str, Any] = {}
    if among is not None:
        bits = np.packbits(among, bitorder="little")
        given["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
    if isinstance(index, faiss.IndexHNSW):
        effort = max(_HNSW_SEARCH_EFFORT, 2 * wanted)
        return faiss.SearchParametersHNSW(efSearch=effort, **given)  # type: ignore[attr-defined]
    return faiss.SearchParameters(**given) if given else None


def _flat(index: Any) -> Any:  # noqa: ANN401 – FAISS has no types
    """The vectors themselves, which a graph only links."""
    return faiss.downcast_index(index.storage) if isinstance(index, faiss.IndexHNSW) else index


def _matrix(storage: Any) -> FloatMatrix:  # noqa: ANN401 – FAISS has no types
    if not storage.ntotal:
        return np.empty((0, storage.d), np.float32)
    flat = faiss.rev_swig_ptr(storage.get_xb(), storage.ntotal * storage.d)
    return np.asarray(flat.reshape(storage.ntotal, storage.d))


def _check_header(path: Path, passages: int, dimensions: int) -> None:
    # FAISS maps a file whose header lies about its length, and the process dies reading it.
    with path.open("rb") as file:
        head = file.read(16)
    expected = struct.pack("<iq", dimensions, passages)
    if head[:4] not in (b"IxFI", b"IHNf") or head[4:] != expected:
        raise _corrupt(path, "en-tête")


def _corrupt(path: Path, detail: str) -> IndexCorruptError:
    return IndexCorruptError(
        f"Les vecteurs {path} sont illisibles ({detail}). Reconstruisez l'index : "
        "sourcier index CHEMIN…"
    )
