"""Which passages of a generation may answer a question, by what their documents are.

Access to collections rests on this: what is out of scope may neither be found nor shown.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.documents import DocumentHeader
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.generation import Generation
from rag.index.local.term_statistics import TermStatistics
from rag.text.normalisation import normalise

_KEPT: Final = 32
"""Scopes kept in memory: a byte for each passage and each document."""

_STATISTICS_KEPT: Final = 9
"""Statistics kept in memory, those of all collections among them: eight bytes a term."""

_DATE: Final = len("2026-02-03")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What may be found and shown: true for each of it.

    ``documents`` is ``(documents,)`` by ordinal. ``rows`` is ``(passages,)`` by row: the
    passages that stand, themselves or as a copy, in an admitted document. ``statistics``
    counts terms over the collections admitted.
    """

    documents: Mask
    rows: Mask
    statistics: TermStatistics


class Scopes:
    """What filters admit of a generation; safe to use from several threads.

    Nothing is read before it is asked for, and then once.
    """

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._lock = threading.RLock()
        # Caches of functions of the generation, not of methods: in a cycle, a generation
        # would outlive its last user.
        self.statistics_of = lru_cache(_STATISTICS_KEPT)(partial(_statistics, generation))
        self._kept: OrderedDict[Filters, Scope | None] = OrderedDict()

    @property
    def headers(self) -> tuple[DocumentHeader, ...]:
        """All documents without their texts, by ordinal."""
        with self._lock:
            return self._headers

    def admits(self, filters: Filters) -> Mask:
        """Whether each document satisfies the filters, ``(documents,)`` by ordinal."""
        with self._lock:
            return self._labels.admits(filters)

    def scope(self, filters: Filters) -> Scope | None:
        """What the filters admit; None for everything, which is searched the quick way."""
        if filters == EVERYTHING:
            return None
        with self._lock:
            if filters not in self._kept:
                self._kept[filters] = self._make(filters)
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(filters)
            return self._kept[filters]

    def statistics(self, filters: Filters) -> TermStatistics:
        """The terms counted over the collections that the filters admit."""
        return self.statistics_of(self._generation.by_collection.numbers(filters.collections))

    def _make(self, filters: Filters) -> Scope | None:
        documents = self._labels.admits(filters)
        if documents.all():
            return None
        rows = documents[self._generation.tables.passages["document"]]
        copied, into = self._copied
        rows[copied[documents[into]]] = True
        return Scope(documents, rows, self.statistics(filters))

    @cached_property
    def _headers(self) -> tuple[DocumentHeader, ...]:
        return tuple(self._generation.store.headers())

    @cached_property
    def _labels(self) -> "_Labels":
        return _labels(self._headers)

    @cached_property
    def _copied(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The row that each copy is one of, and its document's ordinal."""
        pairs = np.array(self._generation.store.copied(), np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


def _statistics(generation: Generation, collections: tuple[int, ...] | None) -> TermStatistics:
    if collections is None:
        return TermStatistics.whole(generation)
    return TermStatistics.within(generation, collections)


Ordinals = Mapping[str, NDArray[np.int64]]
"""The documents that bear each label, by ordinal."""


@dataclass(frozen=True, slots=True, eq=False)
class _Labels:
    """What filters ask of documents; ``dates`` is empty for a document without one."""

    collections: Ordinals
    documents: Ordinals
    languages: Ordinals
    sources: Ordinals
    categories: Ordinals
    dates: NDArray[np.str_]

    def admits(self, filters: Filters) -> Mask:
        """Whether each document satisfies all that is asked."""
        admitted = np.ones(len(self.dates), np.bool_)
        if filters.collections is not None:
            admitted &= self._bear(self.collections, filters.collections)
        for labels, wanted in (
            (self.documents, filters.documents),
            (self.languages, [_language(each) for each in filters.languages]),
            (self.sources, [_caseless(each) for each in filters.sources]),
            (self.categories, [_caseless(each) for each in filters.categories]),
        ):
            if wanted:
                admitted &= self._bear(labels, wanted)
        if filters.date_from is not None or filters.date_to is not None:
            admitted &= self._dated(filters.date_from, filters.date_to)
        return admitted

    def _bear(self, labels: Ordinals, wanted: Iterable[str]) -> Mask:
        bearing = np.zeros(len(self.dates), np.bool_)
        for label in wanted:
            if label in labels:
                bearing[labels[label]] = True
        return bearing

    def _dated(self, first: str | None, last: str | None) -> Mask:
        dated: Mask = self.dates != ""
        if first is not None:
            dated &= self.dates >= first
        if last is not None:
            dated &= self.dates <= last
        return dated


def _labels(headers: tuple[DocumentHeader, ...]) -> _Labels:
    about = [header.metadata for header in headers]
    return _Labels(
        collections=_by_label([header.collection] for header in headers),
        documents=_by_label([header.id] for header in headers),
        languages=_by_label([_language(each.language or "")] for each in about),
        sources=_by_label([_caseless(each.source or "")] for each in about),
        categories=_by_label(map(_caseless, each.categories) for each in about),
        dates=np.array([(each.date or "")[:_DATE] for each in about], f"U{_DATE}"),
    )


def _by_label(labels: Iterable[Iterable[str]]) -> Ordinals:
    found: dict[str, list[int]] = {}
    for ordinal, own in enumerate(labels):
        for label in filter(None, own):
            found.setdefault(label, []).append(ordinal)
    return {label: np.array(bearing, np.int64) for label, bearing in found.items()}


def _language(code: str) -> str:
    return code[:2].lower()


def _caseless(label: str) -> str:
    return normalise("NFC", label).casefold()
