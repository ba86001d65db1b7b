"""Word documents: unpacked within limits, turned to HTML by mammoth, read as HTML is."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mammoth
from selectolax.lexbor import LexborHTMLParser

from rag.errors import CorruptDocumentError, EncryptedError, TooLargeError
from rag.ingest.characters import clean_characters
from rag.ingest.draft import Draft
from rag.ingest.formats import OLE
from rag.ingest.metadata import dateline, file_date, metadata_from
from rag.ingest.readers.html_blocks import fragment_blocks
from rag.types import Metadata

_MAIN_PART = "word/document.xml"
_CORE_PART = "docProps/core.xml"
_MOST_ENTRIES = 10_000
_LARGEST_UNPACKED = 1_000_000_000
_LARGEST_XML = 32 * 1024 * 1024
_HIGHEST_RATIO = 250
_RATIO_MATTERS_FROM = 4 * 1024 * 1024
_DOCUMENT_TYPES = tuple(
    "<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be")
)
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Titre 1'] => h1:fresh
p[style-name='Titre 2'] => h2:fresh
p[style-name='Titre 3'] => h3:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Citation'] => blockquote > p:fresh
"""
_PLACEHOLDER_TITLES = frozenset(
    {"word document", "document", "document1", "sans titre", "untitled"}
)
_PLACEHOLDER_AUTHORS = frozenset(
    {"python-docx", "user", "utilisateur", "microsoft office user"}
)
_TOO_LARGE = (
    "Ce document DOCX se déploie en un volume démesuré (bombe de décompression ?). "
    "Ouvrez-le dans un traitement de texte et enregistrez-le à nouveau, allégé."
)
_CORRUPT = (
    "Ce document DOCX est incomplet ou endommagé. Ouvrez-le dans un traitement de texte et "
    "enregistrez-le à nouveau."
)


def read_docx(data: bytes) -> Draft:
    """The document in these bytes of a Word file.

    Raises:
        EncryptedError: it asks for a password.
        TooLargeError: it unpacks to more than any document does.
        CorruptDocumentError: it is not a Word file, or is damaged.
    """
    if data.startswith(OLE):
        raise _ole_error(data)
    parts = _unpack(data)
    try:
        # Pictures would be carried along as megabytes of base64.
        html = mammoth.convert_to_html(
            _repacked(parts),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_no_picture),
        ).value
    except (Exception, RecursionError) as error:
        # mammoth raises whatever its XML and ZIP parsers do on a damaged file.
        raise CorruptDocumentError(_CORRUPT) from error
    blocks = tuple(fragment_blocks(clean_characters(html)))
    metadata = _metadata(parts.get(_CORE_PART, b""))
    return Draft(blocks, replace(metadata, date=dateline(blocks) or metadata.date))


def _ole_error(data: bytes) -> EncryptedError | CorruptDocumentError:
    if _ENCRYPTED_STREAM in data:
        return EncryptedError(
            "Ce document Word est protégé par un mot de passe. Ôtez la protection, puis "
            "indexez-le de nouveau."
        )
    return CorruptDocumentError(
        "Ce fichier est à l'ancien format Word (.doc). Enregistrez-le au format .docx."
    )


def _unpack(data: bytes) -> dict[str, bytes]:
    """The XML parts of the archive by name, each checked as it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries)
            if not any(entry.filename == _MAIN_PART for entry in entries):
                raise CorruptDocumentError(_CORRUPT)
            parts = {e.filename: _part(archive, e) for e in entries if _is_xml(e)}
    except (CorruptDocumentError, TooLargeError):
        raise
    except Exception as error:
        # A damaged archive surfaces as BadZipFile, zlib.error, EOFError and the like.
        raise CorruptDocumentError(_CORRUPT) from error
    # Office files never declare a document type; only entity bombs do.
    if any(declared in part for part in parts.values() for declared in _DOCUMENT_TYPES):
        raise CorruptDocumentError(_CORRUPT)
    return parts


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part, unpacked as far as it declares to go and not a byte further.

    Without a size given, zipfile unpacks all there is in memory before it cuts.
    """
    with archive.open(entry) as file:
        return file.read(entry.file_size + 1)


def _repacked(parts: Mapping[str, bytes]) -> io.BytesIO:
    """An archive of what was checked: mammoth would unpack the given one again, unbounded."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith((".xml", ".rels"))


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    """Sizes are those declared; `_part` holds them to it."""
    unpacked = sum(entry.file_size for entry in entries)
    xml = sum(e.file_size for e in entries if _is_xml(e))
    if len(entries) > _MOST_ENTRIES or unpacked > _LARGEST_UNPACKED or xml > _LARGEST_XML:
        raise TooLargeError(_TOO_LARGE)
    for entry in entries:
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > _RATIO_MATTERS_FROM and ratio > _HIGHEST_RATIO:
            raise TooLargeError(_TOO_LARGE)


def _no_picture(_image: Any) -> dict[str, str]:  # noqa: ANN401
    return {"src": ""}


def _metadata(core: bytes) -> Metadata:
    """Title, author and date; an HTML parser reads them since it expands no entity."""
    tree = LexborHTMLParser(core[:100_000].decode("utf-8", "replace"))
    values: dict[str, str] = {}
    for node in tree.root.traverse() if tree.root is not None else ():
        name = (node.tag or "").rsplit(":")[-1]
        if name in {"creator", "created", "language", "description", "keywords"} or (
            node.tag == "dc:title"
        ):
            values.setdefault(name, node.text().strip()[:500])
    if values.get("title", "").casefold() in _PLACEHOLDER_TITLES:
        del values["title"]
    if values.get("creator", "").casefold() in _PLACEHOLDER_AUTHORS:
        del values["creator"]
    if values.get("description", "").startswith("generated by"):
        del values["description"]
    return metadata_from(
        {"title": values.get("title"), "date": file_date(values.get("created"))}
        | {"author": values.get("creator"), "description": values.get("description")}
        | {"language": values.get("language"), "keywords": values.get("keywords")}
    )
