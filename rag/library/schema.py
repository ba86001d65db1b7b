"""The tables of the service's records: how their file is made, and values are written."""

import contextlib
import os
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rag.storage.files import sync

VERSION: Final = 1
"""Raised with each change to the tables; a file of a higher one is refused."""

_TABLES: Final = """
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    collections TEXT,
    digest BLOB NOT NULL,
    created TEXT NOT NULL,
    revoked TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX active_key_names ON keys (name) WHERE revoked IS NULL;

CREATE TABLE collections (
    name TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    created TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE uploads (
    document_id TEXT PRIMARY KEY,
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    uploaded TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    collection TEXT NOT NULL,
    state TEXT NOT NULL,
    files TEXT NOT NULL,
    created TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    alone INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    started TEXT,
    ended TEXT,
    error TEXT,
    generation TEXT,
    planned TEXT
);
CREATE INDEX job_states ON jobs (state);
CREATE VIEW live_jobs AS SELECT * FROM jobs WHERE state IN ('queued', 'running');
CREATE INDEX job_collections ON jobs (collection);

CREATE TABLE feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    answer_id TEXT NOT NULL,
    helpful INTEGER NOT NULL,
    comment TEXT NOT NULL,
    question TEXT NOT NULL,
    answered INTEGER NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    generation TEXT NOT NULL,
    collections TEXT NOT NULL,
    created TEXT NOT NULL,
    key TEXT NOT NULL,
    UNIQUE (answer_id, key)
);
"""


def make(path: Path) -> None:
    """Make a file of empty tables, unless one is there; readable by its owner alone.

    It is made whole under another name first, so that no one ever opens half of it,
    however many processes start at once.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _fill(draft)
        _place(draft, path)
        sync(path.parent)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def now() -> str:
    """This moment in UTC, ISO 8601, to the second."""
    return moment(datetime.now(UTC))


def moment(time: datetime) -> str:
    """A moment as `now` writes it; one without a zone is in this machine's."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def storable(text: str) -> str:
    """The text as it is stored: each lone surrogate is U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fill(draft: Path) -> None:
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT")


def _place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links.
        draft.rename(path)
