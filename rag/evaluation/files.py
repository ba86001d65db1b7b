"""Folders and files that an evaluation is given: tried first, and read with care."""

import stat
import tempfile
from pathlib import Path

from rag.errors import BaselineError, DatasetError
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
