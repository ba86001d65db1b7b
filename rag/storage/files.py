"""Files that reach the disk, whole or not at all, and folders that go for good."""

import errno
import os
import secrets
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_ATTEMPTS: Final = 20
_PAUSE_SECONDS: Final = 0.02


def sync(path: Path) -> None:
    """Have what a file holds, or the names in a folder, outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(
    path: Path,
    content: str | bytes | memoryview,
    *,
    draft: Path | None = None,
    mode: int = 0o666,
) -> None:
    """Write a file under a temporary name, then give it its own.

    Args:
        path: what was there is replaced, and a reader sees the one or the other whole.
        content: texts are written in UTF-8.
        draft: the temporary name, in the same folder; None for a hidden one of no other file.
        mode: the permissions, as the process's umask leaves them.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = draft or path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        # What refused the temporary file may refuse its removal; the first error tells.
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def prepare_folder(folder: Path) -> None:
    """Create a folder and see that files can be made in it; ``OSError`` if they cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it; no harm where it is already gone.

    Tantivy watches its folder from a thread of its own, and may put a lock file there
    while the others are being removed: the folder is then emptied again.
    """
    for attempt in range(_ATTEMPTS):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            if not folder.exists():
                return
        except OSError as error:
            if error.errno != errno.ENOTEMPTY or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
