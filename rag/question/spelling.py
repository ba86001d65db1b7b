"""Words of a question set right by the collection's own words.

People type without accents, in capitals and with slips; the collection knows how its
words are spelled. A word is replaced only where the collection lacks it in every form
and it does not look like a real word used nowhere: a slip is then preferred that keeps
the first letter, the nearest in edit distance (optimal string alignment: insertion,
deletion, substitution, transposition of neighbours), and the most frequent.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache, partial
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.index.filters import EVERYTHING, Filters
from rag.index.passage_index import CollectionWords, PassageIndex
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms

_WORD: Final = re.compile(r"[^\W\d_]+")
_ELIDED: Final = re.compile(r"(?P<letter>[ldjnsm]|qu)(?P<rest>[aeiouyh]\w{2,})$")
_SHORTEST: Final = 4
_SHORTEST_SLIP: Final = 5
_LONGEST: Final = 40
_TWO_SLIPS_FROM: Final = 8
_MOST_REPAIRS: Final = 20
_SHOUTING: Final = 0.6
_KEPT: Final = 9
"""Spellings kept in memory, that of all collections among them: some hundred bytes a word."""


class Spelling:
    """Repairs questions by a vocabulary.

    Args:
        counts: how often each word, in lower case, stands in the collection.
        knows_term: whether a lexical term (a stem) stands in the collection.
        is_word: whether a word looks like a word of some language; the embedding
            model's tokenizer tells, since it keeps common words whole.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        knows_term: Callable[[str], bool],
        is_word: Callable[[str], bool],
    ) -> None:
        self._counts = counts
        self._knows_term = knows_term
        self._is_word = is_word

    def repair(self, text: str) -> str:
        """The text with its unknown words replaced; capitals are lowered when it shouts."""
        calm = text.lower() if _shouts(text) else text
        budget = _MOST_REPAIRS

        def replace(match: re.Match[str]) -> str:
            nonlocal budget
            word = match.group()
            if not _SHORTEST <= len(word) <= _LONGEST or self._is_known(word.lower()):
                return word
            if budget == 0:
                return word
            budget -= 1
            return self._nearest(word.lower()) or word

        return _WORD.sub(replace, calm)

    def knows(self, word: str) -> bool:
        """Whether a word, in lower case, stands in the collection as it is."""
        return word in self._counts

    def _is_known(self, word: str) -> bool:
        if word in self._counts:
            return True
        # A form the collection lacks of a word that it has: dirigeait, for dirigé.
        return not word.isascii() and all(map(self._knows_term, lexical_terms(word)))

    def _nearest(self, word: str) -> str | None:
        folded = fold(word)
        restored = self._spellings.get(folded)
        if restored is not None:
            return restored
        if all(map(self._knows_term, lexical_terms(word))) or self._is_word(word):
            return None
        if len(folded) < _SHORTEST_SLIP:
            return None
        apart = self._elided(folded)
        if apart is not None:
            return apart
        slips = 1 if len(folded) < _TWO_SLIPS_FROM else 2
        pool = [
            candidate
            for length in range(len(folded) - slips, len(folded) + slips + 1)
            for candidate in self._by_shape.get((folded[0], length), ())
        ]
        found = process.extract(
            folded, pool, scorer=OSA.distance, score_cutoff=slips, limit=None
        )
        if not found:
            return None
        spellings = self._spellings
        best, _, _ = min(
            found, key=lambda each: (each[1], -self._counts[spellings[each[0]]], each[0])
        )
        return spellings[best]

    def _elided(self, folded: str) -> str | None:
        """« lanssi » as « l'anssi », where the collection has the rest."""
        match = _ELIDED.match(folded)
        rest = self._spellings.get(match["rest"]) if match else None
        return f"{match['letter']}'{rest}" if match and rest else None

    @cached_property
    def _spellings(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for word, count in self._counts.items():
            folded = fold(word)
            held = spellings.get(folded)
            if held is None or self._counts[held] < count:
                spellings[folded] = word
        return spellings

    @cached_property
    def _by_shape(self) -> dict[tuple[str, int], list[str]]:
        shapes: dict[tuple[str, int], list[str]] = {}
        for folded in self._spellings:
            if folded:
                shapes.setdefault((folded[0], len(folded)), []).append(folded)
        return shapes


class Spellings:
    """Spelling by an index's words, within what may be seen; safe among threads.

    A word that stands only in a collection that is not admitted neither repairs a question
    nor counts as known. ``is_word`` is as `Spelling` takes it.
    """

    def __init__(self, index: PassageIndex, is_word: Callable[[str], bool]) -> None:
        self._index = index
        self._by_words = lru_cache(_KEPT)(partial(_spelling, is_word))
        # All the words of an index are read as it is opened, not by the first question.
        self.within(EVERYTHING)

    def within(self, filters: Filters) -> Spelling:
        """That of the collections that the filters admit."""
        return self._by_words(self._index.words(filters))


def _spelling(is_word: Callable[[str], bool], words: CollectionWords) -> Spelling:
    return Spelling(words.counts, words.knows_term, is_word)


def _shouts(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return len(letters) > len("NIS2 ?") and capitals > _SHOUTING * len(letters)
