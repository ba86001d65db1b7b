"""An index in one folder of this machine: FAISS, tantivy, SQLite and mapped arrays."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.filters import Filters
from rag.index.local.candidates import gather
from rag.index.local.generation import Generation, open_generation
from rag.index.local.local_documents import LocalDocuments
from rag.index.local.scope import Scope, Scopes
from rag.index.local.store import Copy, Store
from rag.index.local.term_statistics import TermStatistics
from rag.index.passage_index import CandidateSet, CollectionWords, Revision
from rag.index.search_texts import names_of
from rag.types import ModelIdentity, Passage, Place, Question, Source

_PASSAGES_KEPT: Final = 4096
"""Passages, and sources, kept in memory."""

_WORDS_KEPT: Final = 9
"""Vocabularies kept in memory, that of all collections among them: some hundred bytes a
word."""


def open_local_index(
    directory: Path,
    *,
    model: ModelIdentity | None = None,
    chunking: Mapping[str, int] | None = None,
) -> "LocalIndex":
    """Open the published generation; arguments and errors as `open_generation`'s."""
    return LocalIndex(open_generation(directory, model=model, chunking=chunking))


class LocalIndex:
    """A `rag.index.passage_index.PassageIndex` over one generation, which it closes.

    What was read lately is kept: a generation never changes, and what is kept goes with it.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._scopes = Scopes(generation)
        self._displayed = DisplayedPassages(generation)
        self.documents = LocalDocuments(generation, self._scopes)
        # Nothing bound to self is cached: in a cycle, a generation would outlive its use.
        counted = self._scopes.statistics_of
        self._words = lru_cache(_WORDS_KEPT)(partial(_words, generation, counted))

    @cached_property
    def revision(self) -> Revision:
        """What the generation's manifest says of it."""
        manifest = self.generation.manifest
        return Revision(
            generation=manifest.generation,
            created=manifest.created,
            model=manifest.model,
            documents=manifest.documents,
            passages=manifest.passages,
            sentences=manifest.sentences,
            collections=manifest.collections,
        )

    def candidates(
        self, question: Question, vector: NDArray[np.float32], depth: int, filters: Filters
    ) -> CandidateSet:
        """See `PassageIndex`; candidates come in the order of their rows."""
        scope = self._scopes.scope(filters)
        statistics = self._scopes.statistics(filters) if scope is None else scope.statistics
        read = partial(self._displayed.at, scope=scope)
        return gather(self.generation, question, vector, depth, statistics, scope, read)

    def words(self, filters: Filters) -> CollectionWords:
        """See `PassageIndex`."""
        return self._words(self.generation.by_collection.numbers(filters.collections))

    def close(self) -> None:
        """Let go of the generation's files."""
        self.generation.close()


class DisplayedPassages:
    """Reads passages by their rows, as a scope lets them be seen."""

    def __init__(self, generation: Generation) -> None:
        self._documents = generation.tables.passages["document"]
        self._store = generation.store
        self._passage = lru_cache(_PASSAGES_KEPT)(partial(_passage_at, generation.store))
        self._copy = lru_cache(_PASSAGES_KEPT)(generation.store.passage_of)
        self._source = lru_cache(_PASSAGES_KEPT)(partial(_source_of, generation.store))

    def at(self, rows: Sequence[int], scope: Scope | None) -> list[DisplayedPassage]:
        """What stands for each of these rows, in their order.

        With a scope, each row must be in it, and nothing of another document is given.
        """
        documents = self._documents[rows].tolist()
        copies = self._store.copies(rows) if scope is None else self._admitted(rows, scope)
        return [
            self._itself(row, document, copies.get(row, ()))
            if scope is None or scope.documents[document]
            else self._in_place(row, copies[row])
            for row, document in zip(rows, documents, strict=True)
        ]

    def _itself(self, row: int, document: int, copies: Sequence[Copy]) -> DisplayedPassage:
        passage = self._passage(row)
        return DisplayedPassage(passage, self._source(document), _places(copies), passage)

    def _in_place(self, row: int, copies: Sequence[Copy]) -> DisplayedPassage:
        first, *others = copies
        return DisplayedPassage(
            passage=self._copy(first.key),
            source=self._source(first.document),
            also_in=_places(others),
            indexed=self._passage(row),
        )

    def _admitted(self, rows: Sequence[int], scope: Scope) -> dict[int, tuple[Copy, ...]]:
        return {
            row: tuple(copy for copy in copies if scope.documents[copy.document])
            for row, copies in self._store.copies(rows).items()
        }


def _places(copies: Sequence[Copy]) -> tuple[Place, ...]:
    return tuple(copy.place for copy in copies)


def _passage_at(store: Store, row: int) -> Passage:
    return store.passages_at([row])[row]


def _source_of(store: Store, ordinal: int) -> Source:
    header = store.header(ordinal)
    return Source(
        document_id=header.id,
        version=header.version,
        title=header.title,
        publisher=header.metadata.source,
        url=header.metadata.source_url,
        date=header.metadata.date,
        language=header.metadata.language,
        names=names_of(header.path, header.title),
    )


def _words(
    generation: Generation,
    counted: Callable[[tuple[int, ...] | None], TermStatistics],
    collections: tuple[int, ...] | None,
) -> CollectionWords:
    """The words of the collections of these numbers; None for all."""
    surfaces, statistics = generation.surfaces, counted(collections)
    counts = surfaces.counts
    if collections is not None:
        counts = generation.by_collection.word_counts(collections, len(surfaces.words))
    (held,) = counts.nonzero()
    return CollectionWords(
        counts={surfaces.words[place]: int(counts[place]) for place in held.tolist()},
        knows_term=lambda term: bool(statistics.ids([term])[0] >= 0),
    )
