"""One builder at a time: an advisory lock on a file of the index folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexBusyError
from rag.index.local.failures import writing
from rag.index.local.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class BuildLock:
    """Proof that this process alone builds in ``layout.root``; see `hold_build_lock`."""

    layout: IndexLayout


@contextmanager
def hold_build_lock(index_dir: Path) -> Iterator[BuildLock]:
    """Hold the right to build in ``index_dir``, which is made where it is missing.

    The kernel drops the lock with the process, however that ends.

    Raises:
        IndexBusyError: another process holds it; the message gives its number.
        IndexWriteError: the folder cannot be made or written.
    """
    layout = IndexLayout(index_dir)
    with writing(index_dir):
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, index_dir)
        with writing(index_dir):
            _sign(descriptor)
        yield BuildLock(layout)
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, index_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        raise IndexBusyError(
            f"Un autre processus (n° {holder or 'inconnu'}) construit déjà l'index de "
            f"{index_dir}. Attendez qu'il ait fini, puis relancez la commande."
        ) from error


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
