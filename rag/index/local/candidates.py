"""From a question and its vector to the candidates of one generation."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.local.generation import Generation
from rag.index.local.lexical import FieldWeights, LexicalQuery
from rag.index.local.scope import Scope
from rag.index.local.scoped_bm25 import best_lexical
from rag.index.local.tables import Tables, runs
from rag.index.local.term_statistics import TermStatistics
from rag.index.local.vocabulary import UNKNOWN
from rag.index.passage_index import CandidateSet
from rag.types import Question

# The title already stands in the body; a field of its own for it only cost precision.
_FIELDS: Final = FieldWeights(body=1.0, title=0.0, references=1.5)

Read = Callable[[Sequence[int]], list[DisplayedPassage]]
"""Gives the passages of some rows, in their order."""


def gather(
    generation: Generation,
    question: Question,
    vector: NDArray[np.float32],
    depth: int,
    statistics: TermStatistics,
    scope: Scope | None,
    read: Read,
) -> CandidateSet:
    """The union of the ``depth`` nearest passages and the ``depth`` best lexical ones.

    Candidates are in the order of their rows; terms that ``statistics``, over the
    collections admitted, does not count are left out of ``frequencies``. ``scope`` is None
    for everything. The other arguments are those of `PassageIndex.candidates`.
    """
    near, _ = generation.passages.search(vector, depth, None if scope is None else scope.rows)
    lexical, weights = _lexical(generation, question, depth, scope)
    rows = np.union1d(near, lexical).astype(np.int64)
    bm25 = np.zeros(len(rows), np.float32)
    bm25[np.searchsorted(rows, lexical)] = weights
    numbers, bounds = generation.tables.sentences_of(rows)
    sentences = generation.tables.sentences[numbers]
    ids = statistics.ids(question.terms, question.references)
    known = ids[ids != UNKNOWN]
    frequencies, followed = _matched(generation.tables, numbers, known)
    return CandidateSet(
        cosine=generation.passages.scores(vector, rows),
        bm25=bm25,
        bounds=bounds,
        sentence_cosines=generation.sentences.scores(vector, numbers),
        kinds=sentences["kind"],
        mentions=sentences["mentions"],
        lengths=sentences["n_terms"],
        counts=statistics.counts(ids),
        frequencies=frequencies,
        in_context=_in_context(generation.tables, rows, known),
        followed=followed,
        read=lambda positions: read(rows[list(positions)].tolist()),
    )


def _lexical(
    generation: Generation, question: Question, depth: int, scope: Scope | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if scope is not None:
        return best_lexical(generation, question, depth, _FIELDS, scope)
    query = LexicalQuery(question.terms, question.references)
    return generation.lexical.search(query, depth, _FIELDS)


def _matched(
    tables: Tables, numbers: NDArray[np.int64], ids: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How often the terms of these ids stand in these sentences, and which follow another."""
    terms, owners = runs(tables.terms, tables.indptr[numbers], tables.indptr[numbers + 1])
    standing = terms == ids[:, None]
    together = owners[:-1] == owners[1:]
    followed = np.zeros((max(len(ids) - 1, 0), len(numbers)), np.bool_)
    for place, own in enumerate(followed):
        own[owners[:-1][together & standing[place, :-1] & standing[place + 1, 1:]]] = True
    return _frequencies(standing, owners, len(numbers)), followed


def _in_context(
    tables: Tables, rows: NDArray[np.int64], ids: NDArray[np.int32]
) -> NDArray[np.bool_]:
    starts, ends = tables.context_indptr[rows], tables.context_indptr[rows + 1]
    terms, owners = runs(tables.context_terms, starts, ends)
    return _frequencies(terms == ids[:, None], owners, len(rows)) > 0


def _frequencies(
    standing: NDArray[np.bool_], owners: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """``(t, count)`` from ``standing``, ``(t, n)``: whether each of n words is each term."""
    counts = [np.bincount(owners[words], minlength=count) for words in standing]
    return np.array(counts, np.int64).reshape(len(standing), count)
