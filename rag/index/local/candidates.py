"""The passages worth a closer look, with each signal that speaks for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.local.lexical import FieldWeights, LexicalQuery
from rag.index.local.scope import Scope
from rag.index.local.scoped_bm25 import best_lexical
from rag.index.local.vectors import best_of_groups
from rag.types import Question

# The title already stands in the body; a field of its own for it only cost precision.
_FIELDS = FieldWeights(body=1.0, title=0.0, references=1.5)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages by row in ascending order, each array of shape ``(n,)``.

    ``bm25`` is 0 for a passage outside the lexical list. ``numbers`` are the sentences of
    all passages, those of passage ``i`` between ``bounds[i]`` and ``bounds[i + 1]``, and
    ``sentence_cosines`` their cosines to the question.
    """

    rows: NDArray[np.int64]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]
    sentence: NDArray[np.float32]
    numbers: NDArray[np.int64]
    bounds: NDArray[np.int64]
    sentence_cosines: NDArray[np.float32]


def gather(
    generation: Generation,
    question: Question,
    vector: NDArray[np.float32],
    depth: int,
    scope: Scope | None = None,
) -> Candidates:
    """The union of the ``depth`` nearest passages and the ``depth`` best lexical ones.

    Args:
        generation: the index.
        question: the question read.
        vector: its unit vector, ``(dimensions,)``.
        depth: how many to take from each list.
        scope: what may be found; None for everything.
    """
    among = None if scope is None else scope.rows
    near, _ = generation.passages.search(vector, depth, among)
    lexical, weights = _lexical(generation, question, depth, scope)
    rows = np.union1d(near, lexical).astype(np.int64)
    bm25 = np.zeros(len(rows), np.float32)
    bm25[np.searchsorted(rows, lexical)] = weights
    numbers, bounds = generation.tables.sentences_of(rows)
    cosines = generation.sentences.scores(vector, numbers)
    return Candidates(
        rows=rows,
        cosine=generation.passages.scores(vector, rows),
        bm25=bm25,
        sentence=best_of_groups(cosines, bounds),
        numbers=numbers,
        bounds=bounds,
        sentence_cosines=cosines,
    )


def _lexical(
    generation: Generation, question: Question, depth: int, scope: Scope | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if scope is not None:
        return best_lexical(generation, question, depth, _FIELDS, scope)
    query = LexicalQuery(question.terms, question.references)
    return generation.lexical.search(query, depth, _FIELDS)
