"""Collections made on purpose, with what they are for."""

import sqlite3
from typing import Final

from rag.errors import ConflictError, UsageError
from rag.library.clock import now
from rag.library.database import Database
from rag.library.labels import read_label
from rag.library.records import Collection
from rag.text.typography import typeset

LONGEST: Final = 1000
"""Most characters of a description."""


class Collections:
    """The collections in a database; safe to use from several threads.

    Every method raises `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, description: str = "") -> Collection:
        """A new collection.

        Raises:
            UsageError: the name does not do (`read_label`), or the description is over
                `LONGEST` characters.
            ConflictError: one of this name was made already.
        """
        if len(description) > LONGEST:
            raise UsageError(f"La description dépasse {LONGEST} caractères. Abrégez-la.")
        made = Collection(read_label(name, "une collection"), description.strip(), now())
        with self._database.writing() as connection:
            added = connection.execute(
                "INSERT INTO collections VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (made.name, made.description, made.created),
            )
            if not added.rowcount:
                raise ConflictError(typeset(f"La collection « {made.name} » existe déjà."))
        return made

    def all(self) -> list[Collection]:
        """Every one, by name."""
        return [
            _collection(row)
            for row in self._database.read("SELECT * FROM collections ORDER BY name")
        ]

    def find(self, name: str) -> Collection | None:
        """The one of that name, None if none was made."""
        found = self._database.read("SELECT * FROM collections WHERE name = ?", name)
        return _collection(found[0]) if found else None

    def remove(self, name: str) -> bool:
        """Forget one; whether it was there. Its documents are not concerned."""
        with self._database.writing() as connection:
            gone = connection.execute("DELETE FROM collections WHERE name = ?", (name,))
            return bool(gone.rowcount)


def _collection(row: sqlite3.Row) -> Collection:
    return Collection(row["name"], row["description"], row["created"])
