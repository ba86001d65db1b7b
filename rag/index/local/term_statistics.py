"""How many passages and sentences hold a term, over all collections or over some of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.local.vocabulary import UNKNOWN, Vocabulary
from rag.index.passage_index import TermCounts


@dataclass(frozen=True, slots=True)
class FieldLength:
    """The length of a lexical field, in terms.

    ``mean`` and ``most`` are over the passages counted, ``overall`` is the mean over the
    whole index.
    """

    mean: float
    most: float
    overall: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of the fields that BM25 looks into."""

    body: FieldLength
    references: FieldLength


@dataclass(frozen=True, slots=True, eq=False)
class TermStatistics:
    """The terms of a generation, counted over all of it or over some of its collections.

    Attributes:
        passages: how many are counted.
        sentences: likewise.
        passage_counts: ``int32 (terms,)``, how many passages hold each term.
        sentence_counts: likewise for sentences.
        lengths: of the passages counted; None where those are all of them.
    """

    vocabulary: Vocabulary
    passages: int
    sentences: int
    passage_counts: NDArray[np.int32]
    sentence_counts: NDArray[np.int32]
    lengths: Lengths | None = None

    @classmethod
    def whole(cls, generation: Generation) -> Self:
        """Over all collections."""
        vocabulary, tables = generation.vocabulary, generation.tables
        return cls(
            vocabulary,
            len(tables.passages),
            len(tables.sentences),
            vocabulary.passage_counts,
            vocabulary.sentence_counts,
        )

    @classmethod
    def within(cls, generation: Generation, collections: Sequence[int]) -> Self:
        """Over the collections of these numbers; see `CollectionStatistics`."""
        vocabulary, by_collection = generation.vocabulary, generation.by_collection
        rows = by_collection.rows(collections)
        counts = by_collection.term_counts(collections, len(vocabulary.terms))
        table = generation.tables.passages
        return cls(
            vocabulary,
            len(rows),
            by_collection.sentences_of(collections),
            counts[0],
            counts[1],
            Lengths(_length(table["n_terms"], rows), _length(table["n_references"], rows)),
        )

    def ids(self, stems: Iterable[str], references: Iterable[str] = ()) -> NDArray[np.int32]:
        """Ids of stems, then of references, in order; `UNKNOWN` for one not counted."""
        found = self.vocabulary.ids(stems, references)
        if self.lengths is None:
            return found
        there = self.passage_counts[found] + self.sentence_counts[found] > 0
        return np.where(there, found, np.int32(UNKNOWN))

    def counts(self, ids: NDArray[np.int32]) -> TermCounts:
        """How many passages and sentences hold the terms of these ids; none an unknown one."""
        if not len(self.passage_counts):
            nowhere = np.zeros(len(ids), np.int32)
            return TermCounts(self.passages, self.sentences, nowhere, nowhere)
        return TermCounts(
            passages=self.passages,
            sentences=self.sentences,
            in_passages=np.where(ids == UNKNOWN, 0, self.passage_counts[ids]),
            in_sentences=np.where(ids == UNKNOWN, 0, self.sentence_counts[ids]),
        )


def _length(lengths: NDArray[np.int32], rows: NDArray[np.int64]) -> FieldLength:
    if not len(rows):
        return FieldLength(0.0, 0.0, 0.0)
    own = lengths[rows]
    return FieldLength(float(own.mean()), float(own.max()), float(lengths.mean()))
