"""Removing folders that a library's threads may still be writing to."""

import errno
import shutil
import time
from pathlib import Path

_ATTEMPTS = 20
_PAUSE_SECONDS = 0.02


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it; no harm where it is already gone.

    Tantivy watches its folder from a thread of its own, and may put a lock file there
    while the others are being removed: the folder is then emptied again.

    Raises:
        OSError: the system refuses.
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
