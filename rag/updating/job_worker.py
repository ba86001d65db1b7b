"""Applies the jobs that wait to the index: all of them with one build."""

import time
from collections.abc import Callable, Iterator
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
from rag.index.documents import Entry
from rag.index.local.build import BuildRequest, build_generation
from rag.index.local.generation import (
    Generation,
    read_pointer,
)
from rag.index.local.publication import BuildLock, hold_build_lock, remove_others
from rag.library.job import Ending, Job, JobKind, JobState
from rag.library.library import Library, ServiceLayout, open_library
from rag.library.worker_locks import hold_owner
from rag.protocols import Embedder
from rag.settings import Settings
from rag.text.typography import typeset
from rag.updating.job_progress import JobProgress
from rag.updating.job_recovery import settle_abandoned
from rag.updating.update_index import Watcher, open_published
from rag.updating.upload_recovery import reconcile

if TYPE_CHECKING:
    from rag.updating.job_changes import Amendment

_PATIENCE_SECONDS: Final = 600.0
_PAUSE_SECONDS: Final = 0.2
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


def work(
    settings: Settings, watcher: Watcher | None = None, embedder: Embedder | None = None
) -> int:
    """Apply every queued job to the index, and publish it once.

    Another process may be building: its end is waited for, and the jobs stay queued.

    Args:
        settings: where the index and the service's records are.
        watcher: what is told as the work advances.
        embedder: the model, where it is open already; None opens the one set.

    Returns:
        How many jobs were worked on, failed ones included; 0 where none waited.

    Raises:
        LibraryError: the service's records cannot be read or written.
        IndexBusyError: another process kept building the index for ten minutes.
        SourcierError: whatever kept the index from being built; the jobs failed by it.
    """
    return len(apply_jobs(settings, watcher, embedder))


def apply_jobs(
    settings: Settings, watcher: Watcher | None = None, embedder: Embedder | None = None
) -> list[Job]:
    """As `work`, which see; gives the jobs as they ended."""
    layout = ServiceLayout(settings.service_directory)
    if not layout.database.exists():
        return []
    with open_library(layout) as records, hold_owner(layout.workers) as owner:
        settle_abandoned(records.jobs, settings)
        waiting = records.jobs.waiting() > 0
        with ExitStack() as stack:
            try:
                patience = _PATIENCE_SECONDS if waiting else 0.0
                lock = stack.enter_context(_held(settings.index.directory, patience))
            except IndexBusyError:
                if waiting:
                    raise
                return []
            claimed = records.jobs.claim(owner)
            if not claimed:
                # An index that cannot be read says nothing of what may go.
                with suppress(IndexStaleError, IndexCorruptError):
                    _clean(lock, records)
                return []
            _Shift(settings, records, lock, claimed, watcher or Watcher()).run(embedder)
            ended = [records.jobs.find(job.id) for job in claimed]
            _clean(lock, records)
            return ended


