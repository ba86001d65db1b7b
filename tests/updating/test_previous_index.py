import errno

import pytest

from rag.errors import CorruptDocumentError, EmptyDocumentError, UnreadableFileError
from rag.updating.previous_index import read_errors


def failed(error: Exception) -> str:
    """What is said of a file that fails so."""
    with pytest.raises(Exception) as caught, read_errors():  # noqa: PT011 - any of them
        raise error
    assert isinstance(caught.value, UnreadableFileError | CorruptDocumentError)
    return str(caught.value)


def test_what_the_system_refuses_is_said_in_french_with_what_mends_it() -> None:
    denied = failed(PermissionError(errno.EACCES, "Permission denied"))
    assert "l'accès est refusé" in denied
    assert denied.endswith("Vérifiez les droits d'accès.")
    lost = failed(OSError(errno.EIO, "Input/output error"))
    assert "droits" not in lost
    assert "error" not in lost
    assert "disparu" in failed(FileNotFoundError(errno.ENOENT, "No such file"))


def test_a_reader_that_fails_costs_its_file_alone() -> None:
    assert "RuntimeError" in failed(RuntimeError("surprise"))


def test_what_a_reader_says_itself_is_kept() -> None:
    with pytest.raises(EmptyDocumentError, match="vide"), read_errors():
        raise EmptyDocumentError("vide")
