"""Building a generation: documents in, a published index out, or nothing changed.

Four passes: the documents into the store, with copies found; each passage into tables and
lexical index; vectors, taken over where the text is known; then everything sealed, opened
as a reader would, and published by one rename.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from rag.errors import IndexCorruptError, IndexMissingError
from rag.index.build_stages import Observer, Stage
from rag.index.documents import DocumentHeader, Entry, SkippedFile
from rag.index.local.analysis import analyse
from rag.index.local.duplicates import PassageFingerprints
from rag.index.local.generation import Generation, open_files, read_pointer
from rag.index.local.layout import FORMAT_VERSION, GenerationLayout, new_generation_id
from rag.index.local.manifest import Manifest, Pointer, seal_files, write_manifest
from rag.index.local.publication import (
    BuildLock,
    publish,
    remove_others,
    remove_unpublished,
)
from rag.index.local.store import Store
from rag.index.local.store_writer import StoreWriter
from rag.index.local.vectorising import write_vectors
from rag.index.local.vectors import choose_vector_index
from rag.protocols import Embedder
from rag.storage.disk_errors import index_errors
from rag.types import Document


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What the index shall hold.

    ``entries`` are all its documents, the unchanged ones included, and may be read lazily;
    ``skipped`` is looked at once they are exhausted, so that reading them may fill it.
    ``chunking`` are the settings that cut them; above ``exact_passages`` the vector search
    is a graph. ``previous`` is the generation to compare with and take vectors from.
    """

    entries: Iterable[Entry]
    chunking: Mapping[str, int]
    exact_passages: int
    skipped: Sequence[SkippedFile] = ()
    previous: Generation | None = None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. Passages and sentences are those indexed, copies left out.

    ``embedded`` counts the texts that had no vector yet, each once however often it stands.
    """

    generation: str
    documents: int
    added: int
    changed: int
    unchanged: int
    removed: int
    skipped: int
    passages: int
    sentences: int
    duplicates: int
    embedded: int


def build_generation(
    lock: BuildLock,
    request: BuildRequest,
    embedder: Embedder,
    observe: Observer = lambda stage, done, total: None,
    sealed: Callable[[str], None] = lambda generation: None,
) -> BuildReport:
    """Build a generation, publish it and remove the others.

    ``sealed`` is called with its id right before it is published.

    Whatever is raised before the publication, the unfinished generation is removed and the
    former one stands.

    Raises:
        IndexWriteError: the index folder cannot be written, or is full.
        IndexingError: two documents have one id, or the model gave unusable vectors.
        Exception: whatever reading ``request.entries``, the embedder or ``sealed`` raises.
    """
    index = lock.layout
    _remove_leftovers(lock)
    layout = index.generation(new_generation_id())
    try:
        with index_errors(index.root):
            layout.folder.mkdir(parents=True)
        report, pointer = _Build(layout, request, embedder, observe).run()
        sealed(layout.id)
        publish(lock, pointer)
    except BaseException:
        remove_unpublished(index, layout)
        raise
    observe(Stage.PUBLISHED, 1, 1)
    remove_others(lock, layout.id)
    observe(Stage.CLEANED, 1, 1)
    return report


class _Changes:
    """Documents counted against the previous generation, as they come.

    ``changed`` counts those whose text, title or metadata differ, ``removed`` those of
    before that did not come, once all have.
    """

    def __init__(self, previous: Generation | None) -> None:
        headers = previous.store.headers() if previous is not None else []
        self._before = {header.id: header for header in headers}
        self.added = 0
        self.changed = 0
        self.unchanged = 0

    @property
    def removed(self) -> int:
        return len(self._before)

    def count(self, document: Document) -> None:
        header = self._before.pop(document.id, None)
        if header is None:
            self.added += 1
        elif _said(header) == _said(document):
            self.unchanged += 1
        else:
            self.changed += 1


class _Build:
    """One build's passes; each leaves on disk what the next one reads."""

    def __init__(
        self,
        layout: GenerationLayout,
        request: BuildRequest,
        embedder: Embedder,
        observe: Observer,
    ) -> None:
        self._layout = layout
        self._request = request
        self._embedder = embedder
        self._observe = observe

    def run(self) -> tuple[BuildReport, Pointer]:
        changes = _Changes(self._request.previous)
        self._store(changes)
        store = Store(self._layout.store)
        try:
            counts = store.counts()
            embedded, sentences = self._index(store, counts["canonical"])
            manifest = self._manifest(counts, sentences, store.collections())
        finally:
            store.close()
        return self._report(manifest, changes, embedded), self._seal(manifest)

    def _store(self, changes: _Changes) -> None:
        fingerprints = PassageFingerprints()
        with index_errors(self._layout.folder):
            writer = StoreWriter(self._layout.store)
        try:
            for done, entry in enumerate(self._request.entries, start=1):
                with index_errors(self._layout.folder):
                    fingerprints.add(entry, writer.add(entry))
                changes.count(entry.document)
                self._observe(Stage.STORED, done, 0)
            with index_errors(self._layout.folder):
                writer.add_skipped(self._request.skipped)
                writer.set_rows(*fingerprints.choose_rows(writer.passage_text))
                writer.finish()
        finally:
            writer.close()
        total = fingerprints.documents
        self._observe(Stage.STORED, total, total)

    def _index(self, store: Store, passages: int) -> tuple[int, int]:
        """How many texts were embedded, and how many sentences there are."""
        with index_errors(self._layout.folder):
            keys = analyse(self._layout, store, partial(self._observe, Stage.ANALYSED))
        embedded = write_vectors(
            self._layout,
            store,
            keys,
            self._request.previous,
            self._embedder,
            choose_vector_index(passages, self._request.exact_passages),
            partial(self._observe, Stage.EMBEDDED),
        )
        return embedded, len(keys.sentences)

    def _manifest(
        self, counts: dict[str, int], sentences: int, collections: dict[str, int]
    ) -> Manifest:
        exact = self._request.exact_passages
        return Manifest(
            format_version=FORMAT_VERSION,
            generation=self._layout.id,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=self._embedder.identity,
            chunking=dict(self._request.chunking),
            vector_index=choose_vector_index(counts["canonical"], exact),
            documents=counts["documents"],
            passages=counts["canonical"],
            sentences=sentences,
            duplicates=counts["duplicates"],
            collections=collections,
        )

    def _seal(self, manifest: Manifest) -> Pointer:
        with index_errors(self._layout.folder):
            sealed = replace(manifest, files=seal_files(self._layout))
            pointer = write_manifest(self._layout, sealed)
        # As a reader would: what cannot be opened is not published.
        open_files(self._layout, sealed).close()
        self._observe(Stage.SEALED, 1, 1)
        return pointer

    def _report(self, manifest: Manifest, changes: _Changes, embedded: int) -> BuildReport:
        return BuildReport(
            generation=manifest.generation,
            documents=manifest.documents,
            added=changes.added,
            changed=changes.changed,
            unchanged=changes.unchanged,
            removed=changes.removed,
            skipped=len(self._request.skipped),
            passages=manifest.passages,
            sentences=manifest.sentences,
            duplicates=manifest.duplicates,
            embedded=embedded,
        )


def _remove_leftovers(lock: BuildLock) -> None:
    """Remove what a build that was killed left: it takes room, and holds text."""
    try:
        keep = read_pointer(lock.layout).generation
    except IndexMissingError:
        keep = None
    except IndexCorruptError:
        # Which one was published cannot be known, so none is touched before the end.
        return
    remove_others(lock, keep)


def _said(document: Document | DocumentHeader) -> tuple[object, ...]:
    return document.version, document.title, document.metadata
