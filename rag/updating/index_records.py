"""The records that bear on the index, open together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from rag.library.blob_store import Originals
from rag.library.collections import Collections
from rag.library.database import Database
from rag.library.jobs import Jobs
from rag.library.layout import ServiceLayout
from rag.library.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Records:
    """Jobs, uploads with their files, collections."""

    jobs: Jobs
    uploads: Uploads
    originals: Originals
    collections: Collections

    def tidy(self) -> None:
        """Remove the files that no upload and no job to come needs, and old jobs.

        Raises:
            LibraryError: something cannot be removed.
        """
        self.originals.keep_only(partial(named_digests, self.jobs, self.uploads))
        self.jobs.prune()


def named_digests(jobs: Jobs, uploads: Uploads) -> set[str]:
    """The digest of every file that a job to come or an upload needs.

    Raises:
        LibraryError: the records cannot be read.
    """
    # In this order: an upload is put on record before its job ends.
    return jobs.digests() | uploads.digests()


@contextmanager
def open_records(layout: ServiceLayout) -> Iterator[Records]:
    """The records of a service's folder, for the body.

    Raises:
        LibraryError: they cannot be read or written.
    """
    database = Database(layout.database)
    try:
        yield Records(
            Jobs(database),
            Uploads(database),
            Originals(layout.originals),
            Collections(database),
        )
    finally:
        database.close()
