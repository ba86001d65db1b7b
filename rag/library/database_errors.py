"""What the system refuses while records are read or written, said so that it can be mended."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import LibraryError
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset

_BUSY: Final = "un autre processus y écrit depuis trop longtemps. Réessayez dans un moment."
_REASONS: Final = {
    sqlite3.SQLITE_FULL: "le disque est plein. Libérez de la place, puis recommencez.",
    sqlite3.SQLITE_READONLY: "l'écriture y est refusée. Donnez-vous le droit d'écrire dans ce "
    "fichier et dans son dossier.",
    sqlite3.SQLITE_CANTOPEN: "le fichier ne s'ouvre pas. Vérifiez les droits d'accès à ce "
    "fichier et à son dossier, et la place libre.",
    sqlite3.SQLITE_PERM: "l'accès y est refusé. Vérifiez les droits de ce fichier.",
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: "le fichier est abîmé. Restaurez-le d'une sauvegarde.",
    sqlite3.SQLITE_NOTADB: "ce n'est pas un fichier SQLite, ou il est abîmé. Restaurez-le "
    "d'une sauvegarde.",
    sqlite3.SQLITE_IOERR: "le système a refusé une lecture ou une écriture. Vérifiez ce "
    "disque, sa place libre et les quotas.",
    sqlite3.SQLITE_NOMEM: "la mémoire manque. Libérez-en, puis recommencez.",
    sqlite3.SQLITE_TOOBIG: "une valeur est trop longue pour y être gardée.",
}


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn a refusal to read or write ``path`` into an error that says what to do.

    Raises:
        LibraryError: the body raised ``OSError`` or ``sqlite3.Error``.
    """
    try:
        yield
    except OSError as error:
        raise failure(
            path, f"{refusal(error)}. Vérifiez ce chemin, ses droits d'accès et la place libre."
        ) from error
    except sqlite3.Error as error:
        # The extended code's low byte is the primary code (SQLite, "Result Codes").
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reason = _REASONS.get(code, f"SQLite dit « {error} ». Vérifiez ce fichier.")
        raise failure(path, reason) from error


def failure(path: Path, reason: str) -> LibraryError:
    """The error that says what keeps the records in ``path`` from being used."""
    # Undecodable bytes of a path must be printable, and storable as JSON.
    shown = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return LibraryError(
        typeset(f"Impossible d'utiliser les données du service ({shown}) : {reason}")
    )
