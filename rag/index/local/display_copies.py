"""What is shown of a passage that was found: itself, or a copy of it that may be seen.

Of passages that say the same, one is indexed. Where its document is out of scope, it is a
copy in an admitted document that is shown, in its own words and with its own offsets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from rag.index.documents import Copy, DocumentHeader
from rag.index.local.generation import Generation
from rag.index.local.scope import Scope
from rag.index.local.store import Store
from rag.index.search_texts import sentence_characters
from rag.text.normalisation import fold
from rag.text.terms import words
from rag.types import Passage, Place, Sentence, Source

_KEPT: Final = 4096
"""Passages, and sources, kept in memory."""


@dataclass(frozen=True, slots=True)
class Shown:
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


class Showing:
    """Reads what was found back from one generation; safe to use from several threads.

    Passages and sources read lately are kept: a generation never changes, and what is
    kept goes with it.
    """

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        store = generation.store
        # Nothing bound to self is cached: in a cycle, a generation would outlive its use.
        self._passage = lru_cache(_KEPT)(partial(_passage_at, store))
        self._copy = lru_cache(_KEPT)(store.passage_of)
        self._source = lru_cache(_KEPT)(lambda ordinal: _source(store.header(ordinal)))

    def show(self, rows: Sequence[int], scope: Scope | None = None) -> list[Shown]:
        """What stands for each of these rows, in their order.

        With a scope, each row must be in it, and nothing of another document is given.
        """
        documents = self._generation.tables.passages["document"][rows].tolist()
        if scope is None:
            places = self._generation.store.places(rows)
            return [
                self._itself(row, document, places.get(row, ()))
                for row, document in zip(rows, documents, strict=True)
            ]
        copies = self._admitted_copies(rows, scope)
        return [
            self._itself(row, document, _places(copies.get(row, ())))
            if scope.documents[document]
            else self._in_place(row, copies[row])
            for row, document in zip(rows, documents, strict=True)
        ]

    def _itself(self, row: int, document: int, also_in: tuple[Place, ...]) -> Shown:
        passage = self._passage(row)
        return Shown(passage, self._source(document), also_in, passage)

    def _in_place(self, row: int, copies: Sequence[Copy]) -> Shown:
        first, *others = copies
        return Shown(
            passage=self._copy(first.key),
            source=self._source(first.document),
            also_in=_places(others),
            indexed=self._passage(row),
        )

    def _admitted_copies(
        self, rows: Sequence[int], scope: Scope
    ) -> Mapping[int, tuple[Copy, ...]]:
        return {
            row: tuple(copy for copy in copies if scope.documents[copy.document])
            for row, copies in self._generation.store.copies(rows).items()
        }


def _places(copies: Sequence[Copy]) -> tuple[Place, ...]:
    return tuple(copy.place for copy in copies)


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


def _passage_at(store: Store, row: int) -> Passage:
    return store.passages_at([row])[row]


def _source(header: DocumentHeader) -> Source:
    return Source(
        document_id=header.id,
        version=header.version,
        title=header.title,
        publisher=header.metadata.source,
        url=header.metadata.source_url,
        date=header.metadata.date,
        language=header.metadata.language,
    )
