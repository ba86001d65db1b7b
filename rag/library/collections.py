"""Collections made on purpose, with what they are for."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from rag.errors import ConflictError, UsageError
from rag.library.database import Database
from rag.library.names import read_label
from rag.library.schema import now
from rag.text.typography import typeset

LONGEST_DESCRIPTION: Final = 1000
"""Most characters of a description."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection made on purpose; others exist by the documents that are in them."""

    name: str
    description: str
    created: str


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
                `LONGEST_DESCRIPTION` characters.
            ConflictError: one of this name was made already.
        """
        if len(description) > LONGEST_DESCRIPTION:
            raise UsageError(
                f"La description dépasse {LONGEST_DESCRIPTION} caractères. Abrégez-la."
            )
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
