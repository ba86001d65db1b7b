"""What each collection holds of the index: its rows, its terms and its words.

Whoever may not see a collection must not learn from scores or repairs which words stand in
it; what a question needs counted can therefore be counted over some collections alone.
Collections come in the order of their names by code point, which is that of the rows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.local.arrays import map_array, misfit, save_array
from rag.index.local.layout import GenerationLayout

_ROWS, _SENTENCES, _TERMS, _WORDS = range(4)


@dataclass(frozen=True, slots=True)
class CollectionStatistics:
    """The collections of a generation by number, ``c`` of them.

    Attributes:
        names: ``c`` names, sorted by code point.
        bounds: ``int64 (4, c + 1)``, where each collection begins, and the last one ends,
            among the passages, the sentences, ``terms`` and ``words``.
        terms: ``int32 (3, n)``, collection after collection: a term's id, and how many of
            the collection's passages and sentences hold it.
        words: ``int32 (2, m)``, likewise: a word's place among the surfaces, and how often
            the collection holds it.
    """

    names: tuple[str, ...]
    bounds: NDArray[np.int64]
    terms: NDArray[np.int32]
    words: NDArray[np.int32]

    def numbers(self, names: Collection[str] | None) -> tuple[int, ...] | None:
        """The collections of these names, ascending; None where those are all there are.

        ``names`` may hold others, and is None for all collections.
        """
        if names is None:
            return None
        wanted = frozenset(names)
        found = tuple(place for place, name in enumerate(self.names) if name in wanted)
        return None if len(found) == len(self.names) else found

    def rows(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """The rows of the passages of some collections, ascending."""
        parts = [np.arange(*self._span(_ROWS, number)) for number in numbers]
        return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)

    @property
    def passages(self) -> int:
        """Passages of all collections together."""
        return int(self.bounds[_ROWS, -1])

    @property
    def sentences(self) -> int:
        """Sentences of all collections together."""
        return int(self.bounds[_SENTENCES, -1])

    def sentences_of(self, numbers: Sequence[int]) -> int:
        """How many sentences some collections have."""
        spans = (self._span(_SENTENCES, number) for number in numbers)
        return sum(end - start for start, end in spans)

    def term_counts(self, numbers: Sequence[int], terms: int) -> NDArray[np.int32]:
        """``int32 (2, terms)``: passages, then sentences, of some collections by term."""
        return self._summed(self.terms, _TERMS, numbers, terms)

    def word_counts(self, numbers: Sequence[int], words: int) -> NDArray[np.int32]:
        """``int32 (words,)``: how often some collections hold each word."""
        (counts,) = self._summed(self.words, _WORDS, numbers, words)
        return np.asarray(counts, np.int32)

    def _summed(
        self, entries: NDArray[np.int32], kind: int, numbers: Sequence[int], width: int
    ) -> NDArray[np.int32]:
        counts = np.zeros((len(entries) - 1, width), np.int32)
        for number in numbers:
            start, end = self._span(kind, number)
            # A collection names each only once, so that nothing is lost by this.
            counts[:, entries[0, start:end]] += entries[1:, start:end]
        return counts

    def _span(self, kind: int, number: int) -> tuple[int, int]:
        return int(self.bounds[kind, number]), int(self.bounds[kind, number + 1])


class CollectionStatisticsWriter:
    """Collects the bounds of collections, told of each passage's in the order of rows.

    ``names`` are those of all collections, sorted; ``counted`` gives, at any time, how many
    passages, sentences, entries of terms and entries of words there are so far, those of
    the collection under way included; it is called once a collection, at its end.
    """

    def __init__(
        self, names: Sequence[str], counted: Callable[[], tuple[int, int, int, int]]
    ) -> None:
        self._names = names
        self._counted = counted
        self._bounds = [(0, 0, 0, 0)]

    def reach(self, collection: str) -> None:
        """Say that the next passage is one of this collection."""
        while self._names[len(self._bounds) - 1] != collection:
            self._bounds.append(self._counted())

    def write(self, layout: GenerationLayout) -> None:
        """End all collections, and write where they begin and end."""
        while len(self._bounds) <= len(self._names):
            self._bounds.append(self._counted())
        save_array(layout.collections, np.array(self._bounds, np.int64).T)


def open_collection_statistics(
    layout: GenerationLayout, names: Collection[str]
) -> CollectionStatistics:
    """Map what the collections of these names hold."""
    statistics = CollectionStatistics(
        names=tuple(sorted(names)),
        bounds=map_array(layout.collections, np.int64, dimensions=2),
        terms=map_array(layout.collection_terms, np.int32, dimensions=2),
        words=map_array(layout.collection_words, np.int32, dimensions=2),
    )
    if not _fit_together(statistics):
        raise misfit(layout.folder, "collection")
    return statistics


def _fit_together(statistics: CollectionStatistics) -> bool:
    bounds, terms, words = statistics.bounds, statistics.terms, statistics.words
    if bounds.shape != (4, len(statistics.names) + 1) or len(terms) != 3 or len(words) != 2:
        return False
    return bool(
        not bounds[:, 0].any()
        and (np.diff(bounds) >= 0).all()
        and bounds[_TERMS, -1] == terms.shape[1]
        and bounds[_WORDS, -1] == words.shape[1]
    )
