"""The service's own records: where they lie on disk, and those of documents open together.

::

    <service>/
    ├── service.sqlite      keys, collections, uploads, jobs, feedback
    ├── originals/<sha256>  uploaded files by their content
    └── servers/<id>.lock   held by each process that works on jobs
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rag.library.blob_store import Originals
from rag.library.collections import Collections
from rag.library.database import Database
from rag.library.jobs import Jobs
from rag.library.uploads import Uploads


@dataclass(frozen=True, slots=True)
class ServiceLayout:
    """The paths of a service's folder."""

    root: Path

    @property
    def database(self) -> Path:
        """The records, in SQLite."""
        return self.root / "service.sqlite"

    @property
    def originals(self) -> Path:
        """Folder of the uploaded files."""
        return self.root / "originals"

    @property
    def workers(self) -> Path:
        """Folder of the locks of those who work on jobs."""
        return self.root / "servers"


@dataclass(frozen=True, slots=True)
class Library:
    """What the service keeps of documents: jobs, uploads with their files, collections."""

    jobs: Jobs
    uploads: Uploads
    originals: Originals
    collections: Collections

    def tidy(self) -> None:
        """Remove the files that no upload and no job to come needs, and old jobs."""
        self.originals.keep_only(partial(named_digests, self.jobs, self.uploads))
        self.jobs.prune()


def named_digests(jobs: Jobs, uploads: Uploads) -> set[str]:
    """The digest of every file that a job to come or an upload needs."""
    # In this order: an upload is put on record before its job ends.
    return jobs.digests() | uploads.digests()


@contextmanager
def open_library(layout: ServiceLayout) -> Iterator[Library]:
    """The library of a service's folder, for the body.

    Raises:
        LibraryError: the records cannot be read or written.
    """
    database = Database(layout.database)
    try:
        yield Library(
            Jobs(database),
            Uploads(database),
            Originals(layout.originals),
            Collections(database),
        )
    finally:
        database.close()
