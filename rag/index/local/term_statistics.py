"""How many passages and sentences hold a term, of those that whoever asks may see.

Counted over collections alone, never over what other filters admit: a collection is what
access is given to, and rarity within a few documents would say little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.local.vocabulary import UNKNOWN, Vocabulary


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
class Census:
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
        vocabulary, holdings = generation.vocabulary, generation.holdings
        rows = holdings.rows(collections)
        counts = holdings.term_counts(collections, len(vocabulary.terms))
        table = generation.tables.passages
        return cls(
            vocabulary,
            len(rows),
            holdings.sentences_of(collections),
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

    def rarity(self, ids: NDArray[np.int32]) -> NDArray[np.float64]:
        """Inverse passage frequency, ``log(1 + (N - f + .5) / (f + .5))``, by term.

        One that is `UNKNOWN` is as rare as can be.
        """
        return _rarity(self.passages, ids, self.passage_counts)

    def sentence_rarity(self, ids: NDArray[np.int32]) -> NDArray[np.float64]:
        """The same over sentences."""
        return _rarity(self.sentences, ids, self.sentence_counts)


def _rarity(
    total: int, ids: NDArray[np.int32], counts: NDArray[np.int32]
) -> NDArray[np.float64]:
    if not len(ids):
        return np.zeros(0)
    found = np.where(ids == UNKNOWN, 0, counts[ids])
    rarity: NDArray[np.float64] = np.log1p((total - found + 0.5) / (found + 0.5))
    return rarity


def _length(lengths: NDArray[np.int32], rows: NDArray[np.int64]) -> FieldLength:
    if not len(rows):
        return FieldLength(0.0, 0.0, 0.0)
    own = lengths[rows]
    return FieldLength(float(own.mean()), float(own.max()), float(lengths.mean()))
