"""One process at a time: advisory locks on files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold_lock(
    path: Path, *, wait: bool = True, create: bool = True, mode: int = 0o600
) -> Iterator[int]:
    """Hold the lock of a file; gives its descriptor, open for reading and writing.

    The kernel drops the lock with the process, however that ends.

    Args:
        path: the file, which stays there afterwards.
        wait: whether to wait for whoever holds it.
        create: whether to make the file where it is missing, with these permissions.
        mode: as the process's umask leaves it.

    Raises:
        BlockingIOError: another holds it, and ``wait`` is false.
        OSError: the file cannot be opened; missing, and ``create`` is false.
    """
    made = os.O_CREAT if create else 0
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | made, mode)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield descriptor
    finally:
        os.close(descriptor)
