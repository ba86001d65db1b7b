"""An index that changes under whoever reads it."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path, PurePath

from rag.errors import IndexingError
from rag.index.local.generation import open_generation
from rag.ingest.reading import document_id
from rag.library.job import Job, JobFile, JobKind
from rag.library.library import ServiceLayout, open_library
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest
from rag.updating.job_worker import apply_jobs
from tests.little_embedder import LittleEmbedder
from tests.uploading import update, write


def publish(folder: Path, files: Mapping[str, str], collection: str = "documents") -> str:
    """Publish exactly these files in ``folder / "index"``; the generation's name."""
    source = folder / collection
    shutil.rmtree(source, ignore_errors=True)
    write(source, files)
    index = folder / "index"
    request = SyncRequest([source], collection, prune=True)
    with ExitStack() as held:
        previous = None
        with suppress(IndexingError):
            previous = held.enter_context(open_generation(index))
        report, _ = update(index, request, LittleEmbedder(), previous)
    return report.generation


def send(chosen: Settings, collection: str, files: Mapping[str, str]) -> Job:
    """Add uploads to an index through a job that is worked on at once; the job."""
    job = queue(chosen, collection, files)
    apply_jobs(chosen, embedder=LittleEmbedder())
    with open_library(ServiceLayout(chosen.service_directory)) as records:
        return records.jobs.find(job.id)


def queue(chosen: Settings, collection: str, files: Mapping[str, str]) -> Job:
    """Queue a job that adds uploads."""
    with open_library(ServiceLayout(chosen.service_directory)) as records:
        asked = []
        for name, text in files.items():
            stored = records.originals.put([text.encode()], 10**6)
            records.originals.release(stored)
            identity = document_id(collection, PurePath(name))
            asked.append(JobFile(identity, name, stored.sha256, "text/markdown", stored.size))
        return records.jobs.add(JobKind.ADD, collection, asked)
