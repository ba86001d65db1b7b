"""Changes to the index: waiting, under way, ended."""

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import astuple, replace
from itertools import takewhile
from typing import Any, Final

from rag.errors import UnknownError
from rag.library.clock import now
from rag.library.database import Database, storable
from rag.library.records import FINISHED, Job, JobFile, JobKind, JobState
from rag.text.typography import typeset

_MOST: Final = 10_000
"""Most jobs told at once."""
_ABANDONED: Final = typeset(
    "Le traitement s'est arrêté avant la fin : son processus a été interrompu. Voyez si la "
    "demande a pris effet, et renvoyez-la au besoin."
)


class Jobs:
    """The jobs in a database; safe to use from several threads, and processes.

    Every method raises `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, kind: JobKind, collection: str, files: Sequence[JobFile] = (), key: str = ""
    ) -> Job:
        """Queue a job, asked by the key of this id; ``files`` in the order to take them."""
        packed = _packed(files)
        job = Job(
            id=str(uuid.uuid4()),
            kind=kind,
            collection=storable(collection),
            state=JobState.QUEUED,
            files=_files(packed),
            created=now(),
            key=key,
        )
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO jobs (id, kind, collection, state, files, created, key) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (job.id, kind.value, job.collection, "queued", packed, job.created, key),
            )
        return job

    def find(self, job_id: str) -> Job:
        """A job by its id.

        Raises:
            UnknownError: there is none.
        """
        found = self._database.read("SELECT * FROM jobs WHERE id = ?", job_id)
        if not found:
            raise UnknownError("Aucun travail n'a cet identifiant.")
        return _job(found[0])

    def recent(self, collections: Collection[str] | None = None, limit: int = 100) -> list[Job]:
        """The newest jobs first, of these collections (None: of all), at most ``limit``."""
        most = max(0, min(limit, _MOST))
        if collections is None:
            rows = self._database.read("SELECT * FROM jobs ORDER BY number DESC LIMIT ?", most)
        else:
            rows = self._database.read(
                "SELECT * FROM jobs WHERE collection IN (SELECT value FROM json_each(?)) "
                "ORDER BY number DESC LIMIT ?",
                json.dumps([storable(each) for each in collections]),
                most,
            )
        return [_job(row) for row in rows]

    def claim(self, owner: str) -> list[Job]:
        """The queued jobs, oldest first, now running for ``owner`` alone.

        All of them, but those that were under way with others when their worker died: each
        of these is claimed by itself, so that it is one of them that fails and not all.
        """
        with self._database.writing() as connection:
            numbers = _together(
                connection.execute(
                    "SELECT number, alone FROM jobs WHERE state = 'queued' ORDER BY number"
                ).fetchall()
            )
            started = now()
            connection.executemany(
                "UPDATE jobs SET state = 'running', owner = ?, started = ? WHERE number = ?",
                ((owner, started, *number) for number in numbers),
            )
            rows = (
                connection.execute("SELECT * FROM jobs WHERE number = ?", number).fetchone()
                for number in numbers
            )
            return [_job(row) for row in rows]

    def advance(self, job_ids: Iterable[str], stage: str, done: int, total: int) -> None:
        """Tell how far running jobs are: ``done`` of ``total`` steps of a stage."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE jobs SET stage = ?, done = ?, total = ? "
                "WHERE id = ? AND state = 'running'",
                ((stage, done, total, job_id) for job_id in job_ids),
            )

    def finish(
        self,
        job_id: str,
        state: JobState,
        files: Sequence[JobFile] | None = None,
        error: str | None = None,
        generation: str | None = None,
    ) -> None:
        """End a job; one that has ended, or is not there, stays as it is.

        Args:
            job_id: which.
            state: one of `FINISHED`.
            files: with the reason of each that was left out; None: as they were.
            error: why the whole job failed.
            generation: the one that was published with it.
        """
        if state not in FINISHED:
            raise ValueError(f"not an end: {state}")
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, files = coalesce(?, files), error = ?, "
                "generation = ?, ended = ? WHERE id = ? AND state IN ('queued', 'running')",
                (
                    state.value,
                    None if files is None else _packed(files),
                    error,
                    generation,
                    now(),
                    job_id,
                ),
            )

    def pending(self, collection: str, names: Collection[str] | None = None) -> bool:
        """Whether a queued or running job touches a collection, or documents of it.

        Args:
            collection: whose jobs are looked at.
            names: ids or names of documents; None for any. A job that removes the whole
                collection touches them all.
        """
        rows = self._database.read(
            "SELECT kind, files FROM live_jobs WHERE collection = ?",
            collection,
        )
        if names is None:
            return bool(rows)
        asked = {storable(each) for each in names}
        return any(
            row["kind"] == JobKind.REMOVE_COLLECTION
            or any({each.document_id, each.name} & asked for each in _files(row["files"]))
            for row in rows
        )

    def waiting(self) -> int:
        """How many jobs are queued."""
        return self.counts()[JobState.QUEUED]

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state, those that nothing is in included."""
        rows = self._database.read("SELECT state, count(*) AS n FROM jobs GROUP BY state")
        found = {row["state"]: int(row["n"]) for row in rows}
        return {state: found.get(state.value, 0) for state in JobState}

    def digests(self) -> set[str]:
        """The digest of every file that a queued or running job needs."""
        rows = self._database.read("SELECT files FROM live_jobs")
        files = (each for row in rows for each in _files(row["files"]))
        return {each.sha256 for each in files if each.sha256}

    def fail_abandoned(self, is_alive: Callable[[str], bool]) -> list[str]:
        """Fail the running jobs whose owner is dead.

        Those that it had claimed together are queued again, each to be claimed alone.

        Args:
            is_alive: of an owner (`rag.library.owners`).

        Returns:
            The ids of those that failed.
        """
        if not self._database.read("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1"):
            return []
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT id, owner FROM jobs WHERE state = 'running' ORDER BY number"
            ).fetchall()
            of = Counter(row["owner"] for row in rows)
            dead = {owner for owner in of if not is_alive(owner)}
            failed = [
                row["id"] for row in rows if row["owner"] in dead and of[row["owner"]] == 1
            ]
            connection.executemany(
                "UPDATE jobs SET state = 'queued', alone = 1 WHERE owner = ? "
                "AND state = 'running'",
                ((owner,) for owner in dead if of[owner] > 1),
            )
            ended = now()
            connection.executemany(
                "UPDATE jobs SET state = 'failed', error = ?, ended = ? WHERE id = ?",
                ((_ABANDONED, ended, job_id) for job_id in failed),
            )
        return failed

    def prune(self, keep: int = 1000) -> None:
        """Forget all but the newest ended jobs; those that have not ended stay."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number NOT IN "
                "(SELECT number FROM jobs WHERE state NOT IN ('queued', 'running') "
                "ORDER BY number DESC LIMIT ?)",
                (keep,),
            )


def _together(queued: Sequence[sqlite3.Row]) -> list[tuple[int]]:
    """The numbers of those to claim: the first alone, or all up to one that is."""
    if queued and queued[0]["alone"]:
        return [(queued[0]["number"],)]
    return [(row["number"],) for row in takewhile(lambda row: not row["alone"], queued)]


def _packed(files: Iterable[JobFile]) -> str:
    stored = (replace(file, name=storable(file.name)) for file in files)
    return json.dumps([astuple(file) for file in stored])


def _files(packed: str) -> tuple[JobFile, ...]:
    return tuple(JobFile(*each) for each in json.loads(packed))


def _job(row: sqlite3.Row) -> Job:
    fields: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    del fields["number"], fields["owner"], fields["alone"]
    fields["kind"] = JobKind(row["kind"])
    fields["state"] = JobState(row["state"])
    fields["files"] = _files(row["files"])
    return Job(**fields)
