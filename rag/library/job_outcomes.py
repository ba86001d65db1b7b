"""How jobs end: told, planned before a publication, and found out after their worker died."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Final

from rag.library.clock import now
from rag.library.database import storable
from rag.library.records import FINISHED, JobFile, JobKind, JobState
from rag.text.typography import typeset

_ABANDONED: Final = typeset(
    "Le traitement s'est arrêté avant la fin : son processus a été interrompu. Voyez si la "
    "demande a pris effet, et renvoyez-la au besoin."
)


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


def end(connection: sqlite3.Connection, job_id: str, ending: Ending) -> None:
    """End a job; one that has ended, or is not there, stays as it is."""
    _end(connection, job_id, _row(ending))


def plan(connection: sqlite3.Connection, job_id: str, generation: str, ending: Ending) -> None:
    """Note how a running job ends once a generation is published."""
    connection.execute(
        "UPDATE jobs SET planned = ? WHERE id = ? AND state = 'running'",
        (json.dumps([generation, _row(ending)]), job_id),
    )


def abandon(
    connection: sqlite3.Connection, row: sqlite3.Row, published: str | None, *, alone: bool
) -> bool:
    """Settle a running job whose worker died.

    Args:
        connection: in a transaction.
        row: the job's.
        published: the generation that is published, None for none.
        alone: whether the worker had no other job.

    Returns:
        Whether it has ended; else it is queued again, to be claimed alone.
    """
    awaited, planned = json.loads(row["planned"] or "[null, null]")
    if awaited is not None and awaited == published:
        if row["kind"] == JobKind.REMOVE_COLLECTION:
            connection.execute("DELETE FROM collections WHERE name = ?", (row["collection"],))
        _end(connection, row["id"], planned)
        return True
    if alone:
        end(connection, row["id"], Ending(JobState.FAILED, error=_ABANDONED))
        return True
    connection.execute(
        "UPDATE jobs SET state = 'queued', alone = 1, planned = NULL, stage = '', done = 0, "
        "total = 0 WHERE id = ?",
        (row["id"],),
    )
    return False


def pack_files(files: Iterable[JobFile]) -> str:
    """A job's files as they are stored."""
    stored = (replace(file, name=storable(file.name)) for file in files)
    return json.dumps([astuple(file) for file in stored])


def unpack_files(packed: str) -> tuple[JobFile, ...]:
    """A job's files, read from what `pack_files` made."""
    return tuple(JobFile(*each) for each in json.loads(packed))


def _end(connection: sqlite3.Connection, job_id: str, row: Sequence[str | None]) -> None:
    connection.execute(
        "UPDATE jobs SET state = ?, files = coalesce(?, files), error = ?, generation = ?, "
        "ended = ?, planned = NULL, stage = '', done = 0, total = 0 "
        "WHERE id = ? AND state IN ('queued', 'running')",
        (*row, now(), job_id),
    )


def _row(ending: Ending) -> tuple[str | None, ...]:
    files = None if ending.files is None else pack_files(ending.files)
    return ending.state.value, files, ending.error, ending.generation
