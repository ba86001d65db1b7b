"""The nouns of the service's records: frozen values."""

from dataclasses import dataclass
from enum import StrEnum

UPLOADED = "upload:"
"""The root, in an index, of a document that was uploaded rather than found in a folder."""


class Role(StrEnum):
    """What a key may do; each may also do all that the one before may.

    READER asks, searches, reads documents, judges answers. EDITOR adds, replaces and
    removes documents. ADMIN makes and removes collections and sees the service's metrics.
    """

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret. Times are ISO 8601 in UTC, to the second.

    ``collections`` is None for all of them, those to come included.
    """

    id: str
    name: str
    role: Role
    collections: tuple[str, ...] | None
    created: str
    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection made on purpose; others exist by the documents that are in them."""

    name: str
    description: str
    created: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that was uploaded, and whose file is kept under ``sha256``.

    ``name`` is the one given, which makes the document's id and is never a path on disk;
    ``media_type`` is what the content is; ``size`` is in bytes.
    """

    document_id: str
    collection: str
    name: str
    sha256: str
    media_type: str
    size: int
    uploaded: str


class JobKind(StrEnum):
    """What a job does to the index."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"
    REMOVE_COLLECTION = "remove_collection"


class JobState(StrEnum):
    """Where a job is. PARTLY: some files could not be read, the others are indexed."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"


FINISHED = frozenset({JobState.DONE, JobState.PARTLY, JobState.FAILED})


@dataclass(frozen=True, slots=True)
class JobFile:
    """A document that a job adds, replaces or removes.

    ``sha256`` is empty where it is removed. ``reason`` says why it was left out, in words
    for the person who sent it; None where it was not.
    """

    document_id: str
    name: str
    sha256: str = ""
    media_type: str = ""
    size: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A change to the index, under way or ended.

    ``stage`` is a `rag.index.local.build.Stage`, or ``reading``, or empty before the start and
    after the end; ``done`` of ``total`` steps of it (0 while not known). ``error`` says why
    the whole job failed; ``generation`` is the one it published. ``key`` is the id of the
    key that asked, empty without keys.
    """

    id: str
    kind: JobKind
    collection: str
    state: JobState
    files: tuple[JobFile, ...]
    created: str
    key: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    started: str | None = None
    ended: str | None = None
    error: str | None = None
    generation: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an answer quoted from, without the words: they go when the document goes."""

    document_id: str
    document_version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of an answer."""

    id: str
    answer_id: str
    helpful: bool
    comment: str
    question: str
    answered: bool
    confidence: float
    references: tuple[Reference, ...]
    generation: str
    collections: tuple[str, ...]
    created: str
    key: str = ""
