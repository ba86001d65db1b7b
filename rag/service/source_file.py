"""The file in a folder that a document was read from, if it still is that file."""

import hashlib
import os
from pathlib import Path, PurePath

from rag.index.documents import SourceStamp
from rag.ingest.discovery import display_path


def find_source(stamp: SourceStamp, path: str) -> Path | None:
    """Where the file is, with the very bytes that were read; None where it is not any more.

    Args:
        stamp: the file as it was read; its ``root`` is a folder, or the file itself.
        path: the document's, relative to that folder.
    """
    root = Path(stamp.root)
    try:
        found = root if root.is_file() else _below(root, PurePath(path))
        return found if found is not None and _is_as_read(found, stamp) else None
    except (OSError, ValueError):
        return None


def _below(root: Path, path: PurePath) -> Path | None:
    """The file that a displayed path stands for: another spelling of it may be on disk."""
    plain = root / path
    if plain.is_file():
        return plain
    at = root
    for part in path.parts:
        named = (name for name in os.listdir(at) if display_path(name) == part)
        name = next(named, None)
        if name is None:
            return None
        at /= name
    return at if at.is_file() else None


def _is_as_read(path: Path, stamp: SourceStamp) -> bool:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != stamp.size:
            return False
        return hashlib.file_digest(file, "sha256").hexdigest() == stamp.sha256
