"""Which documents were uploaded, and under which digest their files are kept."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

from rag.library.database import Database

UPLOADED: Final = "upload:"
"""The root, in an index, of a document that was uploaded rather than found in a folder."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that was uploaded, and whose file is kept under ``sha256``.

    ``name`` is the one given, which makes the document's id and is never a path on disk;
    ``media_type`` is what the content is; ``size`` is in bytes.
    """

    document_id: str
    collection: str
    name: str
    sha256: str
    media_type: str
    size: int
    uploaded: str


class Uploads:
    """The uploads in a database; safe to use from several threads.

    Every method raises `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, *uploads: Upload) -> None:
        """Add them all or none, each in the place of the one of its document id."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)",
                map(astuple, uploads),
            )

    def of(self, document_id: str) -> Upload | None:
        """The upload of a document, None if it was not uploaded."""
        found = self._database.read("SELECT * FROM uploads WHERE document_id = ?", document_id)
        return Upload(*found[0]) if found else None

    def all(self) -> list[Upload]:
        """Every one, by collection, name and document id."""
        rows = self._database.read(
            "SELECT * FROM uploads ORDER BY collection, name, document_id"
        )
        return [Upload(*row) for row in rows]

    def remove(self, document_ids: Iterable[str]) -> None:
        """Forget those that are there, all at once."""
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM uploads WHERE document_id = ?", ((each,) for each in document_ids)
            )

    def digests(self) -> set[str]:
        """The digest of every file that an upload needs."""
        rows = self._database.read("SELECT DISTINCT sha256 FROM uploads")
        return {row["sha256"] for row in rows}
