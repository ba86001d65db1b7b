"""What a file is, by its content: its name never decides which reader gets it."""

import codecs
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final

from rag.errors import CorruptDocumentError, MediaTypeError, UnreadableFileError
from rag.ingest.readers.docx import MAIN_PART, OLE_MAGIC, ZIP_MAGIC
from rag.ingest.readers.encoding import decode
from rag.ingest.readers.pdf import PDF_MAGIC
from rag.ingest.readers.registry import EXTENSIONS, unsupported
from rag.storage.disk_errors import refusal, remedy
from rag.text.typography import typeset


@dataclass(frozen=True, slots=True)
class MediaType:
    """A format that is read.

    ``name`` is the media type, as in ``text/html``; ``extension`` the one that calls for
    its reader in `rag.ingest.readers.registry.read_bytes`, with its dot.
    """

    name: str
    extension: str


PDF: Final = MediaType("application/pdf", ".pdf")
DOCX: Final = MediaType(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"
)
HTML: Final = MediaType("text/html", ".html")
MARKDOWN: Final = MediaType("text/markdown", ".md")
PLAIN: Final = MediaType("text/plain", ".txt")
MEDIA_TYPES: Final = MappingProxyType(
    {each.name: each for each in (PDF, DOCX, HTML, MARKDOWN, PLAIN)}
)
"""Each format that is read, by the name of its media type."""

_HEAD: Final = 65_536
_PDF_WITHIN: Final = 1024
_LARGEST_DIRECTORY: Final = 4 * 1024 * 1024
_DIRECTORY_END: Final = b"PK\x05\x06"
_LONGEST_END: Final = 65_535 + 22
_BY_EXTENSION: Final = MappingProxyType(
    {
        ".md": MARKDOWN,
        ".markdown": MARKDOWN,
        ".html": HTML,
        ".htm": HTML,
        ".xhtml": HTML,
    }
)
_HTML_STARTS: Final = ("<!doctype html", "<html")
# Texts by their bytes, but not for reading.
_NOT_PROSE: Final = ("{\\rtf", "%!ps", "<?xml", "<svg")


def sniff(path: Path, name: str) -> MediaType | None:
    """The format of a file's content; None where it is of none that is read.

    Reads the head of the file only, and a ZIP archive's directory. A text is HTML where it
    begins as HTML does, else what the extension of ``name`` says it is, else plain text.

    Args:
        path: the file, wherever it is kept.
        name: the name its sender gave it; only its extension counts, among text formats.

    Raises:
        UnreadableFileError: the system refuses to give the file.
    """
    head, directory = _read(path)
    extension = PurePath(name).suffix.casefold()
    if head.startswith(PDF_MAGIC) or (
        extension == PDF.extension and PDF_MAGIC in head[:_PDF_WITHIN]
    ):
        return PDF
    if head.startswith(ZIP_MAGIC):
        return DOCX if MAIN_PART.encode() in directory else None
    if head.startswith(OLE_MAGIC):
        return None
    return _text_type(head, extension)


def require_media_type(path: Path, name: str) -> MediaType:
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
    if head.startswith(OLE_MAGIC):
        return typeset(
            f"« {name} » est un document Office protégé par un mot de passe ou à un ancien "
            "format (.doc). Ôtez la protection et enregistrez-le au format .docx."
        )
    extension = PurePath(name).suffix.casefold()
    if extension and extension not in EXTENSIONS:
        return typeset(f"« {name} » : {unsupported(extension)}")
    return typeset(
        f"Le contenu de « {name} » n'est d'aucun des formats lus (PDF, DOCX, HTML, "
        "Markdown, texte) : il est endommagé ou mal nommé. Convertissez-le dans l'un d'eux."
    )


def _read(path: Path) -> tuple[bytes, bytes]:
    """The head of a file and, where it is a ZIP archive, its directory."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if not head.startswith(ZIP_MAGIC):
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


def _text_type(head: bytes, extension: str) -> MediaType | None:
    try:
        start = decode(_whole_characters(head)).lstrip("\ufeff \t\r\n\f").casefold()
    except CorruptDocumentError:
        return None
    if _opening(start).startswith(_HTML_STARTS):
        return HTML
    if start.startswith(_NOT_PROSE):
        return None
    return _BY_EXTENSION.get(extension, PLAIN)


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
