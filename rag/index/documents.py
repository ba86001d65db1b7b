"""What goes into an index and comes back out of it, document by document."""

from dataclasses import dataclass
from enum import StrEnum

from rag.types import Document, Metadata, Passage


@dataclass(frozen=True, slots=True)
class SourceStamp:
    """The file a document was read from, as it was then.

    ``root`` is the path that was asked to be indexed; ``size`` is in bytes; ``sha256`` is
    the hexadecimal digest of the bytes; ``reader`` names the reader and its version, so
    that a better reader reads the file anew.
    """

    root: str
    size: int
    mtime_ns: int
    sha256: str
    reader: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it shall stand in the index, with all its passages in order."""

    document: Document
    passages: tuple[Passage, ...]
    stamp: SourceStamp


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file left out, and why, in words for the person who gave it."""

    collection: str
    root: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentHeader:
    """A document without its text. ``ordinal`` is its number in this generation."""

    ordinal: int
    id: str
    collection: str
    path: str
    version: str
    title: str
    metadata: Metadata


class Order(StrEnum):
    """How documents are listed; a document without a date comes last, either way."""

    TITLE = "title"
    NAME = "name"
    OLDEST = "date"
    NEWEST = "-date"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some documents of ``total``."""

    total: int
    headers: tuple[DocumentHeader, ...]
