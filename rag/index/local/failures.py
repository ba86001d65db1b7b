"""What the file system refuses while an index is written, said so that it can be mended."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexWriteError
from rag.storage.disk_errors import refusal

_FULL = "le disque est plein. Libérez de la place, puis relancez la commande."
_DENIED = (
    "l'accès en écriture est refusé. Donnez-vous le droit d'écrire dans ce dossier, "
    "ou choisissez-en un autre avec --index."
)
_READ_ONLY = (
    "ce système de fichiers est en lecture seule. Choisissez un autre dossier avec --index."
)
_NOT_A_FOLDER = (
    "ce chemin, ou l'un de ses parents, n'est pas un dossier. "
    "Choisissez-en un autre avec --index."
)
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "le quota de disque est atteint. Libérez de la place, puis relancez la "
    "commande.",
    errno.EFBIG: "un fichier dépasserait la taille permise ici (limite du système ou de "
    "l'utilisateur). Relevez cette limite, ou choisissez un autre dossier avec --index.",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _READ_ONLY,
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
}
_SQLITE_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a refusal to write inside ``folder`` into an error that says what to do.

    Raises:
        IndexWriteError: the body raised ``OSError`` or ``sqlite3.Error``.
    """
    try:
        yield
    except OSError as error:
        raise IndexWriteError(_message(folder, error.errno, str(error))) from error
    except sqlite3.Error as error:
        # The extended code's low byte is the primary code (SQLite, "Result Codes").
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        number = _SQLITE_ERRNO.get(code, errno.EIO)
        raise IndexWriteError(_message(folder, number, str(error))) from error


def _message(folder: Path, number: int | None, detail: str) -> str:
    known = _REASONS.get(number or 0)
    if known is None:
        reason = refusal(OSError(number, detail)) if number else detail
        known = f"{reason} ({detail}). Vérifiez ce dossier et son disque, puis relancez."
    return f"Impossible d'écrire l'index dans {folder} : {known}"
