"""Every error Sourcier raises on purpose, in one tree.

::

    SourcierError                  something a person can mend; ``exit_code`` 1
    ├── UsageError                 the request itself is wrong; ``exit_code`` 2
    │   ├── SettingsError          a setting is unknown or out of range
    │   ├── QuestionError          a question is empty, too long or not text
    │   ├── InputPathError         a path given does not exist or cannot be listed
    │   ├── BatchError             a line of a batch file cannot be used
    │   ├── DatasetError           an evaluation set cannot be used as it is
    │   ├── BaselineError          an accepted run is missing, or of other questions
    │   └── JudgementError         something kept the gate from judging a run
    ├── ReportWriteError           what was measured cannot be written
    ├── ReadError                  one document cannot be read; the others go on
    │   ├── UnsupportedFormatError its extension is not one of those that are read
    │   ├── EmptyDocumentError     it holds no text
    │   ├── TooLargeError          it, or what it unpacks to, is over the limit
    │   ├── EncryptedError         it asks for a password
    │   ├── NoTextLayerError       it is a picture of text (a scan)
    │   ├── CorruptDocumentError   it is not what its name says, or is cut short
    │   └── UnreadableFileError    the file system refused, or it vanished meanwhile
    ├── ModelError                 the embedding model
    │   ├── ModelNotFoundError     it is neither bundled, nor a folder, nor reachable
    │   └── ModelCorruptError      its files do not match their checksums
    ├── IndexingError              the index
    │   ├── IndexMissingError      nothing was published there
    │   ├── IndexStaleError        another format, model or chunking made it
    │   ├── IndexCorruptError      its files do not match its manifest
    │   ├── IndexBusyError         another process is building it
    │   └── IndexWriteError        it cannot be written: permissions, disk full
    └── ServiceError               a request to the running service
        ├── UnknownError           no such thing, or none that this caller may know of
        ├── ConflictError          it is there already, or is being changed
        ├── AccessError            who asks
        │   ├── KeyRefusedError    no key, or one that is unknown or revoked
        │   └── RoleError          the key's role does not go so far
        ├── UploadError            what was sent
        │   ├── UploadTooLargeError  too many bytes, or too many files
        │   └── MediaTypeError     its content is of no format that is read
        ├── BusyError              too much at once; ``retry_after`` says when to come back
        │   ├── QueueFullError     as many questions as may wait are waiting
        │   └── RateLimitError     this key asked as often as it may for now
        └── LibraryError           the service's records cannot be read or written

Each message says what happened, where, and what to do. Callers branch on the type.
"""

from typing import ClassVar


class SourcierError(Exception):
    """The root: a message made to be read by the person who can mend it."""

    exit_code: ClassVar[int] = 1


class UsageError(SourcierError):
    """The request itself is wrong."""

    exit_code: ClassVar[int] = 2


class SettingsError(UsageError):
    """A setting is unknown, of the wrong type or out of range."""


class QuestionError(UsageError):
    """A question is empty, too long, or not text."""


class InputPathError(UsageError):
    """A path given does not exist or cannot be listed."""


class BatchError(UsageError):
    """A line of a batch file cannot be used."""


class DatasetError(UsageError):
    """An evaluation set is malformed, empty, or does not fit the documents."""


class BaselineError(UsageError):
    """An accepted run is missing or unreadable, or is not of the same questions."""


class JudgementError(UsageError):
    """Something kept the gate from judging, so that nothing is known to be worse."""


class ReportWriteError(SourcierError):
    """A report, or an accepted run, cannot be written."""


class ReadError(SourcierError):
    """One document cannot be read; the message is its reason, without its path."""


class UnsupportedFormatError(ReadError):
    """The file's extension is not one of those that are read."""


class EmptyDocumentError(ReadError):
    """The document holds no text."""


class TooLargeError(ReadError):
    """The document, or what it unpacks to, is over the limit."""


class EncryptedError(ReadError):
    """The document asks for a password."""


class NoTextLayerError(ReadError):
    """The document holds pictures of text only."""


class CorruptDocumentError(ReadError):
    """The document is not what its name says, or is cut short."""


class UnreadableFileError(ReadError):
    """The file system refused to give the file, or it vanished meanwhile."""


class ModelError(SourcierError):
    """The embedding model cannot be used."""


class ModelNotFoundError(ModelError):
    """The model is neither bundled, nor a local folder, nor reachable."""


class ModelCorruptError(ModelError):
    """The model's files do not match their checksums."""


class IndexingError(SourcierError):
    """The index cannot be built, opened or trusted."""


class IndexMissingError(IndexingError):
    """Nothing was published in the index folder."""


class IndexStaleError(IndexingError):
    """The index was made with another format, model or chunking."""


class IndexCorruptError(IndexingError):
    """The index's files do not match its manifest."""


class IndexBusyError(IndexingError):
    """Another process is building this index."""


class IndexWriteError(IndexingError):
    """The index cannot be written: permissions, or a full disk."""


class ServiceError(SourcierError):
    """A request to the running service cannot be met.

    ``file`` names the one among the files sent that it is about; empty where it is none.
    """

    def __init__(self, message: str, *, file: str = "") -> None:
        super().__init__(message)
        self.file = file


class UnknownError(ServiceError):
    """No such collection, document, job or answer, or none that the caller may know of."""


class ConflictError(ServiceError):
    """It is there already, or something else is changing it."""


class AccessError(ServiceError):
    """The caller may not do this."""


class KeyRefusedError(AccessError):
    """No key was given, or it is unknown or revoked."""


class RoleError(AccessError):
    """The key's role does not go so far."""


class UploadError(ServiceError):
    """What was sent cannot be taken in."""


class UploadTooLargeError(UploadError):
    """Too many bytes, or too many files at once."""


class MediaTypeError(UploadError):
    """The content is of no format that is read, whatever the name says."""


class BusyError(ServiceError):
    """Too much at once. ``retry_after`` is in whole seconds, 1 and up."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueueFullError(BusyError):
    """As many questions as may wait are waiting."""


class RateLimitError(BusyError):
    """This key asked as often as it may for now."""


class LibraryError(ServiceError):
    """The service's own records cannot be read or written."""
