"""Which documents an index shall hold once jobs are applied to it, and what became of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.errors import ReadError
from rag.index.documents import Entry, SkippedFile
from rag.library.job import Ending, Job, JobFile, JobKind, JobState
from rag.library.schema import now
from rag.library.uploads import UPLOADED, Upload
from rag.text.typography import typeset
from rag.updating.previous_index import FileObserver, PreviousIndex
from rag.updating.uploaded_documents import UploadedDocuments, left_out

_THERE: Final = (
    "Un document de ce nom existe déjà dans cette collection. Remplacez-le, ou donnez un "
    "autre nom à celui-ci."
)
_GONE: Final = "Ce document n'existe plus : il a été retiré entre-temps. Ajoutez-le de nouveau."
_NONE_TAKEN: Final = "Aucun des fichiers envoyés n'a pu être indexé : chacun dit pourquoi."


@dataclass(frozen=True, slots=True)
class _Step:
    """What a job does to a document: ``upload`` takes its place, None removes it.

    ``file`` is the number of the job's file, None where the job names none.
    """

    job: int
    file: int | None
    kind: JobKind
    upload: Upload | None = None


class JobChanges:
    """The entries of the next generation, each document's steps applied in order.

    Iterate over `changed`, then over `unchanged`: both read lazily, one document at a time.
    Once `changed` is exhausted, ``added`` holds the uploads that were read, ``removed`` the
    ids of documents that are no more, and `endings` tells of each job. Once `unchanged` is,
    ``skipped`` holds the files that the next generation leaves out.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        uploaded: UploadedDocuments,
        previous: PreviousIndex,
        observe: FileObserver = lambda done, total, name: None,
    ) -> None:
        """See which documents the jobs, in their order, touch; nothing is read yet.

        Of the records' uploads, those that ``previous`` lacks are read again.
        """
        self.added: list[Upload] = []
        self.removed: list[str] = []
        self.skipped: list[SkippedFile] = []
        self._jobs = jobs
        self._uploaded = uploaded
        self._previous = previous
        self._observe = observe
        self._now = now()
        self._reasons: dict[tuple[int, int | None], str] = {}
        self._emptied: set[str] = set()
        self._missing = {each.document_id: each for each in uploaded.missing()}
        self._steps: dict[str, list[_Step]] = {identity: [] for identity in self._missing}
        for number, job in enumerate(jobs):
            self._plan(number, job)

    def changed(self) -> Iterator[Entry]:
        """The documents that are new, replaced, or missing from the generation before."""
        total = len(self._steps)
        for done, (identity, steps) in enumerate(self._steps.items()):
            self._observe(done, total, self._name(identity) or "")
            entry = self._apply(identity, steps)
            if entry is not None:
                yield entry
        self._observe(total, total, "")

    def unchanged(self) -> Iterator[Entry]:
        """The other documents, as they were."""
        done = {*self.removed, *(upload.document_id for upload in self.added)}
        for identity in self._previous.stamps:
            if identity not in done:
                yield self._uploaded.carried_over(identity)
        self.skipped.extend(
            each
            for each in self._previous.skipped
            if each.collection not in self._emptied and each.root != UPLOADED
        )

    def endings(self, generation: str | None) -> dict[str, Ending]:
        """How each job ends, by its id, with the generation that took its changes in."""
        return {
            job.id: self._ending(number, job, generation)
            for number, job in enumerate(self._jobs)
        }

    def _ending(self, number: int, job: Job, generation: str | None) -> Ending:
        files = tuple(
            replace(file, reason=self._reasons.get((number, place)))
            for place, file in enumerate(job.files)
        )
        refused = [file.reason for file in files if file.reason is not None]
        if not refused:
            return Ending(JobState.DONE, files, generation=generation)
        if len(refused) < len(files):
            return Ending(JobState.PARTLY, files, generation=generation)
        reason = refused[0] if len(refused) == 1 else typeset(_NONE_TAKEN)
        return Ending(JobState.FAILED, files, reason)

    def _plan(self, number: int, job: Job) -> None:
        if job.kind is JobKind.REMOVE_COLLECTION:
            self._emptied.add(job.collection)
            for identity in self._within(job.collection):
                self._add(identity, _Step(number, None, job.kind))
            return
        for place, file in enumerate(job.files):
            upload = None if job.kind is JobKind.REMOVE else self._upload(job, file)
            self._add(file.document_id, _Step(number, place, job.kind, upload))

    def _add(self, identity: str, step: _Step) -> None:
        self._steps.setdefault(identity, []).append(step)

    def _within(self, collection: str) -> list[str]:
        """Every document that is in a collection, or that a job before may put there."""
        headers = self._previous.headers.values()
        found = [header.id for header in headers if header.collection == collection]
        found += [
            upload.document_id
            for upload in self._missing.values()
            if upload.collection == collection
        ]
        found += [
            identity
            for identity, steps in self._steps.items()
            if any(step.upload and step.upload.collection == collection for step in steps)
        ]
        return list(dict.fromkeys(found))

    def _upload(self, job: Job, file: JobFile) -> Upload:
        return Upload(
            document_id=file.document_id,
            collection=job.collection,
            # A document keeps its name, of which its id is made, whatever replaces it.
            name=self._name(file.document_id) or file.name,
            sha256=file.sha256,
            media_type=file.media_type,
            size=file.size,
            uploaded=self._now,
        )

    def _name(self, identity: str) -> str | None:
        if identity in self._previous.headers:
            return self._previous.headers[identity].path
        steps = self._steps.get(identity, ())
        known = (self._uploaded.by_id.get(identity), *(step.upload for step in steps))
        return next((upload.name for upload in known if upload is not None), None)

    def _apply(self, identity: str, steps: Sequence[_Step]) -> Entry | None:
        """The document once all is done to it; None where it is gone, or as it was."""
        before = identity in self._previous.stamps
        upload = self._missing.get(identity)
        entry, fault = self._restored(upload)
        there, gone, lost = before or entry is not None, False, upload is not None
        indexed = self._indexed_digest(identity)
        for step in steps:
            if step.upload is None:
                there, gone, entry, indexed = False, True, None, None
                continue
            if indexed == step.upload.sha256:
                # Done already, by a worker that died before it could say so.
                continue
            read = self._read(step, step.upload, there, lost)
            if read is not None:
                there, gone, lost, indexed = True, False, False, step.upload.sha256
                entry, upload = read, step.upload
        if gone and (before or identity in self._uploaded.by_id):
            self.removed.append(identity)
        if entry is None or upload is None:
            self.skipped.extend([fault] if fault is not None and not gone else [])
            return None
        self.added.append(upload)
        return entry

    def _indexed_digest(self, identity: str) -> str | None:
        """The digest of the upload that a document of the index was read from."""
        stamp = self._previous.stamps.get(identity)
        return stamp.sha256 if stamp is not None and stamp.root == UPLOADED else None

    def _restored(self, upload: Upload | None) -> tuple[Entry | None, SkippedFile | None]:
        """The document of an upload that the index lacks, or why it goes on lacking it."""
        if upload is None:
            return None, None
        try:
            return self._uploaded.read(upload), None
        except ReadError as error:
            return None, left_out(upload, str(error))

    def _read(self, step: _Step, upload: Upload, there: bool, lost: bool) -> Entry | None:
        """The document of a file that a job sends; None, with a reason, where it is refused.

        One that the index ``lost`` may be added as well as replaced: nobody could see it.
        """
        adding = step.kind is JobKind.ADD
        if adding is there and not lost:
            self._reasons[step.job, step.file] = typeset(_THERE if adding else _GONE)
            return None
        try:
            return self._uploaded.read(upload)
        except ReadError as error:
            self._reasons[step.job, step.file] = str(error)
            return None
