"""Who works on jobs: an id that is alive for as long as its process holds a lock."""

import fcntl
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rag.library.database_errors import refusals

_OWNER: Final = re.compile(r"[0-9a-f]{32}")
_SUFFIX: Final = ".lock"
_STALE: Final = 24 * 3600.0
"""Seconds after which a lock that nobody holds was left by a process that was killed."""


@contextmanager
def hold_owner(folder: Path) -> Iterator[str]:
    """A new owner's id, alive until the end of the body, or of the process.

    The kernel drops the lock with the process, however that ends.

    Args:
        folder: of all owners' locks, made where it is missing.

    Raises:
        LibraryError: the folder cannot be written.
    """
    owner = uuid.uuid4().hex
    path = folder / f"{owner}{_SUFFIX}"
    with refusals(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with refusals(folder):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield owner
    finally:
        path.unlink(missing_ok=True)
        os.close(lock)


def is_alive(folder: Path, owner: str) -> bool:
    """Whether the process that holds an owner's lock still runs.

    Raises:
        LibraryError: the system does not tell.
    """
    if _OWNER.fullmatch(owner) is None:
        return False
    with refusals(folder):
        return not _is_free(folder / f"{owner}{_SUFFIX}")


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock; its file then goes."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(lock)


def _sweep(folder: Path) -> None:
    for entry in os.scandir(folder):
        name = entry.name.removesuffix(_SUFFIX)
        with suppress(FileNotFoundError):
            if _OWNER.fullmatch(name) and entry.stat().st_mtime < time.time() - _STALE:
                _is_free(Path(entry.path))
