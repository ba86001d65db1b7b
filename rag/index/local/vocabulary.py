"""The index's words: analysed terms with their frequencies, and words as written.

A term's id is its place in the sorted vocabulary. Exact references (``l121-1``) live in
the same list under a mark that no stem can hold, so that the stem ``2024`` and the
reference ``2024`` stay two terms.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.index.local.arrays import map_array, misfit, read_lines, save_array, write_lines
from rag.index.local.layout import GenerationLayout

REFERENCE_MARK = "§"
UNKNOWN = -1
_LONGEST_SURFACE = 40


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms sorted by code point, with the passages and sentences that hold each.

    ``passage_counts`` and ``sentence_counts`` are ``int32 (terms,)``.
    """

    terms: tuple[str, ...]
    passage_counts: NDArray[np.int32]
    sentence_counts: NDArray[np.int32]

    def ids(self, stems: Iterable[str], references: Iterable[str] = ()) -> NDArray[np.int32]:
        """Ids of stems, then of references, in order; `UNKNOWN` for one not there."""
        return np.array([self._id(term) for term in _marked(stems, references)], np.int32)

    def _id(self, term: str) -> int:
        place = bisect_left(self.terms, term)
        there = place < len(self.terms) and self.terms[place] == term
        return place if there else UNKNOWN


@dataclass(frozen=True, slots=True)
class SurfaceVocabulary:
    """Words as written, for spelling: in lower case and sorted.

    ``counts`` is ``int32 (words,)``: how often each occurs, in whatever case.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int32]


class VocabularyBuilder:
    """Gives terms provisional ids as they come, and final ones at the end."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._passages = array("i")
        self._sentences = array("i")
        self._ended: list[NDArray[np.int32]] = [np.zeros((3, 0), np.int32)]
        self._before = np.zeros((2, 0), np.int32)

    def passage(self, stems: Iterable[str], references: Iterable[str]) -> list[int]:
        """Count a passage's terms, each once; returns provisional ids, with repeats."""
        return self._counted(self._passages, stems, references)

    def sentence(self, stems: Iterable[str], references: Iterable[str]) -> list[int]:
        """Count a sentence's terms, each once; returns provisional ids, with repeats."""
        return self._counted(self._sentences, stems, references)

    def context(self, stems: Iterable[str]) -> list[int]:
        """Provisional ids, with repeats, of terms that are counted with their passage."""
        return self._numbers(stems, ())

    def end_collection(self) -> int:
        """Set apart what was counted since the last end; returns the entries set apart."""
        counts = np.array([self._passages, self._sentences], np.int32)
        own = counts.copy()
        own[:, : self._before.shape[1]] -= self._before
        held = np.flatnonzero(own.any(axis=0))
        self._ended.append(np.vstack((held, own[:, held])).astype(np.int32))
        self._before = counts
        return sum(each.shape[1] for each in self._ended)

    def write(self, layout: GenerationLayout) -> NDArray[np.int32]:
        """Write the vocabulary; returns the final id of each provisional one."""
        terms = list(self._ids)
        order = sorted(range(len(terms)), key=terms.__getitem__)
        final = np.empty(len(terms), np.int32)
        final[order] = np.arange(len(terms), dtype=np.int32)
        write_lines(layout.vocabulary, [terms[number] for number in order])
        counts = np.array([self._passages, self._sentences], np.int32)
        save_array(layout.vocabulary_counts, counts.reshape(2, -1)[:, order])
        save_array(
            layout.collection_terms, np.hstack([_renamed(each, final) for each in self._ended])
        )
        return final

    def _counted(
        self, counts: "array[int]", stems: Iterable[str], references: Iterable[str]
    ) -> list[int]:
        numbers = self._numbers(stems, references)
        for number in set(numbers):
            counts[number] += 1
        return numbers

    def _numbers(self, stems: Iterable[str], references: Iterable[str]) -> list[int]:
        terms = _marked(stems, references)
        return [self._number(term) for term in terms if term.isprintable()]

    def _number(self, term: str) -> int:
        number = self._ids.setdefault(term, len(self._ids))
        if number == len(self._passages):
            self._passages.append(0)
            self._sentences.append(0)
        return number


class SurfaceBuilder:
    """Counts words as written."""

    def __init__(self) -> None:
        self._own: Counter[str] = Counter()
        self._ended: list[Mapping[str, int]] = []

    def add(self, words: Iterable[str]) -> None:
        """Count words; those without a letter, or too long to be words, are left out."""
        self._own.update(words)

    def end_collection(self) -> int:
        """Set apart what was counted since the last end; returns the entries set apart."""
        own: Counter[str] = Counter()
        for form, count in self._own.items():
            if _is_word(form):
                own[form.lower()] += count
        self._own.clear()
        self._ended.append(own)
        return sum(map(len, self._ended))

    def write(self, layout: GenerationLayout) -> None:
        """Write the words and their counts, up to the last end of a collection."""
        counts: Counter[str] = Counter()
        for own in self._ended:
            counts.update(own)
        ordered = sorted(counts)
        write_lines(layout.surfaces, ordered)
        save_array(
            layout.surface_counts, np.array([counts[word] for word in ordered], np.int32)
        )
        final = {word: place for place, word in enumerate(ordered)}
        entries = [
            sorted((final[word], count) for word, count in own.items()) for own in self._ended
        ]
        flat = np.array(list(chain.from_iterable(entries)), np.int32).reshape(-1, 2)
        save_array(layout.collection_words, flat.T)


def open_vocabulary(layout: GenerationLayout) -> Vocabulary:
    """A generation's terms."""
    terms = tuple(read_lines(layout.vocabulary))
    counts = map_array(layout.vocabulary_counts, np.int32, dimensions=2)
    if counts.shape != (2, len(terms)):
        raise misfit(layout.folder, "vocabulary")
    return Vocabulary(terms, counts[0], counts[1])


def open_surfaces(layout: GenerationLayout) -> SurfaceVocabulary:
    """A generation's words as written."""
    words = tuple(read_lines(layout.surfaces))
    counts = map_array(layout.surface_counts, np.int32)
    if len(words) != len(counts):
        raise misfit(layout.folder, "surfaces")
    return SurfaceVocabulary(words, counts)


def _marked(stems: Iterable[str], references: Iterable[str]) -> tuple[str, ...]:
    """The terms of a vocabulary: stems, then references under their mark."""
    return (*stems, *(REFERENCE_MARK + reference for reference in references))


def _renamed(entries: NDArray[np.int32], final: NDArray[np.int32]) -> NDArray[np.int32]:
    """A collection's terms under their final ids, ascending."""
    renamed = np.vstack((final[entries[0]], entries[1:]))
    return renamed[:, np.argsort(renamed[0])]


def _is_word(form: str) -> bool:
    return (
        len(form) <= _LONGEST_SURFACE
        and form.isprintable()
        and any(char.isalpha() for char in form)
    )
