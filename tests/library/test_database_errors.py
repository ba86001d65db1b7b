import errno
import sqlite3
from pathlib import Path

import pytest

from rag.errors import ConflictError, LibraryError
from rag.library.database_errors import refusals


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("in its own words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), "le disque est plein"),
        (sqlite_error(sqlite3.SQLITE_READONLY), "droit d'écrire"),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), "droit d'écrire"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "autre processus"),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), "quotas"),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), "sauvegarde"),
        (sqlite3.ProgrammingError("in its own words"), "in its own words"),
        (OSError(errno.ENOSPC, "No space left on device"), "le disque est plein"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "quota"),
        (PermissionError(errno.EACCES, "Permission denied"), "l'accès est refusé"),
    ],
)
def test_a_refusal_says_where_and_what_to_do(error: Exception, said: str) -> None:
    with pytest.raises(LibraryError, match=said) as raised, refusals(Path("/srv/a.sqlite")):
        raise error
    assert "/srv/a.sqlite" in str(raised.value)
    assert raised.value.__cause__ is error


def test_a_path_that_is_not_text_can_be_told() -> None:
    with pytest.raises(LibraryError) as raised, refusals(Path("/srv/\udcff")):
        raise OSError(errno.EIO, "Input/output error")
    assert str(raised.value).encode()


@pytest.mark.parametrize(
    "error", [ConflictError("déjà là"), KeyError("x"), KeyboardInterrupt()]
)
def test_the_rest_passes(error: BaseException) -> None:
    with pytest.raises(type(error)), refusals(Path("/srv")):
        raise error
