"""Who works on jobs: an id that is alive for as long as its process holds a lock."""

import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from rag.storage.disk_errors import library_errors
from rag.storage.locks import hold_lock

_OWNER: Final = re.compile(r"[0-9a-f]{32}")
_SUFFIX: Final = ".lock"
_STALE: Final = 24 * 3600.0
"""Seconds after which a lock that nobody holds was left by a process that was killed."""


@contextmanager
def hold_worker_lock(folder: Path) -> Iterator[str]:
    """A new worker's id, alive until the end of the body, or of the process.

    ``folder``, that of all workers' locks, is made where it is missing.
    """
    owner = uuid.uuid4().hex
    path = folder / f"{owner}{_SUFFIX}"
    with ExitStack() as stack:
        with library_errors(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(folder)
            stack.enter_context(hold_lock(path, wait=False))
        stack.callback(path.unlink, missing_ok=True)
        yield owner


def is_alive(folder: Path, owner: str) -> bool:
    """Whether the process that holds an owner's lock still runs."""
    if _OWNER.fullmatch(owner) is None:
        return False
    with library_errors(folder):
        return not _is_free(folder / f"{owner}{_SUFFIX}")


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock; its file then goes."""
    try:
        with hold_lock(path, wait=False, create=False):
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def _sweep(folder: Path) -> None:
    for entry in os.scandir(folder):
        name = entry.name.removesuffix(_SUFFIX)
        with suppress(FileNotFoundError):
            if _OWNER.fullmatch(name) and entry.stat().st_mtime < time.time() - _STALE:
                _is_free(Path(entry.path))
