"""What is shown of a passage that was found: itself, or a copy of it that may be seen.

Of passages that say the same, one is indexed. Where its document is not admitted, it is a
copy in an admitted document that is shown, in its own words and with its own offsets.
"""

from dataclasses import dataclass

from rag.index.search_texts import sentence_characters
from rag.text.normalisation import fold
from rag.text.terms import words
from rag.types import Passage, Place, Sentence, Source


@dataclass(frozen=True, slots=True)
class DisplayedPassage:
    """A passage as it is shown, with its source and where else its text stands.

    ``indexed`` is the passage that was searched: itself, or the one it is a copy of.
    """

    passage: Passage
    source: Source
    also_in: tuple[Place, ...]
    indexed: Passage

    def sentence(self, position: int) -> Sentence | None:
        """The sentence shown for the one at this position in the passage searched.

        None where the copy has no sentence at all.
        """
        own = self.passage.sentences
        if len(own) == len(self.indexed.sentences):
            return own[position]
        return _nearest(self.passage, self.indexed, position)


def _nearest(shown: Passage, indexed: Passage, position: int) -> Sentence | None:
    """The sentence of the passage shown that shares most words with one of its original."""
    said = _words(indexed, indexed.sentences[position])

    def distance(place: int) -> tuple[float, int]:
        own = _words(shown, shown.sentences[place])
        shared = len(own & said) / max(len(own | said), 1)
        return -shared, abs(place - position)

    places = range(len(shown.sentences))
    return shown.sentences[min(places, key=distance)] if places else None


def _words(passage: Passage, sentence: Sentence) -> set[str]:
    return set(words(fold(sentence_characters(passage, sentence))))
