"""What an index holds already, as entries of the next; and what keeps a file out of it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rag.errors import CorruptDocumentError, SourcierError
from rag.index.documents import DocumentHeader, Entry, SkippedFile, SourceStamp
from rag.index.local.generation import Generation
from rag.ingest.chunking import chunk
from rag.ingest.reading import unreadable
from rag.ingest.sniffing import reader_version
from rag.protocols import Tokens
from rag.settings import ChunkingSettings

FileObserver = Callable[[int, int, str], None]
"""Called with ``(done, total, name)`` before each document that may change."""


class PreviousIndex:
    """The documents of the generation before, as entries of the next; none where none was.

    ``headers`` and ``stamps`` are by document id, in the generation's order; ``skipped``
    are the files that it left out.
    """

    def __init__(
        self, generation: Generation | None, chunking: ChunkingSettings, tokens: Tokens
    ) -> None:
        self.headers: dict[str, DocumentHeader] = {}
        self.stamps: dict[str, SourceStamp] = {}
        self.skipped: tuple[SkippedFile, ...] = ()
        self._store = None if generation is None else generation.store
        self._chunking = chunking
        self._tokens = tokens
        self._same_chunking = False
        if generation is not None:
            self._same_chunking = generation.manifest.chunking == chunking.model_dump()
            self.headers = {header.id: header for header in generation.store.headers()}
            self.stamps = generation.store.source_stamps()
            self.skipped = generation.store.skipped()

    def is_unchanged(self, identity: str, path: Path, status: os.stat_result) -> bool:
        """Whether a file is as it was when it was read, by size, time of change and reader."""
        known = self.stamps.get(identity)
        return (
            known is not None
            and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns)
            and known.reader == reader_version(path)
        )

    def entry(self, identity: str, root: str | None = None) -> Entry:
        """A document as it was, under another root where one is given."""
        if self._store is None:
            raise KeyError(identity)
        document, stamp = self._store.document(identity), self.stamps[identity]
        passages = (
            self._store.passages(identity)
            if self._same_chunking
            else chunk(document, self._tokens, self._chunking)
        )
        return Entry(document, passages, stamp if root is None else replace(stamp, root=root))


@contextmanager
def read_errors() -> Iterator[None]:
    """Turn whatever goes wrong with one file into the reason why it is left out.

    A reader that fails on a file nobody thought of must not cost the other files.
    """
    try:
        yield
    except SourcierError:
        raise
    except OSError as error:
        raise unreadable(error) from error
    except Exception as error:
        raise CorruptDocumentError(
            f"Ce document n'a pas pu être lu ({type(error).__name__}). Enregistrez-le dans "
            "un autre format, et signalez-le aux mainteneurs."
        ) from error
