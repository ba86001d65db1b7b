"""The seam between an index and the ranking: what any engine gives, as arrays and texts.

A question goes down with its vector and the filters; a `CandidateSet` comes back, from
which every signal is computed by the same code whatever the engine. What is admitted is
decided inside the engine: nothing else is found, shown or counted.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.documents import (
    DocumentHeader,
    DocumentPage,
    Order,
    SkippedFile,
    SourceStamp,
)
from rag.index.filters import Filters
from rag.types import BlockKind, Document, ModelIdentity, Passage, Question

KINDS = tuple(BlockKind)
KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
"""A kind is a number in arrays: its place in the enumeration."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of an index, which never changes once it is published.

    ``created`` is ISO 8601 in UTC; ``collections`` the number of documents of each one.
    """

    generation: str
    created: str
    model: ModelIdentity
    documents: int
    passages: int
    sentences: int
    collections: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class TermCounts:
    """How many passages and sentences hold each of a question's terms, then references.

    Counted over the collections admitted, as if no other were indexed, and whatever else
    the filters ask: a collection is what access is given to, and rarity within a few
    documents would say little.

    Attributes:
        passages: how many there are in those collections.
        sentences: likewise.
        in_passages: ``int32 (T,)``, how many of the passages hold each term.
        in_sentences: likewise.
    """

    passages: int
    sentences: int
    in_passages: NDArray[np.int32]
    in_sentences: NDArray[np.int32]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each term stands anywhere, ``(T,)``."""
        return self.in_passages + self.in_sentences > 0


@dataclass(frozen=True, eq=False)
class CandidateSet:
    """The passages worth a closer look: ``n`` of them, with their ``m`` sentences.

    They are the union of the nearest passages and the best lexical ones. ``t`` of the
    question's ``T`` terms and references are known, in the question's order.

    Attributes:
        cosine: ``float32 (n,)``, of each passage to the question.
        bm25: ``float32 (n,)``, Okapi BM25; 0 for a passage outside the lexical list.
        bounds: ``int64 (n + 1,)``; the sentences of passage ``i`` are those between
            ``bounds[i]`` and ``bounds[i + 1]``, in reading order.
        sentence_cosines: ``float32 (m,)``.
        kinds: ``uint8 (m,)``, `KIND_CODES`.
        mentions: ``uint16 (m,)``, `rag.types.Mention` flags.
        lengths: ``uint16 (m,)``, terms of each sentence.
        counts: of all ``T`` terms.
        frequencies: ``int64 (t, m)``, how often each term stands in each sentence.
        in_context: ``bool (t, n)``, whether it stands in the title or the headings above.
        followed: ``bool (max(t - 1, 0), m)``, whether a term and the next one follow one
            another in a sentence.
        read: gives the passages at some positions, in their order.
    """

    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]
    bounds: NDArray[np.int64]
    sentence_cosines: NDArray[np.float32]
    kinds: NDArray[np.uint8]
    mentions: NDArray[np.uint16]
    lengths: NDArray[np.uint16]
    counts: TermCounts
    frequencies: NDArray[np.int64]
    in_context: NDArray[np.bool_]
    followed: NDArray[np.bool_]
    read: Callable[[Sequence[int]], list[DisplayedPassage]]

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """The position of each sentence's passage, ``(m,)``."""
        return np.repeat(np.arange(len(self.cosine)), np.diff(self.bounds))

    @cached_property
    def best_sentence(self) -> NDArray[np.float32]:
        """The greatest cosine among each passage's sentences, ``(n,)``; −1 for none."""
        return best_of_groups(self.sentence_cosines, self.bounds)


@dataclass(frozen=True, slots=True, eq=False)
class CollectionWords:
    """The words of some collections, to repair questions by.

    Attributes:
        counts: how often each word, in lower case, stands there.
        knows_term: whether a lexical term (a stem) stands there.
    """

    counts: Mapping[str, int]
    knows_term: Callable[[str], bool]


class Documents(Protocol):
    """The documents of a revision. Reading raises `IndexingError` where it is damaged."""

    def page(
        self,
        filters: Filters,
        order: Order = Order.TITLE,
        text: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> DocumentPage:
        """Documents admitted, ``limit`` of them from the ``offset``-th on, both 0 and up.

        ``text`` leaves those that have all its words in their title or path, without regard
        to case and accents; parts of words count.
        """

    def find(self, document_id: str, filters: Filters) -> DocumentHeader | None:
        """A document without its text; None where it is not there, or not admitted."""

    def by_version(
        self, versions: Collection[str], filters: Filters
    ) -> dict[str, DocumentHeader]:
        """The documents admitted whose reading text is one of these versions, one for each."""

    def headers(self) -> Sequence[DocumentHeader]:
        """All documents without their texts."""

    def read(self, document_id: str) -> Document:
        """A whole document.

        Raises:
            IndexingError: there is none of this id.
        """

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """All passages of a document in order; empty for an unknown id."""

    def source_stamp(self, document_id: str) -> SourceStamp:
        """The file that a document was read from.

        Raises:
            IndexingError: there is none of this id.
        """

    def collections(self) -> dict[str, int]:
        """Documents of each collection."""

    def skipped(self) -> tuple[SkippedFile, ...]:
        """The files left out when this revision was made."""


class PassageIndex(Protocol):
    """One revision of an index, held open for reading; safe to use from several threads."""

    @property
    def revision(self) -> Revision:
        """Which state of the index this is."""

    @property
    def documents(self) -> Documents:
        """What is indexed, document by document."""

    def candidates(
        self, question: Question, vector: NDArray[np.float32], depth: int, filters: Filters
    ) -> CandidateSet:
        """The union of the ``depth`` nearest passages and the ``depth`` best lexical ones.

        Args:
            question: the question read.
            vector: the unit vector of its ``search_text``, ``(dimensions,)``.
            depth: how many to take from each list, 1 and up.
            filters: which documents may be found. A passage that stands in several is
                found where any of them is admitted, and shown as it stands there.
        """

    def words(self, filters: Filters) -> CollectionWords:
        """The words of the collections admitted; the same object for the same ones."""

    def close(self) -> None:
        """Let go of it; nothing may be read after."""


def best_of_groups(
    scores: NDArray[np.float32], bounds: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The greatest score of each group; group ``i`` is ``scores[bounds[i]:bounds[i + 1]]``.

    Returns:
        ``(len(bounds) - 1,)``; −1, the least a cosine can be, for an empty group.
    """
    best = np.full(len(bounds) - 1, -1.0, np.float32)
    full = bounds[:-1] < bounds[1:]
    if full.any():
        best[full] = np.maximum.reduceat(scores, bounds[:-1][full])
    return best
