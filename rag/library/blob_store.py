"""Uploaded files, kept under the digest of their content."""

import hashlib
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from rag.errors import UnknownError, UploadTooLargeError
from rag.storage.disk_errors import library_errors
from rag.storage.files import sync
from rag.storage.locks import hold_lock
from rag.text.typography import typeset

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DRAFT: Final = ".incoming-"
_HOLD: Final = ".held-"
_LOCK: Final = ".lock"
_GRACE: Final = 3600.0
"""Seconds for which a file may wait to be named by a record, or to be written further."""
_OURS: Final = 0o600

Digests = Callable[[], Collection[str]]
"""Gives the digests of the files that records name at that moment."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was kept; ``sha256`` is hexadecimal, ``size`` in bytes.

    ``hold`` is what keeps the file there for whoever put it; ``new`` says whether it was
    not there before.
    """

    sha256: str
    size: int
    hold: str = field(default="", compare=False)
    new: bool = field(default=False, compare=False)


class Originals:
    """A folder of files named by their SHA-256; safe among threads and processes.

    Whatever name a file was sent under, it never comes near the disk. A file stays for as
    long as a record names it, or somebody holds it: who puts a file holds it, until it is
    named and `release` is called, or an hour has passed. Every method that touches the
    disk raises `LibraryError` where it cannot be written, or the records not be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, chunks: Iterable[bytes], limit: int) -> StoredFile:
        """Keep and hold a file; on disk once this returns, or not there at all.

        Only one chunk of its bytes is held in memory.

        Raises:
            UploadTooLargeError: it has more bytes than ``limit``; no more than the chunk
                beyond was read.
        """
        with library_errors(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=_DRAFT, dir=self._folder)
        draft = Path(name)
        try:
            try:
                stored = self._filled(descriptor, chunks, limit)
            finally:
                os.close(descriptor)
            with library_errors(self._folder):
                with self._alone():
                    held = self._placed(draft, stored)
                sync(self._folder)
            return held
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

    def release(self, stored: StoredFile) -> None:
        """Hold a file no longer: a record names it by now."""
        with library_errors(self._folder), self._alone():
            self._drop(stored)

    def withdraw(self, stored: StoredFile, named: Digests) -> None:
        """Hold a file no longer, and remove it if nobody else wants what was put."""
        with library_errors(self._folder), self._alone():
            self._drop(stored)
            ours = stored.new and stored.sha256 not in self._held()
            if ours and stored.sha256 not in named():
                (self._folder / stored.sha256).unlink(missing_ok=True)

    def keep_only(self, named: Digests) -> None:
        """Remove every file that is neither named nor held, and what was left half written.

        ``named`` is asked while nobody can put or release a file, so that one that goes
        from its holder to a record is never missed.
        """
        with library_errors(self._folder):
            if not self._folder.is_dir():
                return
            with self._alone():
                wanted = {*self._held(), *named()}
                for name in os.listdir(self._folder):
                    stray = _DIGEST.fullmatch(name) and name not in wanted
                    if stray or (name.startswith((_DRAFT, _HOLD)) and self._is_old(name)):
                        (self._folder / name).unlink(missing_ok=True)

    def _placed(self, draft: Path, stored: StoredFile) -> StoredFile:
        """Give a file its name, and hold it."""
        path = self._folder / stored.sha256
        hold = f"{_HOLD}{stored.sha256}-{secrets.token_hex(8)}"
        new = not path.exists()
        (self._folder / hold).touch(_OURS)
        try:
            draft.replace(path)
        except OSError:
            (self._folder / hold).unlink()
            raise
        return replace(stored, hold=hold, new=new)

    def _drop(self, stored: StoredFile) -> None:
        if stored.hold:
            (self._folder / stored.hold).unlink(missing_ok=True)

    def _held(self) -> set[str]:
        """The digest of every file that somebody holds."""
        holds = (name for name in os.listdir(self._folder) if name.startswith(_HOLD))
        return {name[len(_HOLD) :][:64] for name in holds if not self._is_old(name)}

    def _is_old(self, name: str) -> bool:
        """Whether a hold or a draft is one that its process will not see to any more."""
        try:
            return os.stat(self._folder / name).st_mtime < time.time() - _GRACE
        except FileNotFoundError:
            return False

    def _filled(self, descriptor: int, chunks: Iterable[bytes], limit: int) -> StoredFile:
        digest = hashlib.sha256()
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise UploadTooLargeError(
                    typeset(f"Le fichier dépasse {_shown(limit)}, la limite. Découpez-le.")
                )
            digest.update(chunk)
            with library_errors(self._folder):
                _write(descriptor, chunk)
        with library_errors(self._folder):
            os.fsync(descriptor)
        return StoredFile(digest.hexdigest(), size)

    def _alone(self) -> AbstractContextManager[int]:
        """Nobody else gives a file its name, or removes one, meanwhile."""
        return hold_lock(self._folder / _LOCK)


def _shown(size: int) -> str:
    """A number of bytes as French writes it."""
    unit, word = (1_000_000, "Mo") if size >= 1_000_000 else (1, "octets")
    return f"{size / unit:.1f}".removesuffix(".0").replace(".", ",") + f"\u00a0{word}"


def _write(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
