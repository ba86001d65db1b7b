"""The words that may repair a question, by the collections that whoever asks may see."""

import threading
from collections.abc import Callable
from typing import Final

from rag.index.filters import Filters
from rag.index.local.generation import Generation
from rag.index.local.lru import Kept
from rag.index.local.scope import Shelves
from rag.index.local.term_statistics import Census
from rag.question.spelling import Spelling

_KEPT: Final = 8
"""Spellings kept in memory beside that of all collections: some hundred bytes a word."""


class Spellings:
    """Spelling by one generation's words; safe to use from several threads.

    A word that stands only in a collection that is not admitted neither repairs a question
    nor counts as known.

    Args:
        generation: the index, kept open by the caller.
        shelves: its collections.
        is_word: see `Spelling`.
    """

    def __init__(
        self, generation: Generation, shelves: Shelves, is_word: Callable[[str], bool]
    ) -> None:
        self._generation = generation
        self._shelves = shelves
        self._is_word = is_word
        self._lock = threading.Lock()
        self._kept: Kept[tuple[int, ...], Spelling] = Kept(_KEPT)
        surfaces = generation.surfaces
        whole = dict(zip(surfaces.words, surfaces.counts.tolist(), strict=True))
        self._whole = self._spelling(whole, Census.whole(generation))

    def within(self, filters: Filters) -> Spelling:
        """That of the collections that the filters admit."""
        numbers = self._generation.holdings.numbers(filters.collections)
        if numbers is None:
            return self._whole
        with self._lock:
            return self._kept.get(numbers, lambda: self._make(numbers, filters))

    def _make(self, collections: tuple[int, ...], filters: Filters) -> Spelling:
        words = self._generation.surfaces.words
        counts = self._generation.holdings.word_counts(collections, len(words))
        (held,) = counts.nonzero()
        own = {words[place]: int(counts[place]) for place in held.tolist()}
        return self._spelling(own, self._shelves.census(filters))

    def _spelling(self, counts: dict[str, int], census: Census) -> Spelling:
        return Spelling(
            counts,
            knows_term=lambda term: bool(census.ids([term])[0] >= 0),
            is_word=self._is_word,
        )
