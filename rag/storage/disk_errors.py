"""Why the system refused something, in French, and what to do about it.

The system's own words are in its own language. Each part of Sourcier that writes has the
error that its callers know, with the remedy that is at hand there.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import IndexWriteError, LibraryError, ModelError, ReportWriteError
from rag.text.typography import typeset

_DENIED: Final = "l'accès est refusé"
_NOT_A_FOLDER: Final = "ce chemin, ou l'un de ses parents, n'est pas un dossier"
_WORDS: Final = {
    errno.ENOENT: "le fichier ou le dossier n'existe pas",
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.EISDIR: "c'est un dossier",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "ce système de fichiers est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.EFBIG: "le fichier dépasserait la taille permise ici",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "des liens y tournent en rond",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.ENOMEM: "la mémoire manque",
    errno.EIO: "le disque a une erreur de lecture ou d'écriture",
}

_PATH: Final = "Vérifiez ce chemin."
_RIGHTS: Final = "Vérifiez les droits d'accès."
_ROOM: Final = "Libérez de la place."
_OPEN: Final = "Fermez d'autres programmes, ou relevez la limite (ulimit -n)."
_REMEDIES: Final = {
    errno.ENOENT: _PATH,
    errno.ENOTDIR: _PATH,
    errno.EEXIST: _PATH,
    errno.EISDIR: _PATH,
    errno.ENAMETOOLONG: _PATH,
    errno.ELOOP: _PATH,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "Choisissez un endroit où l'on puisse écrire.",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "Réduisez ce fichier, ou relevez la limite (ulimit -f).",
    errno.EMFILE: _OPEN,
    errno.ENFILE: _OPEN,
    errno.ENOMEM: "Libérez de la mémoire.",
    errno.EIO: "Vérifiez ce disque.",
}

_INDEX_DENIED: Final = (
    "l'accès en écriture est refusé. Donnez-vous le droit d'écrire dans ce dossier, "
    "ou choisissez-en un autre avec --index."
)
_INDEX_NOT_A_FOLDER: Final = (
    "ce chemin, ou l'un de ses parents, n'est pas un dossier. "
    "Choisissez-en un autre avec --index."
)
_INDEX_REASONS: Final = {
    errno.ENOSPC: "le disque est plein. Libérez de la place, puis relancez la commande.",
    errno.EDQUOT: "le quota de disque est atteint. Libérez de la place, puis relancez la "
    "commande.",
    errno.EFBIG: "un fichier dépasserait la taille permise ici (limite du système ou de "
    "l'utilisateur). Relevez cette limite, ou choisissez un autre dossier avec --index.",
    errno.EACCES: _INDEX_DENIED,
    errno.EPERM: _INDEX_DENIED,
    errno.EROFS: "ce système de fichiers est en lecture seule. Choisissez un autre dossier "
    "avec --index.",
    errno.ENOTDIR: _INDEX_NOT_A_FOLDER,
    errno.EEXIST: _INDEX_NOT_A_FOLDER,
}
_SQLITE_ERRNO: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
}

_BUSY: Final = "un autre processus y écrit depuis trop longtemps. Réessayez dans un moment."
_LIBRARY_REASONS: Final = {
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


def refusal(error: OSError) -> str:
    """The reason, for the middle of a sentence; its number where no words are known."""
    if error.errno is None:
        return "erreur du système"
    return _WORDS.get(error.errno, f"erreur du système n°\u00a0{error.errno}")


def remedy(error: OSError) -> str:
    """What to do about it, as a sentence."""
    return _REMEDIES.get(error.errno or 0, "Réessayez, puis vérifiez ce disque et ce chemin.")


@contextmanager
def index_errors(folder: Path) -> Iterator[None]:
    """Turn a refusal to write an index in ``folder`` into an `IndexWriteError`."""
    try:
        yield
    except OSError as error:
        raise IndexWriteError(_index_message(folder, error.errno, str(error))) from error
    except sqlite3.Error as error:
        number = _SQLITE_ERRNO.get(_primary_code(error), errno.EIO)
        raise IndexWriteError(_index_message(folder, number, str(error))) from error


@contextmanager
def library_errors(path: Path) -> Iterator[None]:
    """Turn a refusal to read or write the records in ``path`` into a `LibraryError`."""
    try:
        yield
    except OSError as error:
        raise library_error(
            path, f"{refusal(error)}. Vérifiez ce chemin, ses droits d'accès et la place libre."
        ) from error
    except sqlite3.Error as error:
        otherwise = f"SQLite dit « {error} ». Vérifiez ce fichier."
        reason = _LIBRARY_REASONS.get(_primary_code(error), otherwise)
        raise library_error(path, reason) from error


def library_error(path: Path, reason: str) -> LibraryError:
    """The error that says what keeps the records in ``path`` from being used."""
    # Undecodable bytes of a path must be printable, and storable as JSON.
    shown = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return LibraryError(
        typeset(f"Impossible d'utiliser les données du service ({shown}) : {reason}")
    )


@contextmanager
def report_errors(what: str, otherwise: str) -> Iterator[None]:
    """Turn a refusal to write what was measured into a `ReportWriteError`.

    Args:
        what: what is written and where, after « Impossible d'écrire ».
        otherwise: what can be done instead, after « ou ».
    """
    try:
        yield
    except OSError as error:
        raise ReportWriteError(
            typeset(
                f"Impossible d'écrire {what} : {refusal(error)}. Vérifiez les droits et la "
                f"place sur le disque, ou {otherwise}."
            )
        ) from error


@contextmanager
def model_cache_errors(folder: Path) -> Iterator[None]:
    """Turn a refusal to write in the models' cache into a `ModelError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(
                f"Le disque est plein : impossible de préparer le modèle dans {folder}. "
                "Libérez environ 1 Go ou choisissez un autre dossier avec "
                "SOURCIER_EMBEDDING__CACHE."
            ) from error
        raise ModelError(
            f"Impossible d'écrire dans le cache du modèle {folder} ({refusal(error)}). Donnez "
            "les droits d'écriture ou choisissez un autre dossier avec "
            "SOURCIER_EMBEDDING__CACHE."
        ) from error


def _index_message(folder: Path, number: int | None, detail: str) -> str:
    known = _INDEX_REASONS.get(number or 0)
    if known is None:
        reason = refusal(OSError(number, detail)) if number else detail
        known = f"{reason} ({detail}). Vérifiez ce dossier et son disque, puis relancez."
    return f"Impossible d'écrire l'index dans {folder} : {known}"


def _primary_code(error: sqlite3.Error) -> int:
    """The extended code's low byte (SQLite, "Result Codes"); 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
