"""Folders that appear whole or not at all, with the checksums of what they hold.

A folder is written beside its final name under a lock, its ``checksums.json`` last, then
renamed. Whoever dies in the middle leaves a hidden folder that the next writer removes.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import ModelCorruptError, ModelError
from rag.storage.disk_errors import refusal

CHECKSUMS = "checksums.json"
_LOCK = ".lock"
_UNFINISHED = ".unfinished-"
_CHUNK = 1 << 20


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as ``sha256:`` and 64 hexadecimal digits."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def publish(target: Path, made_by: str, fill: Callable[[Path], None]) -> Path:
    """Make sure ``target`` is complete, filling it where it is absent or damaged.

    ``fill`` receives an empty folder on the same file system. Processes that ask at once
    take turns: the first one fills, the others find the work done.

    Args:
        target: the folder wanted; its parent is created.
        made_by: what made it, format included; a folder made by another is replaced.
        fill: writes the files.

    Returns:
        ``target``.

    Raises:
        ModelError: the cache cannot be written, or the disk is full.
    """
    if is_complete(target, made_by):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(target.parent):
            if not is_complete(target, made_by):
                _remove_unfinished(target.parent)
                _fill_and_rename(target, made_by, fill)
    except OSError as error:
        raise unwritable(target.parent, error) from error
    return target


def is_complete(folder: Path, made_by: str) -> bool:
    """Whether every file listed is there with its size; contents are not read."""
    record = _read_record(folder)
    if record is None or record.get("made_by") != made_by:
        return False
    try:
        return all(
            (folder / name).stat().st_size == entry["bytes"]
            for name, entry in record["files"].items()
        )
    except (OSError, LookupError, TypeError, AttributeError):
        return False


def recorded_digests(folder: Path) -> dict[str, str]:
    """The digest of each file by its path inside the folder; empty when none is recorded."""
    record = _read_record(folder)
    if record is None:
        return {}
    try:
        return {str(name): str(entry["sha256"]) for name, entry in record["files"].items()}
    except (LookupError, TypeError, AttributeError):
        return {}


def verify_folder(folder: Path) -> None:
    """Read every file and compare it with its checksum.

    Raises:
        ModelCorruptError: a file is missing, unreadable or altered, or nothing is recorded.
    """
    digests = recorded_digests(folder)
    if not digests:
        raise ModelCorruptError(
            f"Le dossier {folder} n'a pas de sommes de contrôle lisibles ({CHECKSUMS}) : "
            "supprimez-le, il sera préparé de nouveau."
        )
    for name, expected in digests.items():
        try:
            found = file_digest(folder / name)
        except OSError as error:
            raise ModelCorruptError(
                f"Le fichier {folder / name} est illisible ({refusal(error)}) : "
                "supprimez ce dossier, il sera préparé de nouveau."
            ) from error
        if found != expected:
            raise ModelCorruptError(
                f"Le fichier {folder / name} a été modifié : sa somme de contrôle ne "
                "correspond plus. Supprimez ce dossier, il sera préparé de nouveau."
            )


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and have the disk keep it before returning."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def as_json(value: object) -> bytes:
    """UTF-8 JSON, indented, in a stable order."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def unwritable(folder: Path, error: OSError) -> ModelError:
    """The error to raise when the model cache cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ModelError(
            f"Le disque est plein : impossible de préparer le modèle dans {folder}. "
            "Libérez environ 1 Go ou choisissez un autre dossier avec "
            "SOURCIER_EMBEDDING__CACHE."
        )
    return ModelError(
        f"Impossible d'écrire dans le cache du modèle {folder} ({refusal(error)}). Donnez les "
        "droits d'écriture ou choisissez un autre dossier avec SOURCIER_EMBEDDING__CACHE."
    )


@contextmanager
def alone_in(parent: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets it go if this process dies."""
    with (parent / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
        _sync_folder(target.parent)
    finally:
        _remove_unfinished(target.parent)


def _write_record(folder: Path, made_by: str) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files: dict[str, dict[str, Any]] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        files[name] = {"bytes": path.stat().st_size, "sha256": file_digest(path)}
        _sync_file(path)
    for inner in {path.parent for path in paths}:
        _sync_folder(inner)
    write_durably(folder / CHECKSUMS, as_json({"made_by": made_by, "files": files}))
    _sync_folder(folder)


def _read_record(folder: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((folder / CHECKSUMS).read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and "files" in record else None


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
