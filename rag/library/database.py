"""The file that holds the service's records, shared by threads and processes."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rag.library import schema
from rag.storage.disk_errors import library_error, library_errors

_PATIENCE: Final = 15_000
"""Milliseconds to wait for another process's transaction."""
_IDLE: Final = 8
"""Connections kept open while nobody uses them."""


class _Connection(sqlite3.Connection):
    """Takes any text: SQLite would refuse a lone surrogate, which comes out as U+FFFD."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
        return super().execute(sql, [_value(each) for each in parameters])

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        return super().executemany(
            sql, ([_value(each) for each in values] for values in parameters)
        )


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was opened; ``number`` counts those opened under the same name."""

    number: int
    device: int
    inode: int


class Database:
    """An SQLite file in WAL mode; safe among threads, and among processes.

    Should the file be removed or replaced meanwhile, the new one is used from then on;
    one is made anew, empty, as long as the folder that holds its folder stands. Every
    method raises `LibraryError` where it cannot be made, read or written.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made with its folder where it is missing, for its owner alone.

        One of a newer Sourcier is refused (`LibraryError`).
        """
        self.path = path
        self._lock = threading.Lock()
        # SQLite has those who wait for a transaction poll; threads need not.
        self._turn = threading.Lock()
        self._watching = threading.Lock()
        self._idle: list[_Connection] = []
        self._watch: _Connection | None = None
        self._closed = False
        with library_errors(path):
            path.parent.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._open(0)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that alone may write; kept whole, or not at all if the body raises.

        What the body reads, it reads through the connection. Not to be nested.
        """
        with self._turn, library_errors(self.path), self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """The rows of a query, by the names of its columns."""
        with library_errors(self.path), self._borrowed() as connection:
            return connection.execute(sql, values).fetchall()

    def version(self) -> tuple[int, int]:
        """The file's number among those opened, and its state: whoever writes changes it.

        It is what a cache of rows is held against: a few microseconds.
        """
        with library_errors(self.path):
            number = self._present().number
            with self._watching:
                if self._watch is None:
                    self._watch = self._connected()
                (state,) = self._watch.execute("PRAGMA data_version").fetchone()
                return number, int(state)

    def close(self) -> None:
        """Let go of the file; whatever is asked afterwards is a `LibraryError`."""
        with self._lock:
            self._closed = True
            self._drop()

    @contextmanager
    def _borrowed(self) -> Iterator[_Connection]:
        """A connection that no other thread uses meanwhile."""
        file = self._present()
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connected()
        try:
            yield connection
        finally:
            self._give_back(connection, file)

    def _give_back(self, connection: _Connection, file: _File) -> None:
        with self._lock:
            wanted = not self._closed and file is self._file and len(self._idle) < _IDLE
            if wanted and not connection.in_transaction:
                self._idle.append(connection)
                return
        connection.close()

    def _present(self) -> _File:
        """The file that bears the name now, opened anew where it is another one."""
        with self._lock:
            if self._closed:
                raise library_error(self.path, "le service s'arrête.")
            if not self._is_there():
                self._drop()
                self._file = self._open(self._file.number + 1)
            return self._file

    def _is_there(self) -> bool:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return False
        return found.st_ino == self._file.inode and found.st_dev == self._file.device

    def _open(self, number: int) -> _File:
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        if not self.path.exists():
            schema.make(self.path)
        found = os.stat(self.path)
        connection = self._connected()
        try:
            self._check_version(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return _File(number, found.st_dev, found.st_ino)

    def _check_version(self, connection: _Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == schema.VERSION:
            return
        if version > schema.VERSION:
            raise library_error(
                self.path,
                "elles viennent d'une version plus récente de Sourcier. Installez-la.",
            )
        raise library_error(
            self.path,
            "ce fichier n'est pas de Sourcier. Déplacez-le, ou choisissez un autre "
            "dossier (server.directory).",
        )

    def _connected(self) -> _Connection:
        # Only `make` creates, so that no file is ever there without its tables.
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE / 1000,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "secure_delete = ON", "trusted_schema = OFF"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        """Close what nobody uses; the rest is closed as it is given back."""
        while self._idle:
            self._idle.pop().close()
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None


def _value(value: object) -> object:
    return schema.storable(value) if isinstance(value, str) else value
