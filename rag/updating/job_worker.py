"""Applies the jobs that wait to the index: all of them with one build."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.embedding.factory import open_embedder
from rag.errors import (
    IndexBusyError,
    IndexCorruptError,
    IndexStaleError,
    IndexWriteError,
    LibraryError,
    ModelError,
    SourcierError,
)
from rag.index.build_stages import Stage
from rag.index.documents import Entry
from rag.index.local.build import BuildRequest, build_generation
from rag.index.local.generation import Generation, read_pointer
from rag.index.local.publication import BuildLock, hold_build_lock, remove_others
from rag.library.job import Ending, Job, JobKind, JobState
from rag.library.jobs import Jobs
from rag.library.library import Library, ServiceLayout, open_library
from rag.library.worker_locks import hold_worker_lock
from rag.protocols import Embedder
from rag.settings import Settings
from rag.text.typography import typeset
from rag.updating.job_recovery import recover_uploads, settle_abandoned
from rag.updating.update_index import Watcher, open_published

if TYPE_CHECKING:
    from rag.updating.job_changes import JobChanges

_LOCK_SECONDS: Final = 600.0
_LOCK_PAUSE_SECONDS: Final = 0.2
_PROGRESS_PAUSE_SECONDS: Final = 0.5
READING: Final = "reading"
"""The stage before `rag.index.build_stages.Stage`: the files that jobs sent are read."""

_STANDS: Final = "Rien n'a changé dans l'index ; renvoyez la demande ensuite."
_CHANGED: Final = "Les documents ont pourtant changé ; vérifiez-les."
_INTERRUPTED: Final = "Le travail a été interrompu."
_REASONS: Final = (
    (IndexStaleError, "L'index est périmé : il faut d'abord le reconstruire (sourcier index)."),
    (
        IndexCorruptError,
        "L'index est endommagé : il faut d'abord le reconstruire (sourcier index).",
    ),
    (IndexWriteError, "L'index ne peut pas être écrit : la place ou les droits manquent."),
    (LibraryError, "Les registres du service ne peuvent pas être lus ou écrits."),
    (ModelError, "Le modèle d'embedding ne peut pas être utilisé."),
    (MemoryError, "La mémoire manque pour ce travail."),
    (Exception, "Le travail a échoué pour une raison inattendue, notée au journal."),
)


def apply_jobs(
    settings: Settings, watcher: Watcher | None = None, embedder: Embedder | None = None
) -> list[Job]:
    """Apply every queued job to the index, and publish it once.

    Another process may be building: its end is waited for, and the jobs stay queued.
    ``embedder`` is the model where it is open already; None opens the one set.

    Returns:
        The jobs that were worked on, as they ended, failed ones included.

    Raises:
        LibraryError: the service's records cannot be read or written.
        IndexBusyError: another process kept building the index for ten minutes.
        SourcierError: whatever kept the index from being built; the jobs failed by it.
    """
    layout = ServiceLayout(settings.service_directory)
    if not layout.database.exists():
        return []
    with open_library(layout) as library, hold_worker_lock(layout.workers) as worker:
        settle_abandoned(library.jobs, settings)
        waiting = library.jobs.waiting() > 0
        with ExitStack() as stack:
            try:
                patience = _LOCK_SECONDS if waiting else 0.0
                lock = stack.enter_context(_build_lock(settings.index.directory, patience))
            except IndexBusyError:
                if waiting:
                    raise
                return []
            claimed = library.jobs.claim(worker)
            if not claimed:
                # An index that cannot be read says nothing of what may go.
                with suppress(IndexStaleError, IndexCorruptError):
                    _clean(lock, library)
                return []
            _Batch(settings, library, lock, claimed, watcher or Watcher()).run(embedder)
            ended = [library.jobs.find(job.id) for job in claimed]
            _clean(lock, library)
            return ended


class _Batch:
    """The jobs claimed, all of them applied with one build or none at all."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        lock: BuildLock,
        jobs: list[Job],
        watcher: Watcher,
    ) -> None:
        self._settings = settings
        self._library = library
        self._lock = lock
        self._jobs = jobs
        self._watcher = watcher
        self._progress = _JobProgress(library.jobs, [job.id for job in jobs], watcher)

    def run(self, embedder: Embedder | None) -> None:
        """Apply the jobs and end them; where that raises, none was applied, and all failed."""
        try:
            with ExitStack() as stack:
                previous = open_published(self._settings.index.directory, stack)
                recover_uploads(self._library, previous)
                self._library.tidy()
                model = embedder or open_embedder(self._settings.embedding, self._watcher.model)
                changes = self._changes(previous, model)
                generation = self._build(changes, previous, model)
            self._settle(changes, generation)
        except BaseException as error:
            self._fail(error)
            raise

    def _changes(self, previous: Generation | None, model: Embedder) -> "JobChanges":
        # Readers and splitters take a second to load, which nothing else must wait for.
        from rag.updating.job_changes import JobChanges
        from rag.updating.previous_index import PreviousIndex
        from rag.updating.uploaded_documents import UploadedDocuments

        chunking = self._settings.chunking
        before = PreviousIndex(previous, chunking, model)
        uploaded = UploadedDocuments(
            self._library.uploads.all(),
            before,
            self._library.originals.path,
            model,
            chunking,
            self._settings.limits,
        )
        return JobChanges(self._jobs, uploaded, before, self._progress.file)

    def _build(
        self, changes: "JobChanges", previous: Generation | None, model: Embedder
    ) -> str | None:
        """The generation that was published; None where nothing changes."""
        changed = changes.changed()
        first = next(changed, None)
        if first is None and not changes.removed:
            return None

        def forget() -> None:
            # Before the publication, so that a crash after it brings nothing back.
            self._library.uploads.remove(changes.removed)

        entries = chain(
            () if first is None else (first,), changed, _then(forget), changes.unchanged()
        )
        request = BuildRequest(
            entries=entries,
            chunking=self._settings.chunking.model_dump(),
            exact_passages=self._settings.index.exact_passages,
            skipped=changes.skipped,
            previous=previous,
        )
        try:
            build_generation(
                self._lock, request, model, self._progress.stage, partial(self._plan, changes)
            )
        except IndexWriteError as error:
            # The former generation could not be removed, once the new one was published.
            if not self._progress.published:
                raise
            self._watcher.warning(str(error))
        return read_pointer(self._lock.layout).generation

    def _plan(self, changes: "JobChanges", generation: str) -> None:
        """Note how the jobs end with a generation, so that a crash after it loses nothing."""
        self._library.jobs.plan(generation, changes.endings(generation))

    def _settle(self, changes: "JobChanges", generation: str | None) -> None:
        self._library.uploads.put(*changes.added)
        endings = changes.endings(generation)
        for job in self._jobs:
            if job.kind is JobKind.REMOVE_COLLECTION:
                self._library.collections.remove(job.collection)
            self._library.jobs.finish(job.id, endings[job.id])

    def _fail(self, error: BaseException) -> None:
        after = _CHANGED if self._progress.published else _STANDS
        failed = Ending(JobState.FAILED, error=typeset(f"{_reason(error)} {after}"))
        # Where even this cannot be written, the jobs fail with their owner.
        with suppress(LibraryError):
            for job in self._jobs:
                self._library.jobs.finish(job.id, failed)
        with suppress(SourcierError):
            _clean(self._lock, self._library)


