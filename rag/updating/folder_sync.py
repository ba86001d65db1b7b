"""Which documents an index shall hold: files read anew, kept as they were, or left out."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from rag.errors import InputPathError, ReadError
from rag.index.documents import Entry, SkippedFile, SourceStamp
from rag.index.local.generation import Generation
from rag.ingest.chunking import chunk
from rag.ingest.discovery import FoundFile, SkippedPath, discover, display_path
from rag.ingest.reading import document_id, read_document, read_file
from rag.ingest.sniffing import format_of
from rag.library.uploads import UPLOADED, Upload
from rag.protocols import Tokens
from rag.settings import ChunkingSettings, LimitSettings
from rag.text.typography import typeset
from rag.updating.previous_index import FileObserver, PreviousIndex, read_errors
from rag.updating.uploaded_documents import UploadedDocuments, left_out

_UPLOADED_TOO: Final = (
    "Un document envoyé au service tient la place de ce fichier dans la collection. Retirez "
    "ce document du service, ou indexez le fichier sous un autre nom."
)


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What the person asked for.

    ``prune`` removes the collection's documents that lie under none of the ``paths``;
    without it only those under the same paths are compared with what is there now.
    ``apart`` is a folder that is never looked into: the index itself.
    """

    paths: Sequence[Path]
    collection: str
    prune: bool = False
    apart: Path | None = None


class FolderSync:
    """The entries of the next generation, read lazily.

    Once `entries` is exhausted, ``skipped`` holds the files that were left out.
    """

    def __init__(
        self,
        request: SyncRequest,
        tokens: Tokens,
        chunking: ChunkingSettings,
        limits: LimitSettings,
        observe: FileObserver = lambda done, total, path: None,
    ) -> None:
        """List the files; one that does not exist, or would share an id, is refused."""
        self.skipped: list[SkippedFile] = []
        self._request = request
        self._tokens = tokens
        self._chunking = chunking
        self._limits = limits
        self._observe = observe
        self._files = self._discover()
        self._roots = {str(path.absolute()) for path in request.paths}

    @property
    def files(self) -> int:
        """Files to look at."""
        return len(self._files)

    def entries(
        self,
        previous: Generation | None,
        uploads: Sequence[Upload] = (),
        path_of: Callable[[str], Path] = Path,
    ) -> Iterator[Entry]:
        """Every document of the generation that follows ``previous``.

        Documents that were uploaded stay, whatever the paths. Of those in ``uploads``, the
        ones that ``previous`` lacks are read again from their originals, which ``path_of``
        finds by their SHA-256.
        """
        before = PreviousIndex(previous, self._chunking, self._tokens)
        uploaded = UploadedDocuments(
            uploads, before, path_of, self._tokens, self._chunking, self._limits
        )
        yield from self._carried_over(before, uploaded)
        yield from self._restored(uploaded)
        taken = uploaded.ids()
        for done, (identity, found) in enumerate(self._files.items()):
            self._observe(done, len(self._files), display_path(found.path))
            if identity in taken:
                self._skip(found.root, found.path, typeset(_UPLOADED_TOO))
                continue
            try:
                entry = self._entry(identity, found, before)
            except ReadError as error:
                self._skip(found.root, found.path, str(error))
                continue
            yield entry
        self._observe(len(self._files), len(self._files), "")

    def _discover(self) -> dict[str, FoundFile]:
        files: dict[str, FoundFile] = {}
        apart = self._request.apart
        for met in discover(self._request.paths):
            if apart is not None and met.path.absolute().is_relative_to(apart.absolute()):
                continue
            if isinstance(met, SkippedPath):
                self._skip(met.root, met.path, met.reason)
                continue
            identity = document_id(self._request.collection, _relative(met))
            twin = files.setdefault(identity, met)
            if twin is not met:
                raise InputPathError(
                    f"Deux fichiers auraient le même identifiant : {display_path(twin.path)} "
                    f"et {display_path(met.path)}. Indexez-les dans deux collections "
                    "(--collection), ou donnez le dossier qui les contient tous deux."
                )
        return files

    def _carried_over(
        self, previous: PreviousIndex, uploaded: UploadedDocuments
    ) -> Iterator[Entry]:
        """Uploads, documents of other collections, and of other roots unless pruned."""
        lost = {upload.document_id for upload in uploaded.missing()}
        for identity, header in previous.headers.items():
            root = previous.stamps[identity].root
            if root == UPLOADED:
                yield uploaded.carried_over(identity)
                continue
            if identity in self._files or identity in lost:
                continue
            same = header.collection == self._request.collection
            if same and (root in self._roots or self._request.prune):
                continue
            yield previous.entry(identity)
        self.skipped.extend(
            each
            for each in previous.skipped
            if each.collection != self._request.collection and each.root != UPLOADED
        )

    def _restored(self, uploaded: UploadedDocuments) -> Iterator[Entry]:
        """Uploads that the index lost, with the generation that held them."""
        for upload in uploaded.missing():
            try:
                entry = uploaded.read(upload)
            except ReadError as error:
                self.skipped.append(left_out(upload, str(error)))
                continue
            yield entry

    def _entry(self, identity: str, found: FoundFile, previous: PreviousIndex) -> Entry:
        with read_errors():
            status = found.path.stat()
            if previous.is_unchanged(identity, found.path, status):
                return previous.entry(identity, self._root(found))
            data = read_file(found.path, self._limits)
            document = read_document(
                data, _relative(found), self._request.collection, self._limits
            )
            stamp = SourceStamp(
                root=self._root(found),
                size=len(data),
                mtime_ns=status.st_mtime_ns,
                sha256=hashlib.sha256(data).hexdigest(),
                reader=format_of(found.path.name, io.BytesIO(data)).version,
            )
            return Entry(document, chunk(document, self._tokens, self._chunking), stamp)

    def _root(self, found: FoundFile) -> str:
        for path in self._request.paths:
            if found.path == path or found.path.is_relative_to(path):
                return str(path.absolute())
        return str(found.root.absolute())

    def _skip(self, root: Path, path: Path, reason: str) -> None:
        self.skipped.append(
            SkippedFile(
                self._request.collection,
                display_path(root.absolute()),
                display_path(path),
                reason,
            )
        )


def _relative(found: FoundFile) -> PurePath:
    return PurePath(found.path.relative_to(found.root))
