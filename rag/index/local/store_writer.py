"""Writes a generation's store: one SQLite file, from nothing, with no journal.

A build that dies leaves an unpublished folder behind, which the next one removes; so the
file needs no journal, and none is left beside it.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from rag.errors import IndexingError
from rag.index.documents import Entry, SkippedFile
from rag.index.local.codec import (
    pack_blocks,
    pack_json,
    pack_metadata,
    pack_sentences,
    pack_text,
    unpack_text,
)
from rag.types import Passage

SCHEMA = """
CREATE TABLE documents (
    ordinal INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    collection BLOB NOT NULL,
    path BLOB NOT NULL,
    version TEXT NOT NULL,
    title BLOB NOT NULL,
    metadata TEXT NOT NULL,
    root BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    reader TEXT NOT NULL
);
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents (ordinal),
    text BLOB NOT NULL,
    blocks TEXT NOT NULL
);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (ordinal),
    id BLOB NOT NULL UNIQUE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text BLOB NOT NULL,
    headings TEXT NOT NULL,
    page INTEGER,
    sentences TEXT NOT NULL
);
CREATE TABLE canonical (row INTEGER PRIMARY KEY, passage INTEGER NOT NULL UNIQUE);
CREATE TABLE duplicates (passage INTEGER PRIMARY KEY, row INTEGER NOT NULL);
CREATE TABLE skipped (
    collection BLOB NOT NULL, root BLOB NOT NULL, path BLOB NOT NULL, reason BLOB NOT NULL
);
"""

INDEXES = """
CREATE INDEX passages_by_document ON passages (document, ordinal);
CREATE INDEX duplicates_by_row ON duplicates (row);
"""


class StoreWriter:
    """Adds documents one by one, then says which passage each vector row stands for.

    Keys of passages count from 0 in the order they are added. Every method raises
    ``sqlite3.Error`` where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # SQLite's own pragmas: nothing to roll back to, nothing to wait for.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.executescript(SCHEMA)
        self._connection.execute("BEGIN")
        self._documents = 0
        self._passages = 0

    def add(self, entry: Entry) -> range:
        """Add a document with its passages; returns its passages' keys.

        Raises:
            IndexingError: its id, or a passage's, was added before.
        """
        ordinal, first = self._documents, self._passages
        try:
            self._add_document(ordinal, entry)
            self._connection.executemany(
                "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    _passage_values(first + position, ordinal, passage)
                    for position, passage in enumerate(entry.passages)
                ),
            )
        except sqlite3.IntegrityError as error:
            raise IndexingError(
                f"Deux documents ou passages portent le même identifiant : "
                f"{entry.document.path!r} (collection {entry.document.collection!r}) entre "
                "en conflit avec un document déjà ajouté. Indexez-les dans deux collections "
                "(--collection)."
            ) from error
        self._documents += 1
        self._passages += len(entry.passages)
        return range(first, self._passages)

    def add_skipped(self, skipped: Iterable[SkippedFile]) -> None:
        """Add the files left out."""
        self._connection.executemany(
            "INSERT INTO skipped VALUES (?,?,?,?)",
            (
                tuple(map(pack_text, (one.collection, one.root, one.path, one.reason)))
                for one in skipped
            ),
        )

    def set_rows(self, rows: Iterable[int], duplicates: Mapping[int, int]) -> None:
        """Say which passage key is each row, in order, and of which key others are copies.

        ``duplicates`` maps a passage's key to the key of the passage indexed in its place.
        """
        row_of = {}
        for row, key in enumerate(rows):
            row_of[key] = row
            self._connection.execute("INSERT INTO canonical VALUES (?,?)", (row, key))
        self._connection.executemany(
            "INSERT INTO duplicates VALUES (?,?)",
            ((key, row_of[original]) for key, original in duplicates.items()),
        )

    def finish(self) -> None:
        """Write everything and close."""
        self._connection.execute("COMMIT")
        self._connection.executescript(INDEXES)
        self._connection.close()

    def close(self) -> None:
        """Close without finishing; harmless afterwards."""
        self._connection.close()

    def passage_text(self, key: int) -> str:
        """The text of a passage added before, by its key."""
        found = self._connection.execute("SELECT text FROM passages WHERE key = ?", (key,))
        return unpack_text(*found.fetchone())

    def _add_document(self, ordinal: int, entry: Entry) -> None:
        document, stamp = entry.document, entry.stamp
        self._connection.execute(
            "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                ordinal,
                pack_text(document.id),
                pack_text(document.collection),
                pack_text(document.path),
                document.version,
                pack_text(document.title),
                pack_metadata(document.metadata),
                pack_text(stamp.root),
                stamp.size,
                stamp.mtime_ns,
                stamp.sha256,
                stamp.reader,
            ),
        )
        self._connection.execute(
            "INSERT INTO texts VALUES (?,?,?)",
            (ordinal, pack_text(document.text), pack_blocks(document.blocks)),
        )


def _passage_values(key: int, document: int, passage: Passage) -> tuple[object, ...]:
    return (
        key,
        document,
        pack_text(passage.id),
        passage.ordinal,
        passage.start,
        passage.end,
        pack_text(passage.text),
        pack_json(passage.headings),
        passage.page,
        pack_sentences(passage.sentences),
    )
