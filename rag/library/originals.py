"""Uploaded files, kept under the digest of their content."""

import contextlib
import fcntl
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.errors import UnknownError, UploadTooLargeError
from rag.library.disk import sync_folder
from rag.library.failures import refusals
from rag.text.typography import typeset

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DRAFT: Final = ".incoming-"
_LOCK: Final = ".lock"
_GRACE: Final = 3600.0
"""Seconds for which a file may wait to be named by a record, or to be written further."""
_NEW: Final = 0o600
_NAMED: Final = 0o400


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was kept; ``sha256`` is hexadecimal, ``size`` in bytes."""

    sha256: str
    size: int


class Originals:
    """A folder of files named by their SHA-256; safe among threads and processes.

    Whatever name a file was sent under, it never comes near the disk. A file that a record
    once named (`keep_only`) is read-only from then on, and goes as soon as none does.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        """Keep a file; on disk for good once this returns, or not there at all.

        Args:
            chunks: its bytes, in order; only one chunk is held in memory.
            limit: most bytes it may have.

        Raises:
            UploadTooLargeError: it has more; no more than the chunk beyond was read.
            LibraryError: it cannot be written: disk full, permissions.
        """
        with refusals(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=_DRAFT, dir=self._folder)
        draft = Path(name)
        try:
            try:
                stored = self._filled(descriptor, chunks, limit)
            finally:
                os.close(descriptor)
            with refusals(self._folder):
                with self._alone():
                    draft.replace(self._folder / stored.sha256)
                sync_folder(self._folder)
            return stored
        finally:
            draft.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a file is, or would be.

        Raises:
            UnknownError: this is not 64 lower-case hexadecimal digits.
        """
        if _DIGEST.fullmatch(sha256) is None:
            raise UnknownError("Aucun fichier n'est gardé sous cette empreinte.")
        return self._folder / sha256

    def has(self, sha256: str) -> bool:
        """Whether a file is kept; never true of what is not a digest."""
        return _DIGEST.fullmatch(sha256) is not None and (self._folder / sha256).is_file()

    def keep_only(self, digests: Collection[str]) -> None:
        """Remove every file but these, and what was left half written an hour ago.

        A file that no call has found named yet may be about to be: it stays for an hour.

        Args:
            digests: of the files that records name now.

        Raises:
            LibraryError: a file cannot be removed.
        """
        wanted = frozenset(digests)
        with refusals(self._folder):
            if not self._folder.is_dir():
                return
            for entry in os.scandir(self._folder):
                with self._alone(), contextlib.suppress(FileNotFoundError):
                    _sweep(Path(entry.path), wanted)

    def _filled(self, descriptor: int, chunks: Iterable[bytes], limit: int) -> Stored:
        digest = hashlib.sha256()
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise UploadTooLargeError(
                    typeset(f"Le fichier dépasse {_shown(limit)}, la limite. Découpez-le.")
                )
            digest.update(chunk)
            with refusals(self._folder):
                _write(descriptor, chunk)
        with refusals(self._folder):
            os.fsync(descriptor)
        return Stored(digest.hexdigest(), size)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else gives a file its name, or removes one, meanwhile."""
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _NEW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _sweep(path: Path, wanted: frozenset[str]) -> None:
    if path.name in wanted:
        if stat.S_IMODE(path.stat().st_mode) != _NAMED:
            path.chmod(_NAMED)
        return
    if not (path.name.startswith(_DRAFT) or _DIGEST.fullmatch(path.name)):
        return
    found = path.stat(follow_symlinks=False)
    if stat.S_IMODE(found.st_mode) == _NAMED or found.st_mtime < time.time() - _GRACE:
        path.unlink()


def _shown(size: int) -> str:
    """A number of bytes as French writes it."""
    unit, word = (1_000_000, "Mo") if size >= 1_000_000 else (1, "octets")
    return f"{size / unit:.1f}".removesuffix(".0").replace(".", ",") + f"\u00a0{word}"


def _write(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
