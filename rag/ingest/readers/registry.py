"""Which reader reads which file: by extension, corrected by what the bytes are."""

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

from rag.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    TooLargeError,
    UnsupportedFormatError,
)
from rag.ingest.draft import Draft, Reader
from rag.ingest.readers.docx import OLE_MAGIC, ZIP_MAGIC, is_docx, read_docx
from rag.ingest.readers.html import read_html
from rag.ingest.readers.markdown import read_markdown
from rag.ingest.readers.pdf import PDF_MAGIC, read_pdf
from rag.ingest.readers.plain_text import read_plain_text
from rag.settings import LimitSettings

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".md": read_markdown,
        ".markdown": read_markdown,
        ".html": read_html,
        ".htm": read_html,
        ".xhtml": read_html,
        ".txt": read_plain_text,
        ".text": read_plain_text,
        ".pdf": read_pdf,
        ".docx": read_docx,
    }
)
EXTENSIONS = frozenset(READERS)
"""The extensions that are read, in lower case, with their dot."""

_SNIFFED = 1024
_HTML_STARTS = ("<!doctype html", "<html")


def read_bytes(name: str, data: bytes, limits: LimitSettings) -> Draft:
    """Read a file's bytes with the reader its name calls for.

    Bytes that are certainly of another format that is read (a PDF named ``.txt``) are
    read as what they are.

    Args:
        name: the file's name or path; only its extension counts.
        data: the whole file.
        limits: what is refused.

    Raises:
        ReadError: the extension is unknown, or the bytes cannot be read; the type says
            which.
    """
    extension = PurePath(name).suffix.casefold()
    if extension not in EXTENSIONS:
        raise UnsupportedFormatError(unsupported(extension))
    if len(data) > limits.file_bytes:
        raise TooLargeError(too_large(len(data), limits))
    if not data.strip():
        raise EmptyDocumentError("Ce document est vide. Remplissez-le ou retirez-le.")
    try:
        return _reader(extension, data)(data)
    except (RecursionError, MemoryError) as error:
        raise TooLargeError(
            "Ce document est trop complexe pour être lu avec la mémoire disponible. "
            "Divisez-le ou simplifiez-le."
        ) from error


def unsupported(extension: str) -> str:
    """The message for an extension that is not read."""
    known = " ".join(sorted(EXTENSIONS))
    named = f"l'extension « {extension} »" if extension else "un fichier sans extension"
    return (
        f"Format non pris en charge : {named}. Convertissez le document dans l'un des "
        f"formats lus : {known}."
    )


def too_large(size: int, limits: LimitSettings) -> str:
    """The message for a file over the limit, sizes in megabytes (10⁶ bytes)."""
    return (
        f"Fichier trop volumineux : {_megabytes(size)}, pour une limite de "
        f"{_megabytes(limits.file_bytes)}. Divisez-le ou relevez limits.file_bytes."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}".replace(".", ",") + "\xa0Mo"


def _reader(extension: str, data: bytes) -> Reader:
    if PDF_MAGIC in data[:_SNIFFED] and (extension == ".pdf" or data.startswith(PDF_MAGIC)):
        return read_pdf
    if extension == ".docx" and (data.startswith((OLE_MAGIC, ZIP_MAGIC)) or is_docx(data)):
        return read_docx
    if is_docx(data):
        return read_docx
    if extension in {".pdf", ".docx"} or data.startswith((OLE_MAGIC, ZIP_MAGIC)):
        raise CorruptDocumentError(
            f"Le contenu de ce fichier ne correspond pas à son extension « {extension} » : "
            "il est endommagé ou mal nommé."
        )
    start = data[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(tuple(opening.encode() for opening in _HTML_STARTS)):
        return read_html
    return READERS[extension]
