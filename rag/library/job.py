"""What a job is: a change to the index, its files, and how it ends."""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from enum import StrEnum

from rag.library.schema import storable


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

    ``stage`` is a `rag.index.build_stages.Stage`, or ``reading``, or empty before the start and
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
class Ending:
    """How a job ends; ``state`` is one of `FINISHED`.

    ``files`` have the reason of each that was left out, None for as they were. ``error``
    says why the whole job failed; ``generation`` is the one that was published with it.
    """

    state: JobState
    files: tuple[JobFile, ...] | None = None
    error: str | None = None
    generation: str | None = None

    def __post_init__(self) -> None:
        if self.state not in FINISHED:
            raise ValueError(f"not an end: {self.state}")

    def stored(self) -> tuple[str | None, ...]:
        """State, files, error and generation, as the table of jobs has them."""
        files = None if self.files is None else pack_files(self.files)
        return self.state.value, files, self.error, self.generation


def pack_files(files: Iterable[JobFile]) -> str:
    """A job's files as they are stored: JSON, a list of values each."""
    stored = (replace(file, name=storable(file.name)) for file in files)
    return json.dumps([astuple(file) for file in stored])


def unpack_files(packed: str) -> tuple[JobFile, ...]:
    """A job's files, read from what `pack_files` made."""
    return tuple(JobFile(*each) for each in json.loads(packed))
