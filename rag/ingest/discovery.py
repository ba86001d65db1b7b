"""Which files the paths given on the command line hold."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.errors import InputPathError
from rag.ingest.formats import ENDINGS, unsupported
from rag.storage.disk_errors import refusal, remedy

_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read; its id and displayed path are relative to ``root``."""

    root: Path
    path: Path


@dataclass(frozen=True, slots=True)
class SkippedPath:
    """What was met but is not read, and why, in words for its owner."""

    root: Path
    path: Path
    reason: str


def discover(paths: Sequence[Path]) -> Iterator[FoundFile | SkippedPath]:
    """Every file under the paths, in sorted order, each once.

    A folder is the root of what it holds; a file's root is the folder it is in. Hidden
    files and folders (``.git``) are passed over in silence. Links are followed where they
    stay inside the root, a folder never twice; a link that leads out of the root is
    skipped, for a shared folder must not publish the rest of the disk. Files with another
    extension, folders that cannot be listed and things that are no files are ``SkippedPath``.

    Raises:
        InputPathError: a path given does not exist, or cannot be looked at.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            raise InputPathError(
                f"Chemin introuvable ou inaccessible : {display_path(path)}. Vérifiez-le."
            ) from error
        if path.is_dir():
            seen.discard((status.st_dev, status.st_ino))
            yield from _Walk(path, seen).folder(path, 0)
        else:
            yield from _Walk(path.parent, seen).file(path)


def display_path(path: PurePath | str) -> str:
    r"""A path that can be printed and stored, in NFC, with ``/``.

    Each byte that is not UTF-8 shows as ``\xNN``, control characters likewise.
    """
    text = path if isinstance(path, str) else path.as_posix()
    raw = text.encode("utf-8", "surrogateescape")
    readable = unicodedata.normalize("NFC", raw.decode("utf-8", "backslashreplace"))
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in readable)


class _Walk:
    """One root's walk; ``seen`` holds the (device, inode) of what was already met."""

    def __init__(self, root: Path, seen: set[tuple[int, int]]) -> None:
        self._root = root
        self._real_root = root.resolve()
        self._seen = seen

    def folder(self, folder: Path, depth: int) -> Iterator[FoundFile | SkippedPath]:
        if depth > _DEEPEST:
            yield self._skipped(folder, "Dossier imbriqué trop profondément ; il n'est pas lu.")
            return
        try:
            status = folder.stat()
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield self._skipped(
                folder, f"Dossier illisible ({refusal(error)}). Vérifiez ses droits."
            )
            return
        if (status.st_dev, status.st_ino) in self._seen:
            return
        self._seen.add((status.st_dev, status.st_ino))
        for name in names:
            if not name.startswith("."):
                yield from self._entry(folder / name, depth)

    def file(self, path: Path) -> Iterator[FoundFile | SkippedPath]:
        try:
            status = path.stat()
        except OSError as error:
            yield self._skipped(
                path, f"Fichier inaccessible : {refusal(error)}. {remedy(error)}"
            )
            return
        if (status.st_dev, status.st_ino) in self._seen and path.is_symlink():
            return
        if not path.is_file():
            yield self._skipped(path, "Ce n'est pas un fichier ordinaire ; il n'est pas lu.")
            return
        if path.suffix.casefold() not in ENDINGS:
            yield self._skipped(path, unsupported(display_path(path.suffix.casefold())))
            return
        self._seen.add((status.st_dev, status.st_ino))
        yield FoundFile(self._root, path)

    def _entry(self, path: Path, depth: int) -> Iterator[FoundFile | SkippedPath]:
        if path.is_symlink() and not self._inside(path):
            yield self._skipped(
                path,
                "Lien vers l'extérieur du dossier ; il n'est pas suivi. Copiez le fichier.",
            )
        elif path.is_dir():
            yield from self.folder(path, depth + 1)
        else:
            yield from self.file(path)

    def _inside(self, link: Path) -> bool:
        try:
            return link.resolve().is_relative_to(self._real_root)
        except (OSError, RuntimeError):
            return False

    def _skipped(self, path: Path, reason: str) -> SkippedPath:
        return SkippedPath(self._root, path, reason)
