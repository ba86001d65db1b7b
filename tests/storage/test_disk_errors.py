import errno
import sqlite3
from pathlib import Path

import pytest

from rag.errors import (
    ConflictError,
    IndexBusyError,
    IndexWriteError,
    LibraryError,
    ReportWriteError,
)
from rag.storage.disk_errors import (
    index_errors,
    library_errors,
    refusal,
    remedy,
    report_errors,
)

INDEX = Path("/un/index")


def test_what_the_system_says_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory") as caught:
        tmp_path.read_bytes()
    assert refusal(caught.value) == "c'est un dossier"
    assert refusal(OSError(errno.ENOSPC, "No space left on device")) == "le disque est plein"


def test_what_has_no_words_has_its_number() -> None:
    unknown = OSError(errno.EPROTO, "Protocol error")
    assert refusal(unknown) == f"erreur du système n°\u00a0{errno.EPROTO}"
    assert refusal(OSError("bizarre")) == "erreur du système"


def test_what_to_do_is_what_mends_it() -> None:
    assert "droits" in remedy(PermissionError(errno.EACCES, "Permission denied"))
    assert remedy(FileNotFoundError(errno.ENOENT, "No such file")) == "Vérifiez ce chemin."
    assert "place" in remedy(OSError(errno.ENOSPC, "No space left on device"))
    for unknown in (OSError(errno.EPROTO, "Protocol error"), OSError("bizarre")):
        assert remedy(unknown).startswith("Réessayez")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EDQUOT, "quota"),
        (errno.EFBIG, "taille permise"),
        (errno.EACCES, "l'accès en écriture est refusé"),
        (errno.EROFS, "lecture seule"),
        (errno.ENOTDIR, "n'est pas un dossier"),
        (errno.EIO, "le disque a une erreur de lecture"),
    ],
)
def test_an_index_that_cannot_be_written(number: int, words: str) -> None:
    with pytest.raises(IndexWriteError) as caught, index_errors(INDEX):
        raise OSError(number, "x")
    assert str(INDEX) in str(caught.value)
    assert words in str(caught.value)


def test_an_index_and_an_error_without_a_number() -> None:
    with pytest.raises(IndexWriteError, match="bizarre"), index_errors(INDEX):
        raise OSError("bizarre")


def test_an_index_whose_database_is_full(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(IndexWriteError, match="disque est plein"), index_errors(INDEX):
        connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d);")
    connection.close()


@pytest.mark.parametrize("error", [IndexBusyError("x"), KeyboardInterrupt(), ValueError()])
def test_other_errors_of_an_index_come_through(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, index_errors(INDEX):
        raise error
    assert caught.value is error


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
def test_records_that_cannot_be_used(error: Exception, said: str) -> None:
    with (
        pytest.raises(LibraryError, match=said) as raised,
        library_errors(Path("/srv/a.sqlite")),
    ):
        raise error
    assert "/srv/a.sqlite" in str(raised.value)
    assert raised.value.__cause__ is error


def test_records_under_a_path_that_is_not_text() -> None:
    with pytest.raises(LibraryError) as raised, library_errors(Path("/srv/\udcff")):
        raise OSError(errno.EIO, "Input/output error")
    assert str(raised.value).encode()


@pytest.mark.parametrize(
    "error", [ConflictError("déjà là"), KeyError("x"), KeyboardInterrupt()]
)
def test_other_errors_of_records_come_through(error: BaseException) -> None:
    with pytest.raises(type(error)), library_errors(Path("/srv")):
        raise error


def test_a_report_that_cannot_be_written() -> None:
    with (
        pytest.raises(ReportWriteError) as caught,
        report_errors("le rapport dans R", "attendez"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(caught.value) == (
        "Impossible d'écrire le rapport dans R\u00a0: le disque est plein. Vérifiez les droits "
        "et la place sur le disque, ou attendez."
    )