class _Shift:
    """The jobs claimed, all of them applied with one build or none at all."""

    def __init__(
        self,
        settings: Settings,
        records: Library,
        lock: BuildLock,
        jobs: list[Job],
        watcher: Watcher,
    ) -> None:
        self._settings = settings
        self._records = records
        self._lock = lock
        self._jobs = jobs
        self._watcher = watcher
        self._progress = JobProgress(records.jobs, [job.id for job in jobs], watcher)

    def run(self, embedder: Embedder | None) -> None:
        """Apply the jobs and end them.

        Raises:
            SourcierError: none was applied; they failed, and say why.
        """
        try:
            with ExitStack() as stack:
                previous = open_published(self._settings.index.directory, stack)
                reconcile(self._records, previous)
                self._records.tidy()
                model = embedder or open_embedder(self._settings.embedding, self._watcher.model)
                amendment = self._amendment(previous, model)
                generation = self._build(amendment, previous, model)
            self._settle(amendment, generation)
        except BaseException as error:
            self._fail(error)
            raise

    def _amendment(self, previous: Generation | None, model: Embedder) -> "Amendment":
        # Readers and splitters take a second to load, which nothing else must wait for.
        from rag.updating.job_changes import Amendment
        from rag.updating.previous_index import Former
        from rag.updating.uploaded_documents import Uploaded

        chunking = self._settings.chunking
        former = None if previous is None else Former(previous, chunking, model)
        uploaded = Uploaded(
            self._records.uploads.all(),
            self._records.originals.path,
            model,
            chunking,
            self._settings.limits,
        )
        return Amendment(self._jobs, uploaded, former, self._progress.file)

    def _build(
        self, amendment: "Amendment", previous: Generation | None, model: Embedder
    ) -> str | None:
        """The generation that was published; None where nothing changes."""
        changed = amendment.changed()
        first = next(changed, None)
        if first is None and not amendment.removed:
            return None

        def forget() -> None:
            # Before the publication, so that a crash after it brings nothing back.
            self._records.uploads.remove(amendment.removed)

        entries = chain(
            () if first is None else (first,), changed, _then(forget), amendment.kept()
        )
        request = BuildRequest(
            entries=entries,
            chunking=self._settings.chunking.model_dump(),
            exact_passages=self._settings.index.exact_passages,
            skipped=amendment.skipped,
            previous=previous,
        )
        try:
            build_generation(
                self._lock, request, model, self._progress.stage, partial(self._plan, amendment)
            )
        except IndexWriteError as error:
            # The former generation could not be removed, once the new one was published.
            if not self._progress.published:
                raise
            self._watcher.warning(str(error))
        return read_pointer(self._lock.layout).generation

    def _plan(self, amendment: "Amendment", generation: str) -> None:
        """Note how the jobs end with a generation, so that a crash after it loses nothing."""
        self._records.jobs.plan(generation, self._endings(amendment, generation))

    def _settle(self, amendment: "Amendment", generation: str | None) -> None:
        self._records.uploads.put(*amendment.added)
        endings = self._endings(amendment, generation)
        for job in self._jobs:
            if job.kind is JobKind.REMOVE_COLLECTION:
                self._records.collections.remove(job.collection)
            ending = endings[job.id]
            self._records.jobs.finish(
                job.id, ending.state, ending.files, ending.error, ending.generation
            )

    def _endings(self, amendment: "Amendment", generation: str | None) -> dict[str, Ending]:
        endings = {}
        for number, job in enumerate(self._jobs):
            outcome = amendment.outcome(number)
            took_part = generation if outcome.state is not JobState.FAILED else None
            endings[job.id] = Ending(outcome.state, outcome.files, outcome.error, took_part)
        return endings

    def _fail(self, error: BaseException) -> None:
        after = _CHANGED if self._progress.published else _STANDS
        reason = typeset(f"{_reason(error)} {after}")
        # Where even this cannot be written, the jobs fail with their owner.
        with suppress(LibraryError):
            for job in self._jobs:
                self._records.jobs.finish(job.id, JobState.FAILED, error=reason)
        with suppress(SourcierError):
            _clean(self._lock, self._records)


def _clean(lock: BuildLock, records: Library) -> None:
    """Leave nothing behind that a worker before may have left, and that holds text."""
    with ExitStack() as stack:
        published = open_published(lock.layout.root, stack)
        reconcile(records, published)
        if published is not None:
            remove_others(lock, published.manifest.generation)
    records.tidy()


@contextmanager
def _held(directory: Path, patience: float) -> Iterator[BuildLock]:
    """The right to build, waited for as many seconds as ``patience`` says.

    Raises:
        IndexBusyError: it did not come.
        IndexWriteError: the index folder cannot be written.
    """
    until = time.monotonic() + patience
    with ExitStack() as stack:
        while True:
            try:
                lock = stack.enter_context(hold_build_lock(directory))
                break
            except IndexBusyError:
                if time.monotonic() >= until:
                    raise
            time.sleep(_PAUSE_SECONDS)
        yield lock


def _then(action: Callable[[], None]) -> Iterator[Entry]:
    """No entry, but what is to be done once those before were taken."""
    action()
    yield from ()


def _reason(error: BaseException) -> str:
    """Why the jobs failed, for whoever sent them: nothing of the machine's inside."""
    return next((said for kind, said in _REASONS if isinstance(error, kind)), _INTERRUPTED)
