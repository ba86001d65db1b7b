"""Makes an index, brings it up to date, describes it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.embedding.factory import open_embedder
from rag.errors import IndexCorruptError, IndexMissingError, IndexStaleError, UsageError
from rag.index.build_stages import Observer
from rag.index.documents import Entry, SkippedFile
from rag.index.local.build import BuildReport, BuildRequest, build_generation
from rag.index.local.generation import Generation, open_generation
from rag.index.local.manifest import Manifest
from rag.index.local.publication import hold_build_lock
from rag.index.local.verification import Problem, verify
from rag.library.blob_store import Originals
from rag.library.database import Database
from rag.library.library import ServiceLayout
from rag.library.uploads import UPLOADED, Upload, Uploads
from rag.protocols import Embedder, Progress
from rag.settings import Settings
from rag.text.typography import typeset

if TYPE_CHECKING:
    from rag.updating.folder_sync import SyncRequest
    from rag.updating.previous_index import FileObserver


@dataclass(frozen=True, slots=True)
class Watcher:
    """What is told as a long work advances; see `FileObserver`, `Observer` and `Progress`."""

    model: Progress = lambda done, total: None
    files: "FileObserver" = lambda done, total, path: None
    stages: Observer = lambda stage, done, total: None
    warning: Callable[[str], None] = lambda message: None
    questions: Progress = lambda done, total: None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did: the build's counts, and each file left out with its reason."""

    build: BuildReport
    skipped: tuple[tuple[str, str], ...]


def update_index(settings: Settings, request: "SyncRequest", watcher: Watcher) -> IndexReport:
    """Bring an index up to date with files, and publish it.

    Documents that were uploaded stay; those that the index lost are read again.

    Raises:
        InputPathError: a path does not exist.
        UsageError: no path is given, and nothing was ever uploaded.
        ModelError: the model cannot be used.
        IndexBusyError: another process is building this index.
        IndexWriteError: the index cannot be written.
        LibraryError: the service's records cannot be read.
    """
    # Readers and splitters take a second to load, which answering must not wait for.
    from rag.updating.folder_sync import FolderSync

    directory = settings.index.directory
    layout = ServiceLayout(settings.service_directory)
    _check_asked(request, layout)
    embedder = open_embedder(settings.embedding, watcher.model)
    sync = FolderSync(request, embedder, settings.chunking, settings.limits, watcher.files)
    uploads, originals = _uploads(layout), Originals(layout.originals)
    build = build_index(
        settings,
        directory,
        embedder,
        watcher,
        lambda previous: sync.entries(previous, uploads, originals.path),
        sync.skipped,
    )
    asked = [
        each
        for each in sync.skipped
        if each.collection == request.collection or each.root == UPLOADED
    ]
    return IndexReport(build, tuple((each.path, each.reason) for each in asked))


def build_index(
    settings: Settings,
    directory: Path,
    embedder: Embedder,
    watcher: Watcher,
    entries: Callable[[Generation | None], Iterable[Entry]],
    skipped: Sequence[SkippedFile] = (),
) -> BuildReport:
    """Build an index in a folder, and publish it in the place of the one before.

    ``entries`` gives all the documents of the index, which may be read lazily; it is told
    the generation before, whose vectors are taken over, None where there is none.
    ``skipped``, the files left out, is looked at once the entries are exhausted.

    Raises:
        IndexBusyError: another process is building this index.
        IndexWriteError: the index cannot be written.
        Exception: whatever reading the entries raises.
    """
    with hold_build_lock(directory) as lock, ExitStack() as stack:
        previous = _open_previous(directory, watcher, stack)
        request = BuildRequest(
            entries=entries(previous),
            chunking=settings.chunking.model_dump(),
            exact_passages=settings.index.exact_passages,
            skipped=skipped,
            previous=previous,
        )
        return build_generation(lock, request, embedder, watcher.stages)


@dataclass(frozen=True, slots=True)
class IndexDescription:
    """What is published, without the checksums; see `Manifest`."""

    manifest: Manifest
    skipped: tuple[SkippedFile, ...]


def describe_index(settings: Settings) -> IndexDescription:
    """What is published; errors as `open_generation`'s. Needs no model."""
    with open_generation(settings.index.directory) as generation:
        return IndexDescription(generation.manifest, generation.store.skipped())


def verify_index(settings: Settings) -> list[Problem]:
    """What is broken in the published index; see `verify`."""
    return verify(settings.index.directory)


def _open_previous(directory: Path, watcher: Watcher, stack: ExitStack) -> Generation | None:
    """The published generation to take over from; None where there is none that can be."""
    try:
        return open_published(directory, stack)
    except (IndexStaleError, IndexCorruptError) as error:
        watcher.warning(
            f"{error}\nIl est donc reconstruit, à partir des chemins donnés et des documents "
            "envoyés au service, s'il y en a."
        )
        return None


def _check_asked(request: "SyncRequest", layout: ServiceLayout) -> None:
    if request.paths:
        return
    if request.prune:
        raise UsageError(
            typeset("--prune retire ce qui n'est sous aucun CHEMIN : donnez-en au moins un.")
        )
    if not _uploads(layout):
        raise UsageError(
            typeset(
                "Donnez au moins un CHEMIN à indexer : aucun document n'a été envoyé au "
                "service."
            )
        )


def _uploads(layout: ServiceLayout) -> list[Upload]:
    """The uploads on record; none, and nothing is opened, where no service ever ran."""
    if not layout.database.exists():
        return []
    database = Database(layout.database)
    try:
        return Uploads(database).all()
    finally:
        database.close()


def open_published(directory: Path, stack: ExitStack) -> Generation | None:
    """The published generation, open until ``stack`` unwinds; None where there is none."""
    try:
        return stack.enter_context(open_generation(directory))
    except IndexMissingError:
        return None
