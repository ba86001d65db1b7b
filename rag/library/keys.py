"""API keys: made, recognised, revoked. Secrets are shown once and never stored."""

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rag.errors import ConflictError, UnknownError
from rag.library.database import Database
from rag.library.names import read_label
from rag.library.schema import now
from rag.text.typography import typeset

_SECRET: Final = re.compile(r"src_([A-Za-z0-9]{8})[A-Za-z0-9_-]{35}")
_LONGEST: Final = 47
_LONGEST_ASKED: Final = 512


class Role(StrEnum):
    """What a key may do; each may also do all that the one before may.

    READER asks, searches, reads documents, judges answers. EDITOR adds, replaces and
    removes documents. ADMIN makes and removes collections and sees the service's metrics.
    """

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret. Times are ISO 8601 in UTC, to the second.

    ``collections`` is None for all of them, those to come included.
    """

    id: str
    name: str
    role: Role
    collections: tuple[str, ...] | None
    created: str
    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class _ActiveKeys:
    """The active keys by id, each with what its secret must hash to.

    As they were at a version of the database. ``made`` is whether any key was ever made,
    revoked since or not.
    """

    version: tuple[int, int] = (-1, -1)
    by_id: Mapping[str, tuple[Key, bytes]] = field(default_factory=dict)
    made: bool = False


class Keys:
    """The keys in a database; safe to use from several threads.

    A secret is ``src_`` and 43 random characters, of which the first eight are the key's
    id. A revocation counts at once, whichever process made it. Every method raises
    `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loading = threading.Lock()
        self._active = _ActiveKeys()

    def create(
        self, name: str, role: Role, collections: Sequence[str] | None = None
    ) -> tuple[Key, str]:
        """A new key, and its secret, which nothing can give again.

        Args:
            name: for people; no other active key may have it.
            role: what it may do.
            collections: those it sees, whether they exist yet or not; None for all.

        Raises:
            UsageError: a name is empty, too long or not printable.
            ConflictError: an active key has this name.
        """
        name = read_label(name, "une clé")
        seen = None
        if collections is not None:
            seen = tuple({read_label(each, "une collection"): None for each in collections})
        packed = None if seen is None else json.dumps(seen, ensure_ascii=False)
        secret = _new_secret()
        key = Key(secret[4:12], name, role, seen, now())
        with self._database.writing() as connection:
            if connection.execute(
                "SELECT 1 FROM keys WHERE name = ? AND revoked IS NULL", (name,)
            ).fetchone():
                raise ConflictError(
                    typeset(
                        f"Une clé active s'appelle déjà « {name} ». Donnez un autre nom, ou "
                        "révoquez d'abord la première."
                    )
                )
            connection.execute(
                "INSERT INTO keys (id, name, role, collections, digest, created) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (key.id, name, role.value, packed, _digest(secret), key.created),
            )
        return key, secret

    def find(self, secret: str) -> Key | None:
        """The active key that a secret opens, None if there is none; microseconds."""
        if len(secret) > _LONGEST or (match := _SECRET.fullmatch(secret)) is None:
            return None
        key, digest = self._fresh().by_id.get(match[1], (None, b""))
        return key if hmac.compare_digest(digest, _digest(secret)) else None

    def all(self) -> list[Key]:
        """Every key, the revoked included, oldest first."""
        return [
            _key(row) for row in self._database.read("SELECT * FROM keys ORDER BY created, id")
        ]

    def revoke(self, id_or_name: str) -> Key:
        """Close an active key for good.

        Raises:
            UnknownError: no active key has this id, or this name.
        """
        asked = unicodedata.normalize("NFC", id_or_name[:_LONGEST_ASKED].strip())
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT * FROM keys WHERE revoked IS NULL AND (id = ? OR name = ?) "
                "ORDER BY id = ? DESC LIMIT 1",
                (asked, asked, asked),
            ).fetchone()
            if row is None:
                raise UnknownError(
                    "Aucune clé active n'a ce nom ni cet identifiant. Voyez-les avec "
                    "sourcier keys list."
                )
            connection.execute("UPDATE keys SET revoked = ? WHERE id = ?", (now(), row["id"]))
            revoked = connection.execute("SELECT * FROM keys WHERE id = ?", (row["id"],))
            return _key(revoked.fetchone())

    def any_active(self) -> bool:
        """Whether any key is not revoked; microseconds."""
        return bool(self._fresh().by_id)

    def any_made(self) -> bool:
        """Whether a key was ever made, even if it is revoked; microseconds."""
        return self._fresh().made

    def _fresh(self) -> _ActiveKeys:
        version = self._database.version()
        active = self._active
        if active.version == version:
            return active
        with self._loading:
            if self._active.version != version:
                self._active = self._loaded(version)
            return self._active

    def _loaded(self, version: tuple[int, int]) -> _ActiveKeys:
        rows = self._database.read("SELECT * FROM keys WHERE revoked IS NULL")
        by_id = {row["id"]: (_key(row), row["digest"]) for row in rows}
        made = bool(by_id) or bool(self._database.read("SELECT 1 FROM keys LIMIT 1"))
        return _ActiveKeys(version, by_id, made)


def _new_secret() -> str:
    """A secret whose id people can type and a command line takes for a name."""
    while True:
        secret = f"src_{secrets.token_urlsafe(32)}"
        if _SECRET.fullmatch(secret):
            return secret


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()


def _key(row: sqlite3.Row) -> Key:
    packed = row["collections"]
    return Key(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        collections=None if packed is None else tuple(json.loads(packed)),
        created=row["created"],
        revoked=row["revoked"],
    )
