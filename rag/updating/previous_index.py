"""What an index holds already, as entries of the next; and reading without falling over."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rag.errors import CorruptDocumentError, SourcierError
from rag.index.documents import Entry
from rag.index.local.generation import Generation
from rag.ingest.chunking import chunk
from rag.ingest.reading import unreadable
from rag.ingest.sniffing import reader_version
from rag.protocols import Tokens
from rag.settings import ChunkingSettings

Seen = Callable[[int, int, str], None]
"""Called with ``(done, total, name)`` before each document that may change."""


class Former:
    """The documents of the generation before, as entries of the next.

    ``headers`` and ``stamps`` are by document id, in the generation's order.
    """

    def __init__(
        self, generation: Generation, chunking: ChunkingSettings, tokens: Tokens
    ) -> None:
        self.skipped = generation.store.skipped()
        self.headers = {header.id: header for header in generation.store.headers()}
        self.stamps = generation.store.source_stamps()
        self._store = generation.store
        self._chunking = chunking
        self._tokens = tokens
        self._same_chunking = generation.manifest.chunking == chunking.model_dump()

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
        document, stamp = self._store.document(identity), self.stamps[identity]
        if root is not None:
            stamp = replace(stamp, root=root)
        passages = (
            self._store.passages(identity)
            if self._same_chunking
            else chunk(document, self._tokens, self._chunking)
        )
        return Entry(document, passages, stamp)


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever goes wrong with one file into the reason why it is left out.

    A reader that fails on a file nobody thought of must not cost the other files.

    Raises:
        ReadError: the body raised something that is no error of ours.
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
