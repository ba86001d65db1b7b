"""What a worker that died leaves undone; the published generation tells what to make of it.

Its jobs are settled, and the records of uploads are made to agree with the index, which is
right: it was published whole.
"""

from functools import partial
from typing import Final

from rag.errors import IndexingError, ReadError
from rag.index.documents import DocumentHeader, SourceStamp
from rag.index.local.generation import Generation, read_pointer
from rag.index.local.layout import IndexLayout
from rag.library.jobs import Jobs
from rag.library.library import Library, ServiceLayout
from rag.library.uploads import UPLOADED, Upload
from rag.library.worker_locks import is_alive
from rag.settings import Settings

_UNKNOWN_TYPE: Final = "application/octet-stream"


def settle_abandoned(jobs: Jobs, settings: Settings) -> list[str]:
    """Settle the running jobs whose worker is dead; the ids of those that ended."""
    workers = ServiceLayout(settings.service_directory).workers
    index = IndexLayout(settings.index.directory)
    return jobs.settle_abandoned(partial(is_alive, workers), partial(_published, index))


def recover_uploads(library: Library, published: Generation | None) -> None:
    """Give each uploaded document of the index the record that it has lost.

    A process that is killed between the publication and the records leaves documents
    without one, or with that of the file before.
    """
    if published is None:
        return
    known = {upload.document_id: upload.sha256 for upload in library.uploads.all()}
    astray = {
        identity: stamp
        for identity, stamp in published.store.source_stamps().items()
        if stamp.root == UPLOADED and known.get(identity) != stamp.sha256
    }
    if not astray:
        return
    headers = {header.id: header for header in published.store.headers()}
    library.uploads.put(
        *(_upload(library, headers[identity], stamp) for identity, stamp in astray.items())
    )


def _upload(library: Library, header: DocumentHeader, stamp: SourceStamp) -> Upload:
    # Readers take a second to load, which a worker without anything astray need not wait.
    from rag.updating.uploaded_documents import uploaded_at

    return Upload(
        document_id=header.id,
        collection=header.collection,
        name=header.path,
        sha256=stamp.sha256,
        media_type=_media_type(library, header.path, stamp.sha256),
        size=stamp.size,
        uploaded=uploaded_at(stamp),
    )


def _media_type(library: Library, name: str, sha256: str) -> str:
    from rag.ingest.sniffing import sniff

    try:
        found = sniff(library.originals.path(sha256), name)
    except ReadError:
        return _UNKNOWN_TYPE
    return found.media_type if found is not None else _UNKNOWN_TYPE


def _published(index: IndexLayout) -> str | None:
    """The generation that is published; None for none, or where that cannot be known."""
    try:
        return read_pointer(index).generation
    except IndexingError:
        return None
