"""What is known of each passage and sentence, by number: NumPy tables, mapped read-only."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexCorruptError
from rag.index.local.arrays import map_array, save_array
from rag.index.local.layout import GenerationLayout
from rag.index.passage_index import KIND_CODES
from rag.types import BlockKind, Mention

PASSAGE_DTYPE = np.dtype(
    [
        ("document", "<i4"),  # the document's ordinal in the store
        ("first_sentence", "<i8"),
        ("sentences", "<i4"),
        ("n_terms", "<i4"),  # stems of the lexical body
        ("n_references", "<i4"),  # exact references, with repeats
    ]
)
SENTENCE_DTYPE = np.dtype(
    [
        ("passage", "<i4"),  # the passage's row
        ("start", "<i8"),  # offsets into the document's text
        ("end", "<i8"),
        ("kind", "u1"),  # place in rag.index.passage_index.KINDS
        ("mentions", "<u2"),  # rag.types.Mention flags
        ("n_terms", "<u2"),  # stems, at most 65 535
    ]
)
_MOST_TERMS = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Tables:
    """One row a passage and one a sentence, the latter in the order of their passages.

    The stems and marked references of sentence ``i`` are
    ``terms[indptr[i]:indptr[i + 1]]``: ids in the vocabulary, in order, with repeats.
    Those of the title and the headings above passage ``i`` are likewise
    ``context_terms[context_indptr[i]:context_indptr[i + 1]]``. What its lexical fields hold
    more than its sentences together, or less, is
    ``surplus_terms[:, surplus_indptr[i]:surplus_indptr[i + 1]]``: ids and differences.
    """

    passages: NDArray[np.void]
    sentences: NDArray[np.void]
    indptr: NDArray[np.int64]
    terms: NDArray[np.int32]
    context_indptr: NDArray[np.int64]
    context_terms: NDArray[np.int32]
    surplus_indptr: NDArray[np.int64]
    surplus_terms: NDArray[np.int32]

    def sentences_of(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The sentences of passages, passage after passage.

        Args:
            rows: passage rows, ``(n,)``, in any order.

        Returns:
            The sentence numbers ``(m,)``, and ``(n + 1,)`` bounds such that those of
            ``rows[i]`` are ``numbers[bounds[i]:bounds[i + 1]]``.
        """
        chosen = self.passages[rows]
        counts = chosen["sentences"].astype(np.int64)
        bounds = np.concatenate(([0], np.cumsum(counts)))
        numbers = np.arange(bounds[-1]) + np.repeat(
            chosen["first_sentence"] - bounds[:-1], counts
        )
        return numbers, bounds


