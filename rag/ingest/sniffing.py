"""Which format a file is of: by its content, and by its name where content tells nothing."""

import codecs
import zipfile
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from rag.errors import (
    CorruptDocumentError,
    MediaTypeError,
    ReadError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from rag.ingest.formats import (
    FORMAT_NAMES,
    FORMATS,
    HTML,
    OLE,
    TEXT,
    ZIP,
    Format,
    format_by_ending,
    unsupported,
)
from rag.ingest.readers.encoding import decode
from rag.storage.disk_errors import refusal, remedy
from rag.text.typography import typeset

_HEAD: Final = 65_536
_SIGNATURE_WITHIN: Final = 1024
_LARGEST_DIRECTORY: Final = 4 * 1024 * 1024
_DIRECTORY_END: Final = b"PK\x05\x06"
_LONGEST_END: Final = 65_535 + 22
_HTML_STARTS: Final = ("<!doctype html", "<html")
# Texts by their bytes, but not for reading.
_NOT_PROSE: Final = ("{\\rtf", "%!ps", "<?xml", "<svg")


def format_of(name: str, file: BinaryIO) -> Format:
    """The format that a file found in a folder is read as.

    It is the one that the ending of its name or path tells, unless its bytes, from the first
    on, are certainly of another that is read (a PDF named ``.txt``).

    Raises:
        UnsupportedFormatError: its ending is that of no format.
        CorruptDocumentError: its bytes are not what its ending says.
        OSError: it cannot be read.
    """
    ending = PurePath(name).suffix.casefold()
    named = format_by_ending(ending)
    if named is None:
        raise UnsupportedFormatError(unsupported(ending))
    head = file.read(_SIGNATURE_WITHIN)
    if named.part and head.startswith((OLE, ZIP)):
        # Its reader says what is wrong with it.
        return named
    for each in FORMATS:
        if _has_signature(each, head, ending) and (not each.part or _holds(file, each.part)):
            return each
    if named.signature or head.startswith((OLE, ZIP)):
        raise CorruptDocumentError(
            f"Le contenu de ce fichier ne correspond pas à son extension « {ending} » : "
            "il est endommagé ou mal nommé."
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(tuple(opening.encode() for opening in _HTML_STARTS)):
        return HTML
    return named


def reader_version(path: Path) -> str:
    """The version of the reader that would read this file of a folder now.

    The file is looked into only where formats' versions differ.
    """
    versions = {each.version for each in FORMATS}
    if len(versions) == 1:
        return versions.pop()
    try:
        with path.open("rb") as file:
            return format_of(path.name, file).version
    except (OSError, ReadError):
        named = format_by_ending(path.suffix)
        return named.version if named is not None else ""


def sniff(path: Path, name: str) -> Format | None:
    """The format of an uploaded file's content; None where it is of none that is read.

    Reads the head of the file only, and a ZIP archive's directory. A text is HTML where it
    begins as HTML does, else what the ending of ``name``, its sender's, says it is, else
    plain text.

    Raises:
        UnreadableFileError: the system refuses to give the file.
    """
    head, directory = _read(path)
    ending = PurePath(name).suffix.casefold()
    for each in FORMATS:
        if _has_signature(each, head, ending) and each.part.encode() in directory:
            return each
    return None if head.startswith((OLE, ZIP)) else _text(head, ending)


def require_format(path: Path, name: str) -> Format:
    """The format of a file's content, as `sniff` finds it.

    Raises:
        MediaTypeError: it is of none that is read; the message says what can be done.
        UnreadableFileError: the system refuses to give the file.
    """
    found = sniff(path, name)
    if found is None:
        raise MediaTypeError(_refusal(path, name))
    return found


def _refusal(path: Path, name: str) -> str:
    head, _ = _read(path)
    if head.startswith(OLE):
        return typeset(
            f"« {name} » est un document Office protégé par un mot de passe ou à un ancien "
            "format (.doc). Ôtez la protection et enregistrez-le au format .docx."
        )
    ending = PurePath(name).suffix.casefold()
    if ending and format_by_ending(ending) is None:
        return typeset(f"« {name} » : {unsupported(ending)}")
    return typeset(
        f"Le contenu de « {name} » n'est d'aucun des formats lus "
        f"({FORMAT_NAMES}) : il est endommagé ou mal nommé. "
        "Convertissez-le dans l'un d'eux."
    )


def _has_signature(each: Format, head: bytes, ending: str) -> bool:
    """Whether a file opens as one of this binary format; what is named so, a little late."""
    if not each.signature:
        return False
    named = ending in each.endings and not each.part
    return head.startswith(each.signature) or (
        named and each.signature in head[:_SIGNATURE_WITHIN]
    )


def _holds(file: BinaryIO, part: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return part in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return False


def _read(path: Path) -> tuple[bytes, bytes]:
    """The head of a file and, where it is a ZIP archive, its directory."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if not head.startswith(ZIP):
                return head, b""
            length = file.seek(0, 2)
            file.seek(max(0, length - _LONGEST_END))
            tail = file.read(_LONGEST_END)
            end = tail.rfind(_DIRECTORY_END)
            size = int.from_bytes(tail[end + 12 : end + 16], "little")
            # Read by hand: a directory of millions of entries is no reason to hold them all.
            if end < 0 or size > _LARGEST_DIRECTORY:
                return head, b""
            file.seek(max(0, length - len(tail) + end - size))
            return head, file.read(size)
    except OSError as error:
        raise UnreadableFileError(
            f"Le système refuse la lecture du fichier ({refusal(error)}). {remedy(error)}"
        ) from error


def _text(head: bytes, ending: str) -> Format | None:
    try:
        start = decode(_whole_characters(head)).lstrip("\ufeff \t\r\n\f").casefold()
    except CorruptDocumentError:
        return None
    if _opening(start).startswith(_HTML_STARTS):
        return HTML
    if start.startswith(_NOT_PROSE):
        return None
    named = format_by_ending(ending)
    return TEXT if named is None or named.signature else named


def _whole_characters(head: bytes) -> bytes:
    """The bytes without the UTF-8 character that the end of the head cuts in two."""
    if len(head) < _HEAD:
        return head
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return head
    return head[: len(head) - len(decoder.getstate()[0])]


def _opening(start: str) -> str:
    """The text from its first tag on, past an XML declaration and comments."""
    position = 0
    for opening, closing in (("<?xml", "?>"), *(("<!--", "-->"),) * 3):
        if start.startswith(opening, position):
            end = start.find(closing, position)
            if end < 0:
                return ""
            position = end + len(closing)
            position += len(start[position:]) - len(start[position:].lstrip())
    return start[position : position + 100]
