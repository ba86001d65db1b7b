"""A service's folder without a server: files are sent, jobs queued, and worked on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.index.local.generation import Generation, open_generation
from rag.index.local.verification import verify
from rag.ingest.reading import document_id
from rag.ingest.sniffing import require_format
from rag.library.job import Job, JobFile, JobKind
from rag.library.library import Library, ServiceLayout, open_library
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest
from rag.updating.job_worker import apply_jobs
from rag.updating.update_index import Watcher
from tests.little_embedder import LittleEmbedder
from tests.uploading import settings, update, write

COLLECTION = "documents"


@dataclass(frozen=True, slots=True)
class Desk:
    """The index in ``folder/index``, and the records in its ``service`` folder."""

    folder: Path

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def settings(self) -> Settings:
        return settings(self.index)

    @property
    def layout(self) -> ServiceLayout:
        return ServiceLayout(self.settings.service_directory)

    @contextmanager
    def records(self) -> Iterator[Library]:
        with open_library(self.layout) as records:
            yield records

    def folder_index(self, **files: str) -> None:
        """Index files found in a folder; ``salon_md`` is ``salon.md``."""
        write(
            self.folder / "files",
            {name.replace("_", "."): text for name, text in files.items()},
        )
        update(self.index, SyncRequest([self.folder / "files"], COLLECTION), LittleEmbedder())

    def sent(self, name: str, content: str | bytes, collection: str = COLLECTION) -> JobFile:
        """A file as the service keeps it, before any job."""
        data = content.encode() if isinstance(content, str) else content
        with self.records() as records:
            stored = records.originals.put([data], 10**9)
            records.originals.release(stored)
            found = require_format(records.originals.path(stored.sha256), name)
        identity = document_id(collection, PurePath(name))
        return JobFile(identity, name, stored.sha256, found.media_type, stored.size)

    def queue(self, kind: JobKind, *files: JobFile, collection: str = COLLECTION) -> Job:
        with self.records() as records:
            return records.jobs.add(kind, collection, files)

    def add(self, collection: str = COLLECTION, **files: str | bytes) -> Job:
        """Queue one job that adds files; ``salon_md`` is ``salon.md``."""
        kept = [
            self.sent(name.replace("_", "."), content, collection)
            for name, content in files.items()
        ]
        return self.queue(JobKind.ADD, *kept, collection=collection)

    def remove(self, name: str, collection: str = COLLECTION) -> Job:
        file = JobFile(document_id(collection, PurePath(name)), name)
        return self.queue(JobKind.REMOVE, file, collection=collection)

    def work(
        self, watcher: Watcher | None = None, embedder: LittleEmbedder | None = None
    ) -> int:
        return len(apply_jobs(self.settings, watcher, embedder or LittleEmbedder()))

    def job(self, job: Job) -> Job:
        with self.records() as records:
            return records.jobs.find(job.id)

    def opened(self) -> Generation:
        return open_generation(self.index)

    def texts(self) -> dict[str, str]:
        """The documents of the index by their paths; it is sound, or this fails."""
        assert verify(self.index) == []
        with self.opened() as generation:
            store = generation.store
            return {each.path: store.document(each.id).text for each in store.headers()}

    def kept(self) -> set[str]:
        """The names of the uploads on record, each of which has its file."""
        with self.records() as records:
            uploads = records.uploads.all()
            assert all(records.originals.has(each.sha256) for each in uploads)
            return {each.name for each in uploads}

    def originals(self) -> set[str]:
        """The digests of the files kept."""
        folder = self.layout.originals
        return {path.name for path in folder.iterdir() if len(path.name) == 64}
