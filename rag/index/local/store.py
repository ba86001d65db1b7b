"""Reads a generation's store: documents, passages, copies, files left out.

The file is opened read-only and immutable, so that reading takes no lock and leaves
nothing beside it; one connection serves all threads, each statement under a lock.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rag.errors import IndexCorruptError, IndexingError
from rag.index.documents import DocumentHeader, SkippedFile, SourceStamp
from rag.index.local.codec import (
    pack_text,
    unpack_blocks,
    unpack_metadata,
    unpack_sentences,
    unpack_text,
)
from rag.types import Document, Passage, Place

_PASSAGE = """
SELECT p.id, d.id, p.ordinal, p.start, p."end", p.text, p.headings, p.page, p.sentences
FROM passages p JOIN documents d ON d.ordinal = p.document
"""
_PASSAGE_AT = """
SELECT p.id, d.id, p.ordinal, p.start, p."end", p.text, p.headings, p.page, p.sentences, c.row
FROM canonical c JOIN passages p ON p.key = c.passage
JOIN documents d ON d.ordinal = p.document
"""
_PASSAGE_OF = f"{_PASSAGE} WHERE p.key = ?"
_COPIES = """
SELECT c.row, p.key, p.document, d.id, d.title, p.start, p."end"
FROM duplicates c JOIN passages p ON p.key = c.passage
JOIN documents d ON d.ordinal = p.document
"""
_COPIED = "SELECT c.row, p.document FROM duplicates c JOIN passages p ON p.key = c.passage"
_HEADER = "SELECT ordinal, id, collection, path, version, title, metadata FROM documents"
_COUNTS = """
SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),
       (SELECT count(*) FROM canonical), (SELECT count(*) FROM duplicates)