class TablesWriter:
    """Collects the rows of both tables; about 100 bytes of memory a sentence."""

    def __init__(self) -> None:
        self._passages = [array(code) for code in "iqiii"]
        self._sentences = [array(code) for code in "iqqBHH"]
        self._indptr = array("q", [0])
        self._terms = array("i")
        self._context_indptr = array("q", [0])
        self._context_terms = array("i")
        self._surplus_indptr = array("q", [0])
        self._surplus_terms = array("i")
        self._surplus = array("i")

    @property
    def passages(self) -> int:
        """How many there are so far."""
        return len(self._passages[0])

    @property
    def sentences(self) -> int:
        """How many there are so far."""
        return len(self._sentences[0])

    def add_passage(
        self,
        document: int,
        sentences: int,
        n_terms: int,
        n_references: int,
        context: Sequence[int],
    ) -> None:
        """Add a passage whose sentences come next, with its context's provisional ids."""
        row = (document, self.sentences, sentences, n_terms, n_references)
        for column, value in zip(self._passages, row, strict=True):
            column.append(value)
        self._context_terms.extend(context)
        self._context_indptr.append(len(self._context_terms))

    def add_sentence(
        self,
        start: int,
        end: int,
        kind: BlockKind,
        mentions: Mention,
        stems: int,
        terms: list[int],
    ) -> None:
        """Add a sentence of the last passage, with its terms' provisional ids."""
        passage = self.passages - 1
        row = (passage, start, end, KIND_CODES[kind], int(mentions), min(stems, _MOST_TERMS))
        for column, value in zip(self._sentences, row, strict=True):
            column.append(value)
        self._terms.extend(terms)
        self._indptr.append(len(self._terms))

    def add_surplus(self, terms: Iterable[int], sentences: Iterable[int]) -> None:
        """Note what sets a passage, whose sentences were added, apart from them.

        Args:
            terms: provisional ids of its lexical fields' terms, with repeats.
            sentences: those of its sentences' terms.
        """
        surplus = Counter(terms)
        surplus.subtract(sentences)
        for term, difference in surplus.items():
            if difference:
                self._surplus_terms.append(term)
                self._surplus.append(difference)
        self._surplus_indptr.append(len(self._surplus))

    def write(self, layout: GenerationLayout, final_ids: NDArray[np.int32]) -> None:
        """Write both tables and the terms under their final ids."""
        save_array(layout.passage_table, _table(self._passages, PASSAGE_DTYPE))
        save_array(layout.sentence_table, _table(self._sentences, SENTENCE_DTYPE))
        save_array(layout.terms_indptr, np.array(self._indptr, np.int64))
        save_array(layout.terms, final_ids[np.array(self._terms, np.int32)])
        save_array(layout.context_indptr, np.array(self._context_indptr, np.int64))
        save_array(layout.context_terms, final_ids[np.array(self._context_terms, np.int32)])
        save_array(layout.surplus_indptr, np.array(self._surplus_indptr, np.int64))
        surplus = final_ids[np.array(self._surplus_terms, np.int32)]
        save_array(layout.surplus_terms, np.array([surplus, self._surplus], np.int32))


def open_tables(layout: GenerationLayout) -> Tables:
    """Map a generation's tables."""
    tables = Tables(
        passages=map_array(layout.passage_table, PASSAGE_DTYPE),
        sentences=map_array(layout.sentence_table, SENTENCE_DTYPE),
        indptr=map_array(layout.terms_indptr, np.int64),
        terms=map_array(layout.terms, np.int32),
        context_indptr=map_array(layout.context_indptr, np.int64),
        context_terms=map_array(layout.context_terms, np.int32),
        surplus_indptr=map_array(layout.surplus_indptr, np.int64),
        surplus_terms=map_array(layout.surplus_terms, np.int32, dimensions=2),
    )
    if not _fit_together(tables):
        raise IndexCorruptError(
            f"Les tables de {layout.folder} ne vont pas ensemble. Reconstruisez l'index : "
            "sourcier index CHEMIN…"
        )
    return tables


def runs(
    values: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """``values[start:end]`` of each run, one after the other, and the run of each value."""
    places, owners = places_of(starts, ends)
    return values[places], owners


def places_of(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every place of each run, one run after the other, and the run of each place."""
    lengths = ends - starts
    bounds = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(starts - bounds, lengths)
    return places, np.repeat(np.arange(len(starts)), lengths)


def _fit_together(tables: Tables) -> bool:
    counts = tables.passages["sentences"].astype(np.int64)
    firsts = np.cumsum(counts) - counts
    return bool(
        np.array_equal(tables.passages["first_sentence"], firsts)
        and counts.sum() == len(tables.sentences)
        and _covers(tables.indptr, len(tables.sentences), len(tables.terms))
        and _covers(tables.context_indptr, len(tables.passages), len(tables.context_terms))
        and len(tables.surplus_terms) == 2
        and _covers(tables.surplus_indptr, len(tables.passages), tables.surplus_terms.shape[1])
    )


def _covers(indptr: NDArray[np.int64], rows: int, values: int) -> bool:
    return bool(len(indptr) == rows + 1 and indptr[0] == 0 and indptr[-1] == values)


def _table(columns: list["array[int]"], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    table = np.empty(len(columns[0]), dtype)
    for name, column in zip(dtype.names or (), columns, strict=True):
        table[name] = column
    return table
