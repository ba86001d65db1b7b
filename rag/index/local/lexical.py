"""French lexical search: BM25 over terms that are analysed by us, with tantivy.

Queries are built from lists of terms, never parsed, so that no text can be a syntax error
or an expensive expression.
"""

import errno
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from rag.errors import IndexCorruptError
from rag.index.search_texts import LexicalFields
from rag.storage.files import remove_folder

_WRITER_MEMORY = 128_000_000
_FEW = 32
"""One passage in so many, or fewer, may be found: then naming them is quicker than looking
through all that match."""
_DEEPER = 8
_OS_ERROR = re.compile(r"\(os error ([0-9]{1,5})\)")


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """What a term's BM25 counts for in each field."""

    body: float = 1.0
    title: float = 0.5
    references: float = 1.5


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """A question's stems and exact references; repeats count once.

    ``factors`` are what to multiply the BM25 of each by, the references' after the stems';
    empty for 1.
    """

    stems: tuple[str, ...]
    references: tuple[str, ...] = ()
    factors: tuple[float, ...] = ()


DEFAULT_WEIGHTS = FieldWeights()


class LexicalWriter:
    """Writes the lexical index of a generation; rows are added in order from 0.

    Raises ``OSError`` where the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Tantivy's threads go on touching the folder they know, even after the end; so
        # what is kept is moved out of their reach.
        self._draft = folder.with_name(f"{folder.name}.draft")
        self._draft.mkdir()
        with _os_errors():
            self._index = tantivy.Index(_schema(), str(self._draft), reuse=False)
            self._index.config_reader(reload_policy="manual")
            # One thread: documents keep the order of rows, and one segment if they fit.
            self._writer = self._index.writer(_WRITER_MEMORY, 1)

    def add(self, row: int, fields: LexicalFields) -> None:
        """Add a passage."""
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_text("body", " ".join(fields.body))
        document.add_text("title", " ".join(fields.title))
        document.add_text("references", " ".join(fields.references))
        with _os_errors():
            self._writer.add_document(document)

    def finish(self) -> None:
        """Write everything; nothing may be added after."""
        with _os_errors():
            self._writer.commit()
            self._writer.wait_merging_threads()
        self._folder.mkdir()
        for path in self._draft.iterdir():
            if path.suffix != ".lock":
                path.rename(self._folder / path.name)
        remove_folder(self._draft)


class Lexical:
    """Searches a generation's lexical index, from any thread.

    Everything is mapped on opening; the folder may be removed afterwards.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index; files that tantivy does not take are an `IndexCorruptError`."""
        self._schema = _schema()
        with _linked(folder) as shown:
            try:
                index = tantivy.Index.open(str(shown))
                index.config_reader(reload_policy="manual")
                self._searcher = index.searcher()
            except (ValueError, OSError) as error:
                raise IndexCorruptError(
                    f"L'index lexical {folder} est illisible ({error}). Reconstruisez-le : "
                    "sourcier index CHEMIN…"
                ) from error

    @property
    def passages(self) -> int:
        """How many are indexed."""
        return self._searcher.num_docs

    def search(
        self,
        query: LexicalQuery,
        k: int,
        weights: FieldWeights = DEFAULT_WEIGHTS,
        among: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ``k`` passages of greatest BM25 (k1 1.2, b .75; Robertson and Zaragoza 2009).

        Args:
            query: the terms; a passage must share one.
            k: how many; fewer come back where fewer match.
            weights: what each field counts for.
            among: which passages may be found, ``(passages,)``; None for all.

        Returns:
            Rows and scores, at most ``k`` of each, best first, then by row.
        """
        asked = self._query(query, weights)
        if among is None:
            return self._run(asked, min(k, self.passages))
        there = int(np.count_nonzero(among))
        if there * _FEW <= self.passages:
            return self._run(self._only(asked, among), min(k, there))
        return self._deeper(asked, min(k, there), among)

    def _only(self, query: tantivy.Query, among: NDArray[np.bool_]) -> tantivy.Query:
        """The query with these rows named: dear by the row, whatever there is to find."""
        rows = np.flatnonzero(among).tolist()
        named = tantivy.Query.term_set_query(self._schema, "row", rows)
        weightless = tantivy.Query.const_score_query(named, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, weightless), (tantivy.Occur.Must, query)]
        )

    def _deeper(
        self, query: tantivy.Query, wanted: int, among: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Look deeper until enough of what is found may be, or all matches were seen."""
        limit = wanted
        while True:
            limit = min(_DEEPER * limit, self.passages)
            rows, scores = self._run(query, limit)
            kept = among[rows]
            if np.count_nonzero(kept) >= wanted or len(rows) < limit or limit == self.passages:
                return rows[kept][:wanted], scores[kept][:wanted]

    def _run(
        self, query: tantivy.Query, limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        if limit < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        hits = self._searcher.search(query, limit, count=False).hits
        addresses = [address for _, address in hits]
        rows = np.array(self._searcher.fast_field_values("row", addresses), np.int64)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _query(self, query: LexicalQuery, weights: FieldWeights) -> tantivy.Query:
        factors = query.factors or (1.0,) * (len(query.stems) + len(query.references))
        stems = dict(zip(query.stems, factors, strict=False))
        references = dict(zip(query.references, factors[len(query.stems) :], strict=True))
        fields = (
            ("body", stems, weights.body),
            ("title", stems, weights.title),
            ("references", references, weights.references),
        )
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, clause)
                for field, terms, weight in fields
                if weight > 0
                for clause in self._clauses(field, terms, weight)
            ]
        )

    def _clauses(
        self, field: str, terms: Mapping[str, float], weight: float
    ) -> Iterator[tantivy.Query]:
        for term, factor in terms.items():
            if _is_encodable(term):
                clause = tantivy.Query.term_query(self._schema, field, term, "freq")
                yield tantivy.Query.boost_query(clause, weight * factor)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in ("body", "title", "references"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()


def _is_encodable(term: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in term)


@contextmanager
def _linked(folder: Path) -> Iterator[Path]:
    """A short-lived folder of links to the files of ``folder``.

    Tantivy takes a lock file beside what it opens, where nothing may be written and
    perhaps nothing can be. Where there is no temporary folder either, it gets the real one.
    """
    paths = list(folder.absolute().iterdir())
    try:
        links = Path(tempfile.mkdtemp(prefix="sourcier-"))
    except OSError:
        yield folder
        return
    try:
        for path in paths:
            (links / path.name).symlink_to(path)
        yield links
    finally:
        with suppress(OSError):
            remove_folder(links)


@contextmanager
def _os_errors() -> Iterator[None]:
    """Tantivy reports the system's refusals as ``ValueError``, their number in the text."""
    try:
        yield
    except ValueError as error:
        known = _OS_ERROR.search(str(error))
        number = int(known[1]) if known else errno.EIO
        raise OSError(number, f"{os.strerror(number)}, index lexical") from error