"""
_COLLECTIONS = "SELECT collection, count(*) FROM documents GROUP BY collection"
_STAMPS = "SELECT id, root, size, mtime_ns, sha256, reader FROM documents ORDER BY ordinal"
_STAMP = "SELECT id, root, size, mtime_ns, sha256, reader FROM documents WHERE id = ?"
_SKIPPED = "SELECT collection, root, path, reason FROM skipped"
_PARAMETERS = 500
# What unpacking a value that is not as it was packed can raise.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)

Row = tuple[Any, ...]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Copy:
    """A passage that another one is indexed in the place of.

    ``key`` names it in the store; ``document`` is its document's ordinal.
    """

    key: int
    document: int
    place: Place


class Store:
    """A generation's documents and passages, usable from several threads.

    Every method raises `IndexCorruptError` where the file turns out to be damaged, and
    `IndexingError` where the one thing asked for is not there.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, which must be there."""
        self._path = path
        self._lock = threading.Lock()
        self._connection = _connected(path)
        # Reads the schema now, and so makes sure that the file is held open.
        self.counts()

    def close(self) -> None:
        """Close the file; no method may be called after."""
        with self._lock:
            self._connection.close()

    def counts(self) -> dict[str, int]:
        """Rows of ``documents``, ``passages``, ``canonical`` and ``duplicates``."""
        (counts,) = self._read(tuple, _COUNTS)
        return dict(
            zip(("documents", "passages", "canonical", "duplicates"), counts, strict=True)
        )

    def collections(self) -> dict[str, int]:
        """Documents of each collection."""
        return dict(self._read(lambda row: (unpack_text(row[0]), int(row[1])), _COLLECTIONS))

    def headers(self) -> list[DocumentHeader]:
        """All documents without their texts, by ordinal."""
        return self._read(_header, f"{_HEADER} ORDER BY ordinal")

    def header(self, ordinal: int) -> DocumentHeader:
        """The document of this number in the generation, without its text."""
        found = self._read(_header, f"{_HEADER} WHERE ordinal = ?", int(ordinal))
        return _only(found, f"document n° {ordinal}")

    def document(self, document_id: str) -> Document:
        """A whole document."""
        headers = self._read(_header, f"{_HEADER} WHERE id = ?", pack_text(document_id))
        header = _only(headers, f"document {document_id}")
        found = self._read(
            lambda row: (unpack_text(row[0]), unpack_blocks(row[1])),
            "SELECT text, blocks FROM texts WHERE document = ?",
            header.ordinal,
        )
        text, blocks = _only(found, f"texte du document {document_id}")
        return Document(
            id=header.id,
            collection=header.collection,
            path=header.path,
            version=header.version,
            title=header.title,
            text=text,
            blocks=blocks,
            metadata=header.metadata,
        )

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """All passages of a document in order, copies included; empty for an unknown id."""
        query = f"{_PASSAGE} WHERE d.id = ? ORDER BY p.ordinal"
        return tuple(self._read(_passage, query, pack_text(document_id)))

    def passages_at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages that these vector rows stand for; a row not there is left out."""
        return dict(self._at(lambda row: (row[-1], _passage(row[:-1])), _PASSAGE_AT, rows))

    def copies(self, rows: Sequence[int]) -> dict[int, tuple[Copy, ...]]:
        """The copies of each row's passage, in the order that they were indexed in.

        A row without copies is left out.
        """
        copies: dict[int, tuple[Copy, ...]] = {}
        for row, copy in self._at(_copy, _COPIES, rows):
            copies[row] = (*copies.get(row, ()), copy)
        return copies

    def copied(self) -> list[tuple[int, int]]:
        """The row that each copy is a copy of, and the ordinal of the copy's document."""
        return self._read(lambda row: (int(row[0]), int(row[1])), _COPIED)

    def passage_of(self, key: int) -> Passage:
        """The passage of this key, a copy or not; see `Copy`."""
        return _only(self._read(_passage, _PASSAGE_OF, int(key)), f"passage n° {key}")

    def source_stamps(self) -> dict[str, SourceStamp]:
        """The source file of each document, by document id."""
        return dict(self._read(_stamp, _STAMPS))

    def source_stamp(self, document_id: str) -> SourceStamp:
        """The source file of a document."""
        found = self._read(_stamp, _STAMP, pack_text(document_id))
        return _only(found, f"document {document_id}")[1]

    def skipped(self) -> tuple[SkippedFile, ...]:
        """The files left out when this generation was built."""
        return tuple(self._read(lambda row: SkippedFile(*map(unpack_text, row)), _SKIPPED))

    def _at(
        self, make: Callable[[Row], Made], query: str, rows: Sequence[int]
    ) -> Iterator[Made]:
        wanted = [int(row) for row in rows]
        for first in range(0, len(wanted), _PARAMETERS):
            some = wanted[first : first + _PARAMETERS]
            marks = ",".join("?" * len(some))
            yield from self._read(
                make, f"{query} WHERE c.row IN ({marks}) ORDER BY p.key", *some
            )

    def _read(self, make: Callable[[Row], Made], query: str, *values: object) -> list[Made]:
        try:
            with self._lock:
                rows = self._connection.execute(query, values).fetchall()
            return [make(row) for row in rows]
        except (sqlite3.DatabaseError, *_UNREADABLE) as error:
            raise IndexCorruptError(
                f"L'index est endommagé : {self._path} ({error}). Reconstruisez-le : "
                "sourcier index CHEMIN…"
            ) from error


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        # SQLite reports a missing file as any other fault; asked after the attempt, so
        # that a file removed a moment before is not taken for a damaged one.
        with path.open("rb"):
            pass
        raise IndexCorruptError(
            f"L'index est endommagé : {path} ne s'ouvre pas ({error}). Reconstruisez-le : "
            "sourcier index CHEMIN…"
        ) from error


def _only(rows: list[Made], what: str) -> Made:
    if not rows:
        raise IndexingError(f"L'index ne contient pas ce que l'on y cherche : {what}.")
    return rows[0]


def _copy(row: Row) -> tuple[int, Copy]:
    number, key, ordinal, document, title, start, end = row
    place = Place(unpack_text(document), unpack_text(title), start, end)
    return number, Copy(key, ordinal, place)


def _stamp(row: Row) -> tuple[str, SourceStamp]:
    identity, root, size, mtime_ns, sha256, reader = row
    stamp = SourceStamp(unpack_text(root), size, mtime_ns, sha256, reader)
    return unpack_text(identity), stamp


def _header(row: Row) -> DocumentHeader:
    ordinal, identity, collection, path, version, title, metadata = row
    return DocumentHeader(
        ordinal=ordinal,
        id=unpack_text(identity),
        collection=unpack_text(collection),
        path=unpack_text(path),
        version=version,
        title=unpack_text(title),
        metadata=unpack_metadata(metadata),
    )


def _passage(row: Row) -> Passage:
    identity, document, ordinal, start, end, text, headings, page, sentences = row
    return Passage(
        id=unpack_text(identity),
        document_id=unpack_text(document),
        ordinal=ordinal,
        start=start,
        end=end,
        text=unpack_text(text),
        headings=tuple(json.loads(headings)),
        page=page,
        sentences=unpack_sentences(sentences),
    )
