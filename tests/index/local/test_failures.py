import errno
import sqlite3
from pathlib import Path

import pytest

from rag.errors import IndexBusyError, IndexWriteError
from rag.index.local.failures import writing

FOLDER = Path("/un/index")


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
def test_each_refusal_says_where_and_what_to_do(number: int, words: str) -> None:
    with pytest.raises(IndexWriteError) as caught, writing(FOLDER):
        raise OSError(number, "x")
    assert str(FOLDER) in str(caught.value)
    assert words in str(caught.value)


def test_an_error_without_a_number() -> None:
    with pytest.raises(IndexWriteError, match="bizarre"), writing(FOLDER):
        raise OSError("bizarre")


def test_a_full_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(IndexWriteError, match="disque est plein"), writing(FOLDER):
        connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d);")
    connection.close()


@pytest.mark.parametrize("error", [IndexBusyError("x"), KeyboardInterrupt(), ValueError()])
def test_others_come_through(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, writing(FOLDER):
        raise error
    assert caught.value is error
