"""Which vectors must be computed, and which are there already.

A vector is known by the digest of its text, so that a text that was moved, repeated or cut
out again elsewhere is not embedded twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexingError
from rag.protocols import FloatMatrix

Keys = NDArray[np.bytes_]
"""``S16 (n,)``: digests of texts, see `rag.index.search_texts.vector_key`."""

KEY_DTYPE = np.dtype("S16")

_COPY_ROWS = 8192
_UNIT_TOLERANCE = 1e-2


@dataclass(frozen=True, slots=True)
class VectorPool:
    """Vectors that exist, ``(n, dimensions)``, and the digests of their texts."""

    keys: Keys
    matrix: NDArray[Any]


@dataclass(frozen=True, slots=True)
class EmbeddingPlan:
    """Where each row of a new matrix gets its vector from.

    ``missing`` holds the rows to embed, one a distinct text, in order. ``reused`` and
    ``sources`` pair rows with rows of the pool. ``repeated`` and ``originals`` pair rows
    with earlier rows of the new matrix that have the same text.
    """

    missing: NDArray[np.int64]
    reused: NDArray[np.int64]
    sources: NDArray[np.int64]
    repeated: NDArray[np.int64]
    originals: NDArray[np.int64]


def plan_embedding(keys: Keys, pool: VectorPool | None) -> EmbeddingPlan:
    """Decide for each row of a matrix, given the digests of its texts."""
    distinct, first, group = np.unique(keys, return_index=True, return_inverse=True)
    known = np.full(len(distinct), -1, np.int64)
    if pool is not None and len(pool.keys) and len(distinct):
        order = np.argsort(pool.keys, kind="stable")
        ranked = pool.keys[order]
        place = np.minimum(np.searchsorted(ranked, distinct), len(ranked) - 1)
        known = np.where(ranked[place] == distinct, order[place], -1)
    rows = np.arange(len(keys), dtype=np.int64)
    originals = first[group].astype(np.int64)
    is_first = originals == rows
    sources = known[group]
    return EmbeddingPlan(
        missing=rows[is_first & (sources < 0)],
        reused=rows[is_first & (sources >= 0)],
        sources=sources[is_first & (sources >= 0)],
        repeated=rows[~is_first],
        originals=originals[~is_first],
    )


def copy_known(target: NDArray[Any], plan: EmbeddingPlan, pool: VectorPool | None) -> None:
    """Fill the rows whose vectors the pool has."""
    if pool is None:
        return
    for some in _slices(len(plan.reused), _COPY_ROWS):
        target[plan.reused[some]] = pool.matrix[plan.sources[some]]


def copy_repeated(target: NDArray[Any], plan: EmbeddingPlan) -> None:
    """Fill the rows that repeat a text, once all the others are there."""
    for some in _slices(len(plan.repeated), _COPY_ROWS):
        target[plan.repeated[some]] = target[plan.originals[some]]


def embed_missing(
    target: NDArray[Any],
    plan: EmbeddingPlan,
    texts_of: Callable[[NDArray[np.int64]], list[str]],
    embed: Callable[[list[str], int], FloatMatrix],
    slice_texts: int,
) -> None:
    """Embed the texts of the missing rows, a slice at a time.

    ``embed`` is given the texts and how many of this plan came before them.

    Raises:
        IndexingError: the model gave something else than unit vectors.
    """
    for some in _slices(len(plan.missing), slice_texts):
        rows = plan.missing[some]
        vectors = embed(texts_of(rows), some.start)
        _check_unit(vectors, (len(rows), target.shape[1]))
        target[rows] = vectors


def _slices(total: int, size: int) -> Iterator[slice]:
    return (slice(first, first + size) for first in range(0, total, size))


def _check_unit(vectors: FloatMatrix, shape: tuple[int, int]) -> None:
    if vectors.shape == shape:
        lengths = np.linalg.norm(vectors, axis=1)
        if bool((np.abs(lengths - 1.0) < _UNIT_TOLERANCE).all()):
            return
    raise IndexingError(
        "Le modèle d'embedding a donné des vecteurs inutilisables (forme "
        f"{vectors.shape} au lieu de {shape}, ou longueur autre que 1). Vérifiez le modèle "
        "réglé (embedding.model), puis relancez la commande."
    )