class _JobProgress:
    """Tells of a build, and writes to its jobs at most twice a second."""

    def __init__(self, jobs: Jobs, ids: Sequence[str], watcher: Watcher) -> None:
        self._jobs = jobs
        self._ids = ids
        self._watcher = watcher
        self._written = -_PROGRESS_PAUSE_SECONDS
        self._reading = False
        self.published = False
        """Whether the index is the new one by now."""

    def file(self, done: int, total: int, name: str) -> None:
        """A file is about to be read; ``done == total`` once all are."""
        self._reading = done < total
        self._watcher.files(done, total, name)
        self._write(READING, done, total)

    def stage(self, stage: Stage, done: int, total: int) -> None:
        """A stage of the build advanced."""
        self.published = self.published or stage is Stage.PUBLISHED
        self._watcher.stages(stage, done, total)
        if not self._reading:
            self._write(stage.value, done, total)

    def _write(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._written < _PROGRESS_PAUSE_SECONDS:
            return
        self._written = now
        # What cannot be told is no reason not to go on.
        with suppress(LibraryError):
            self._jobs.advance(self._ids, stage, done, total)


def _clean(lock: BuildLock, library: Library) -> None:
    """Leave nothing behind that a worker before may have left, and that holds text."""
    with ExitStack() as stack:
        published = open_published(lock.layout.root, stack)
        recover_uploads(library, published)
        if published is not None:
            remove_others(lock, published.manifest.generation)
    library.tidy()


@contextmanager
def _build_lock(directory: Path, patience: float) -> Iterator[BuildLock]:
    """The right to build, waited for as many seconds as ``patience`` says."""
    until = time.monotonic() + patience
    with ExitStack() as stack:
        while True:
            try:
                lock = stack.enter_context(hold_build_lock(directory))
                break
            except IndexBusyError:
                if time.monotonic() >= until:
                    raise
            time.sleep(_LOCK_PAUSE_SECONDS)
        yield lock


def _then(action: Callable[[], None]) -> Iterator[Entry]:
    """No entry, but what is to be done once those before were taken."""
    action()
    yield from ()


def _reason(error: BaseException) -> str:
    """Why the jobs failed, for whoever sent them: nothing of the machine's inside."""
    return next((said for kind, said in _REASONS if isinstance(error, kind)), _INTERRUPTED)
