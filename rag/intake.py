"""Which documents an index shall hold: files read anew, kept as they were, or left out."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Final

from rag.errors import (
    CorruptDocumentError,
    InputPathError,
    ReadError,
    SourcierError,
    UnreadableFileError,
)
from rag.indexing.generation import Generation
from rag.indexing.records import Entry, SkippedFile, SourceStamp
from rag.ingest.chunking import chunk
from rag.ingest.discovery import Found, Skipped, discover, display_path
from rag.ingest.reading import document_id, read_document, read_file
from rag.protocols import Tokens
from rag.settings import ChunkingSettings, LimitSettings

READERS: Final = "1"
"""The readers' version; raised when they read better, so that all files are read anew."""

Seen = Callable[[int, int, str], None]
"""Called with ``(done, total, path)`` before each file."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the person asked for.

    ``prune`` removes the collection's documents that lie under none of the ``paths``;
    without it only those under the same paths are compared with what is there now.
    ``apart`` is a folder that is never looked into: the index itself.
    """

    paths: Sequence[Path]
    collection: str
    prune: bool = False
    apart: Path | None = None


class Intake:
    """The entries of the next generation, read lazily.

    Once `entries` is exhausted, ``skipped`` holds the files that were left out.
    """

    def __init__(
        self,
        request: Request,
        tokens: Tokens,
        chunking: ChunkingSettings,
        limits: LimitSettings,
        seen: Seen = lambda done, total, path: None,
    ) -> None:
        """List the files.

        Raises:
            InputPathError: a path does not exist, or two files would have one id.
        """
        self.skipped: list[SkippedFile] = []
        self._request = request
        self._tokens = tokens
        self._chunking = chunking
        self._limits = limits
        self._seen = seen
        self._files = self._discover()
        self._roots = {str(path.absolute()) for path in request.paths}

    @property
    def files(self) -> int:
        """Files to look at."""
        return len(self._files)

    def entries(self, previous: Generation | None) -> Iterator[Entry]:
        """Every document of the generation that follows ``previous``."""
        former = None if previous is None else _Former(previous, self._chunking, self._tokens)
        if former is not None:
            yield from self._kept(former)
        for done, (identity, found) in enumerate(self._files.items()):
            self._seen(done, len(self._files), display_path(found.path))
            try:
                entry = self._entry(identity, found, former)
            except ReadError as error:
                self._skip(found.root, found.path, str(error))
                continue
            yield entry
        self._seen(len(self._files), len(self._files), "")

    def _discover(self) -> dict[str, Found]:
        files: dict[str, Found] = {}
        apart = self._request.apart
        for met in discover(self._request.paths):
            if apart is not None and met.path.absolute().is_relative_to(apart.absolute()):
                continue
            if isinstance(met, Skipped):
                self._skip(met.root, met.path, met.reason)
                continue
            identity = document_id(self._request.collection, _relative(met))
            twin = files.setdefault(identity, met)
            if twin is not met:
                raise InputPathError(
                    f"Deux fichiers auraient le même identifiant : {display_path(twin.path)} "
                    f"et {display_path(met.path)}. Indexez-les dans deux collections "
                    "(--collection), ou donnez le dossier qui les contient tous deux."
                )
        return files

    def _kept(self, former: "_Former") -> Iterator[Entry]:
        """Documents of other collections, and of other roots unless they are pruned."""
        store = former.generation.store
        for header in store.headers():
            same = header.collection == self._request.collection
            if header.id in self._files:
                continue
            ours = former.stamps[header.id].root in self._roots or self._request.prune
            if same and ours:
                continue
            yield former.entry(header.id)
        self.skipped.extend(
            each for each in store.skipped() if each.collection != self._request.collection
        )

    def _entry(self, identity: str, found: Found, former: "_Former | None") -> Entry:
        with _reading():
            status = found.path.stat()
            if former is not None and former.is_unchanged(identity, status):
                return former.entry(identity, self._root(found))
            data = read_file(found.path, self._limits)
            document = read_document(
                data, _relative(found), self._request.collection, self._limits
            )
            stamp = SourceStamp(
                root=self._root(found),
                size=len(data),
                mtime_ns=status.st_mtime_ns,
                sha256=hashlib.sha256(data).hexdigest(),
                reader=READERS,
            )
            return Entry(document, chunk(document, self._tokens, self._chunking), stamp)

    def _root(self, found: Found) -> str:
        for path in self._request.paths:
            if found.path == path or found.path.is_relative_to(path):
                return str(path.absolute())
        return str(found.root.absolute())

    def _skip(self, root: Path, path: Path, reason: str) -> None:
        self.skipped.append(
            SkippedFile(
                self._request.collection,
                display_path(root.absolute()),
                display_path(path),
                reason,
            )
        )


class _Former:
    """The documents of the generation before, as entries of the next."""

    def __init__(
        self, generation: Generation, chunking: ChunkingSettings, tokens: Tokens
    ) -> None:
        self.generation = generation
        self.stamps = generation.store.source_stamps()
        self._chunking = chunking
        self._tokens = tokens
        self._same_chunking = generation.manifest.chunking == chunking.model_dump()

    def is_unchanged(self, identity: str, status: os.stat_result) -> bool:
        """Whether a file is as it was when it was read, by size and time of change."""
        known = self.stamps.get(identity)
        return (
            known is not None
            and known.reader == READERS
            and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns)
        )

    def entry(self, identity: str, root: str | None = None) -> Entry:
        """A document as it was, under another root where one is given."""
        store = self.generation.store
        document, stamp = store.document(identity), self.stamps[identity]
        if root is not None:
            stamp = replace(stamp, root=root)
        passages = (
            store.passages(identity)
            if self._same_chunking
            else chunk(document, self._tokens, self._chunking)
        )
        return Entry(document, passages, stamp)


@contextmanager
def _reading() -> Iterator[None]:
    """Turn whatever goes wrong with one file into the reason why it is left out.

    A reader that fails on a file nobody thought of must not cost the other files.
    """
    try:
        yield
    except SourcierError:
        raise
    except FileNotFoundError as error:
        raise UnreadableFileError(
            "Le fichier a disparu pendant la lecture. Relancez l'indexation."
        ) from error
    except OSError as error:
        raise UnreadableFileError(
            f"Le système refuse la lecture du fichier ({error.strerror}). Vérifiez ses "
            "droits d'accès."
        ) from error
    except Exception as error:
        raise CorruptDocumentError(
            f"Ce document n'a pas pu être lu ({type(error).__name__}). Enregistrez-le dans "
            "un autre format, et signalez-le aux mainteneurs."
        ) from error


def _relative(found: Found) -> PurePath:
    return PurePath(found.path.relative_to(found.root))
