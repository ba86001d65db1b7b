"""Makes the records of uploads agree with the index, which is right: it was published whole."""

from typing import Final

from rag.errors import ReadError
from rag.index.documents import DocumentHeader, SourceStamp
from rag.index.local.generation import Generation
from rag.library.library import Library
from rag.library.uploads import UPLOADED, Upload

_UNKNOWN_TYPE: Final = "application/octet-stream"


def reconcile(records: Library, published: Generation | None) -> None:
    """Give each uploaded document of the index the record that it has lost.

    A process that is killed between the publication and the records leaves documents
    without one, or with that of the file before.

    Raises:
        LibraryError: the records cannot be written.
        IndexCorruptError: the index cannot be read.
    """
    if published is None:
        return
    known = {upload.document_id: upload.sha256 for upload in records.uploads.all()}
    astray = {
        identity: stamp
        for identity, stamp in published.store.source_stamps().items()
        if stamp.root == UPLOADED and known.get(identity) != stamp.sha256
    }
    if not astray:
        return
    headers = {header.id: header for header in published.store.headers()}
    records.uploads.put(
        *(_upload(records, headers[identity], stamp) for identity, stamp in astray.items())
    )


def _upload(records: Library, header: DocumentHeader, stamp: SourceStamp) -> Upload:
    # Readers take a second to load, which a worker without anything astray need not wait.
    from rag.updating.uploaded_documents import uploaded_at

    return Upload(
        document_id=header.id,
        collection=header.collection,
        name=header.path,
        sha256=stamp.sha256,
        media_type=_media_type(records, header.path, stamp.sha256),
        size=stamp.size,
        uploaded=uploaded_at(stamp),
    )


def _media_type(records: Library, name: str, sha256: str) -> str:
    from rag.ingest.sniffing import sniff

    try:
        found = sniff(records.originals.path(sha256), name)
    except ReadError:
        return _UNKNOWN_TYPE
    return found.media_type if found is not None else _UNKNOWN_TYPE
