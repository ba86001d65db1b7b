"""Files that an evaluation writes, whole or not at all, and reads again with care."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.errors import BaselineError, DatasetError, ReportWriteError
from rag.evaluation.datasets.sources import parsed
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset


def prepare_folder(folder: Path) -> None:
    """Create a folder and see that files can be made in it.

    Raises:
        OSError: they cannot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_whole(path: Path, text: str) -> None:
    """Write a text in UTF-8 under a temporary name, then give it its own.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        # What refused the temporary file may refuse its removal; the first error tells.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def writing(what: str, remedy: str) -> Iterator[None]:
    """Turn a refusal to write into an error that says what to do.

    Args:
        what: what is written and where, after « Impossible d'écrire ».
        remedy: what can be done instead, after « ou ».

    Raises:
        ReportWriteError: the body raised ``OSError``.
    """
    try:
        yield
    except OSError as error:
        raise ReportWriteError(
            typeset(
                f"Impossible d'écrire {what} : {refusal(error)}. Vérifiez les droits et la "
                f"place sur le disque, ou {remedy}."
            )
        ) from error


def load_json(path: Path, most: int, missing: str, remedy: str) -> object:
    """The value in a JSON file.

    Args:
        path: the file.
        most: how many MiB it may hold.
        missing: the message where it does not exist.
        remedy: what can be done where it holds no JSON, after « ou ».

    Raises:
        BaselineError: it is absent, no regular file, larger, unreadable, or not JSON.
    """
    try:
        return parsed(_bytes(path, most, remedy))
    except FileNotFoundError as error:
        raise BaselineError(typeset(missing)) from error
    except OSError as error:
        raise _unreadable(path, refusal(error)) from error
    except DatasetError as error:
        raise BaselineError(typeset(f"{path} : {error}, ou {remedy}.")) from error


def _bytes(path: Path, most: int, remedy: str) -> bytes:
    # A pipe or a device could be waited for without end, so it is not opened.
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _unreadable(path, "c'est un dossier")
    if not stat.S_ISREG(status.st_mode):
        raise _unreadable(path, "ce n'est pas un fichier ordinaire")
    if status.st_size > most << 20:
        raise BaselineError(
            typeset(f"{path} dépasse {most} Mio. Vérifiez le chemin, ou {remedy}.")
        )
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def _unreadable(path: Path, reason: str) -> BaselineError:
    return BaselineError(
        typeset(
            f"{path} ne peut pas être lu : {reason}. Vérifiez le chemin et les droits d'accès."
        )
    )
