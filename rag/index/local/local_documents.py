"""The documents of one generation, and the orders that lists ask for, worked out once."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.index.documents import DocumentHeader, DocumentPage, Order, SkippedFile, SourceStamp
from rag.index.filters import Filters
from rag.index.local.generation import Generation
from rag.index.local.scope import Scopes
from rag.text.normalisation import fold
from rag.types import Document, Passage

_DOCUMENTS_KEPT: Final = 64
_SIGNS: Final = re.compile(r"[\W_]+")


class LocalDocuments:
    """The documents of one generation; see `rag.index.passage_index.Documents`."""

    def __init__(self, generation: Generation, scopes: Scopes) -> None:
        self._store = generation.store
        self._scopes = scopes
        self._document = lru_cache(_DOCUMENTS_KEPT)(generation.store.document)

    def page(
        self,
        filters: Filters,
        order: Order = Order.TITLE,
        text: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> DocumentPage:
        """Documents admitted, in order."""
        admitted = self._scopes.admits(filters)
        if text.strip():
            admitted = admitted & self._order.holding(text)
        ordinals = self._order.ordered(order)
        found = ordinals[admitted[ordinals]]
        headers = self._order.headers
        shown = tuple(headers[at] for at in found[offset : offset + limit])
        return DocumentPage(len(found), shown)

    def find(self, document_id: str, filters: Filters) -> DocumentHeader | None:
        """A document without its text, if it is there and admitted."""
        ordinal = self._order.ordinals.get(document_id)
        if ordinal is None or not self._scopes.admits(filters)[ordinal]:
            return None
        return self._order.headers[ordinal]

    def by_version(
        self, versions: Collection[str], filters: Filters
    ) -> dict[str, DocumentHeader]:
        """The documents admitted whose reading text is one of these versions."""
        admitted = self._scopes.admits(filters)
        return {
            header.version: header
            for header in self._order.headers
            if header.version in versions and admitted[header.ordinal]
        }

    def headers(self) -> Sequence[DocumentHeader]:
        """All documents, by ordinal."""
        return self._scopes.headers

    def read(self, document_id: str) -> Document:
        """A whole document."""
        return self._document(document_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """All passages of a document, copies included."""
        return self._store.passages(document_id)

    def source_stamp(self, document_id: str) -> SourceStamp:
        """The file that a document was read from."""
        return self._store.source_stamp(document_id)

    def collections(self) -> dict[str, int]:
        """Documents of each collection."""
        return self._store.collections()

    def skipped(self) -> tuple[SkippedFile, ...]:
        """The files left out when this generation was built."""
        return self._store.skipped()

    @cached_property
    def _order(self) -> "DocumentOrder":
        return DocumentOrder(self._scopes.headers)


class DocumentOrder:
    """What lists need to know of a generation's documents; safe among threads.

    Nothing is worked out before it is asked for, and then once.
    """

    def __init__(self, headers: Sequence[DocumentHeader]) -> None:
        """``headers``: every document's, by ordinal."""
        self.headers = headers

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """The number of each document, by its id."""
        return {header.id: header.ordinal for header in self.headers}

    def ordered(self, order: Order) -> NDArray[np.int64]:
        """The ordinals of all documents, first to last."""
        match order:
            case Order.TITLE:
                return self._by_title
            case Order.NAME:
                return self._by_name
            case Order.OLDEST:
                return np.concatenate((self._dated, self._undated))
            case Order.NEWEST:
                return np.concatenate((self._dated[::-1], self._undated))

    def holding(self, text: str) -> NDArray[np.bool_]:
        """Whether each document has every word of a text in its title or path.

        Without regard to case and accents; parts of words count. ``(documents,)``.
        """
        words = fold(text).split()
        return np.array(
            [all(word in named for word in words) for named in self._names], np.bool_
        )

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(fold(f"{each.title} {each.path}") for each in self.headers)

    @cached_property
    def _by_title(self) -> NDArray[np.int64]:
        return self._sorted(lambda each: (filed(each.title), each.path, each.collection))

    @cached_property
    def _by_name(self) -> NDArray[np.int64]:
        return self._sorted(lambda each: (fold(each.path), each.path, each.collection))

    @cached_property
    def _dated(self) -> NDArray[np.int64]:
        dates = [self.headers[at].metadata.date or "" for at in self._by_title]
        order = np.array(sorted(range(len(dates)), key=dates.__getitem__), np.int64)
        return self._by_title[order][dates.count("") :]

    @cached_property
    def _undated(self) -> NDArray[np.int64]:
        without = [not self.headers[at].metadata.date for at in self._by_title]
        return self._by_title[np.array(without, np.bool_)]

    def _sorted(self, key: Callable[[DocumentHeader], Any]) -> NDArray[np.int64]:
        return np.array([each.ordinal for each in sorted(self.headers, key=key)], np.int64)


def filed(name: str) -> tuple[bool, str, str]:
    """What a name is filed by: its letters and digits, as a person looks for them.

    Case, accents and signs do not count: « « Osez ! » » is among the O, « L'été » by « L
    ete ». Names that differ by signs alone still differ; those without a letter or a digit
    come last.
    """
    folded = fold(name)
    words = " ".join(_SIGNS.sub(" ", folded).split())
    return not words, words, folded
