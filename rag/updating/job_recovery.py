"""What became of jobs whose worker died: the published generation tells."""

from functools import partial

from rag.errors import IndexingError
from rag.index.local.generation import read_pointer
from rag.index.local.layout import IndexLayout
from rag.library.jobs import Jobs
from rag.library.library import ServiceLayout
from rag.library.worker_locks import is_alive
from rag.settings import Settings


def settle_abandoned(jobs: Jobs, settings: Settings) -> list[str]:
    """Settle the running jobs whose worker is dead; the ids of those that ended.

    Raises:
        LibraryError: the records cannot be read or written.
    """
    owners = ServiceLayout(settings.service_directory).workers
    index = IndexLayout(settings.index.directory)
    return jobs.settle_abandoned(partial(is_alive, owners), partial(_published, index))


def _published(index: IndexLayout) -> str | None:
    """The generation that is published; None for none, or where that cannot be known."""
    try:
        return read_pointer(index).generation
    except IndexingError:
        return None
