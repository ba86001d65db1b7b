"""The model cache: folders that appear whole or not at all, with checksums of what they hold.

A folder is written beside its final name under a lock, its ``checksums.json`` last, then
renamed. Whoever dies in the middle leaves a hidden folder that the next writer removes.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from rag.storage.disk_errors import model_cache_errors
from rag.storage.files import sync
from rag.storage.locks import hold_lock

CHECKSUMS = "checksums.json"
_LOCK = ".lock"
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class _File:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Checksums:
    made_by: str
    files: dict[str, _File]


_CHECKSUMS: Final = TypeAdapter(_Checksums)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as ``sha256:`` and 64 hexadecimal digits."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def publish(target: Path, made_by: str, fill: Callable[[Path], None]) -> Path:
    """Make sure ``target`` is complete, filling it where it is absent or damaged.

    ``fill`` receives an empty folder on the same file system. Processes that ask at once
    take turns: the first one fills, the others find the work done. ``made_by`` says what
    made it, format included: a folder made by another is replaced. Returns ``target``.
    """
    if is_complete(target, made_by):
        return target
    with model_cache_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(target.parent):
            if not is_complete(target, made_by):
                _remove_unfinished(target.parent)
                _fill_and_rename(target, made_by, fill)
    return target


def is_complete(folder: Path, made_by: str) -> bool:
    """Whether every file listed is there with its size; contents are not read."""
    record = _read_record(folder)
    if record is None or record.made_by != made_by:
        return False
    try:
        return all(
            (folder / name).stat().st_size == file.bytes for name, file in record.files.items()
        )
    except OSError:
        return False


def recorded_digests(folder: Path) -> dict[str, str]:
    """The digest of each file by its path inside the folder; empty when none is recorded."""
    record = _read_record(folder)
    return {name: file.sha256 for name, file in record.files.items()} if record else {}


def as_json(value: object) -> bytes:
    """UTF-8 JSON, indented, in a stable order."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def alone_in(parent: Path) -> AbstractContextManager[int]:
    """The folder's lock, to be held."""
    return hold_lock(parent / _LOCK, mode=0o666)


def _remove_unfinished(parent: Path) -> None:
    for leftover in parent.glob(_UNFINISHED + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _fill_and_rename(target: Path, made_by: str, fill: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        fill(draft)
        _write_record(draft, made_by)
        if target.exists():
            target.rename(Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent)) / "old")
        draft.chmod(0o755)
        draft.rename(target)
        sync(target.parent)
    finally:
        _remove_unfinished(target.parent)


def _write_record(folder: Path, made_by: str) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {
        path.relative_to(folder).as_posix(): _File(path.stat().st_size, file_digest(path))
        for path in paths
    }
    (folder / CHECKSUMS).write_bytes(as_json(asdict(_Checksums(made_by, files))))
    for path in {*paths, *(path.parent for path in paths), folder / CHECKSUMS, folder}:
        sync(path)


def _read_record(folder: Path) -> _Checksums | None:
    try:
        return _CHECKSUMS.validate_json((folder / CHECKSUMS).read_bytes())
    except (OSError, ValidationError):
        return None
