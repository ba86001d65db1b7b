"""Changes to the index: waiting, under way, ended.

A job's end is planned before the publication that brings it about, so that it can be found
out after its worker died.
"""

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

from rag.errors import UnknownError
from rag.library.database import Database
from rag.library.job import Ending, Job, JobFile, JobKind, JobState, pack_files, unpack_files
from rag.library.schema import now, storable
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
        packed = pack_files(files)
        job = Job(
            id=str(uuid.uuid4()),
            kind=kind,
            collection=storable(collection),
            state=JobState.QUEUED,
            files=unpack_files(packed),
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
        """A job by its id; an unknown one is an `UnknownError`."""
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

    def plan(self, generation: str, endings: Mapping[str, Ending]) -> None:
        """Tell how running jobs, by id, end once a generation is published.

        Should their worker die between the publication and their end, `settle_abandoned`
        knows what became of them.
        """
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE jobs SET planned = ? WHERE id = ? AND state = 'running'",
                (
                    (json.dumps([generation, ending.stored()]), job_id)
                    for job_id, ending in endings.items()
                ),
            )

    def finish(self, job_id: str, ending: Ending) -> None:
        """End a job; one that has ended, or is not there, stays as it is."""
        with self._database.writing() as connection:
            _end(connection, job_id, ending.stored())

    def pending(self, collection: str, names: Collection[str] | None = None) -> bool:
        """Whether a queued or running job touches a collection, or documents of it.

        ``names`` are ids or names of documents, None for any; a job that removes the whole
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
            or any({each.document_id, each.name} & asked for each in unpack_files(row["files"]))
            for row in rows
        )

    def waiting(self) -> int:
        """How many jobs are queued."""
        return self.counts()[JobState.QUEUED]

    def first(self) -> str | None:
        """The id of the queued job that is claimed first; None where none is queued."""
        rows = self._database.read(
            "SELECT id FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1"
        )
        return str(rows[0]["id"]) if rows else None

    def advance_of_running(self) -> list[tuple[str, str, int, int]]:
        """How far each running job is: its id, its stage, the steps done and their total."""
        rows = self._database.read(
            "SELECT id, stage, done, total FROM jobs WHERE state = 'running' ORDER BY number"
        )
        return [(row["id"], row["stage"], row["done"], row["total"]) for row in rows]

    def ended(self) -> dict[str, JobState]:
        """How each job that has ended and is kept did, by id."""
        rows = self._database.read(
            "SELECT id, state FROM jobs WHERE state NOT IN ('queued', 'running')"
        )
        return {row["id"]: JobState(row["state"]) for row in rows}

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state, those that nothing is in included."""
        rows = self._database.read("SELECT state, count(*) AS n FROM jobs GROUP BY state")
        found = {row["state"]: int(row["n"]) for row in rows}
        return {state: found.get(state.value, 0) for state in JobState}

    def digests(self) -> set[str]:
        """The digest of every file that a queued or running job needs."""
        rows = self._database.read("SELECT files FROM live_jobs")
        files = (each for row in rows for each in unpack_files(row["files"]))
        return {each.sha256 for each in files if each.sha256}

    def settle_abandoned(
        self, is_alive: Callable[[str], bool], published: Callable[[], str | None]
    ) -> list[str]:
        """Settle the running jobs whose owner is dead.

        Those whose planned generation is the published one end as planned. Of the others,
        one that was under way alone fails; those that were together are queued again, each
        to be claimed alone.

        ``is_alive`` is told an owner (`rag.library.worker_locks`); ``published`` gives the
        generation that is published, None for none. Returns the ids of those that ended.
        """
        if not self._database.read("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1"):
            return []
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE state = 'running' ORDER BY number"
            ).fetchall()
            of = Counter(row["owner"] for row in rows)
            dead = {owner for owner in of if not is_alive(owner)}
            current = published() if dead else None
            return [
                row["id"]
                for row in rows
                if row["owner"] in dead
                and _abandon(connection, row, current, alone=of[row["owner"]] == 1)
            ]

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


def _job(row: sqlite3.Row) -> Job:
    fields: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    for column in ("number", "owner", "alone", "planned"):
        del fields[column]
    fields["kind"] = JobKind(row["kind"])
    fields["state"] = JobState(row["state"])
    fields["files"] = unpack_files(row["files"])
    return Job(**fields)


def _end(connection: sqlite3.Connection, job_id: str, ending: Sequence[str | None]) -> None:
    """End a job as `Ending.stored` says; one that has ended, or is not there, stays."""
    connection.execute(
        "UPDATE jobs SET state = ?, files = coalesce(?, files), error = ?, generation = ?, "
        "ended = ?, planned = NULL, stage = '', done = 0, total = 0 "
        "WHERE id = ? AND state IN ('queued', 'running')",
        (*ending, now(), job_id),
    )


def _abandon(
    connection: sqlite3.Connection, row: sqlite3.Row, published: str | None, *, alone: bool
) -> bool:
    """Settle a running job whose worker died; ``alone`` is whether that had no other job.

    Returns whether it has ended; else it is queued again, to be claimed alone.
    """
    awaited, planned = json.loads(row["planned"] or "[null, null]")
    if awaited is not None and awaited == published:
        if row["kind"] == JobKind.REMOVE_COLLECTION:
            connection.execute("DELETE FROM collections WHERE name = ?", (row["collection"],))
        _end(connection, row["id"], planned)
        return True
    if alone:
        failed = Ending(JobState.FAILED, error=_ABANDONED)
        _end(connection, row["id"], failed.stored())
        return True
    connection.execute(
        "UPDATE jobs SET state = 'queued', alone = 1, planned = NULL, stage = '', done = 0, "
        "total = 0 WHERE id = ?",
        (row["id"],),
    )
    return False
