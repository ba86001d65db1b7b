"""The file formats that are read, one record each; whatever lists formats reads them here.

A new format is a file in `rag.ingest.readers` and a record in `FORMATS`.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from rag.ingest.draft import Draft

FormatReader: TypeAlias = Callable[[bytes], Draft]
"""The document in the bytes of one format; ReadError where they cannot be read as it."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    ``name`` is what messages call it, ``french`` and ``english`` what pages do. ``endings``
    are those of file names, in lower case with their dot, the usual one first. ``reader``
    is a `FormatReader`, as ``module:function`` below `rag.ingest.readers`. ``version`` is
    raised when it reads better, so that the documents of this format alone are read anew.
    Files of a binary format open with ``signature``; one that is a ZIP archive holds
    ``part``.
    """

    name: str
    french: str
    english: str
    endings: tuple[str, ...]
    media_type: str
    reader: str
    version: str = "1"
    signature: bytes = b""
    part: str = ""

    def name_in(self, language: str) -> str:
        """What pages call it in French (``fr``) or English (``en``), amid a sentence."""
        return self.english if language == "en" else self.french

    def load_reader(self) -> FormatReader:
        """The reader, imported now: what it needs can take a second to load."""
        return cast(FormatReader, pkgutil.resolve_name(f"rag.ingest.readers.{self.reader}"))


ZIP: Final = b"PK\x03\x04"
"""What every ZIP archive opens with."""
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What Office files open with that are encrypted, or older than ZIP archives."""

HTML: Final = Format(
    "HTML", "HTML", "HTML", (".html", ".htm", ".xhtml"), "text/html", "html:read_html"
)
TEXT: Final = Format(
    "texte", "texte", "text", (".txt", ".text"), "text/plain", "plain_text:read_plain_text"
)
"""What a text is where nothing says more."""

FORMATS: Final = (
    Format(
        "PDF",
        "PDF",
        "PDF",
        (".pdf",),
        "application/pdf",
        "pdf:read_pdf",
        signature=b"%PDF-",
    ),
    Format(
        "DOCX",
        "Word",
        "Word",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx:read_docx",
        signature=ZIP,
        part="word/document.xml",
    ),
    HTML,
    Format(
        "Markdown",
        "Markdown",
        "Markdown",
        (".md", ".markdown"),
        "text/markdown",
        "markdown:read_markdown",
    ),
    TEXT,
)
"""In the order in which messages list them."""

FORMAT_NAMES: Final = ", ".join(each.name for each in FORMATS)
"""Their list in messages."""
ENDINGS: Final = frozenset(ending for each in FORMATS for ending in each.endings)
"""The endings of the files that are read."""


def format_by_ending(ending: str) -> Format | None:
    """The format of files whose names end so (``.md``, in any case); None for no format."""
    wanted = ending.casefold()
    return next((each for each in FORMATS if wanted in each.endings), None)


def format_by_media_type(media_type: str) -> Format | None:
    """The format of this media type (``text/html``); None for none that is read."""
    return next((each for each in FORMATS if each.media_type == media_type), None)


def unsupported(ending: str) -> str:
    """The message for an ending that is not read."""
    known = " ".join(sorted(ENDINGS))
    named = f"l'extension « {ending} »" if ending else "un fichier sans extension"
    return (
        f"Format non pris en charge : {named}. Convertissez le document dans l'un des "
        f"formats lus : {known}."
    )
