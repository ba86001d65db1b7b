"""From a file to a document: bytes, blocks, one reading text with verified offsets."""

import hashlib
import io
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from rag.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    TooLargeError,
    UnreadableFileError,
)
from rag.ingest.characters import fold_line
from rag.ingest.cleaning import clean
from rag.ingest.discovery import display_path
from rag.ingest.draft import Draft, DraftBlock
from rag.ingest.metadata import dateline
from rag.ingest.sniffing import format_of
from rag.settings import LimitSettings
from rag.storage.disk_errors import refusal, remedy
from rag.text.language import detect_language
from rag.types import Block, BlockKind, Document, Metadata, Span

_CELL_SEPARATOR = " | "
_ID_DIGITS = 16
_LONGEST_TITLE = 300
_LANGUAGE_SAMPLE = 20_000
_TABLE = frozenset({BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW})


def read_file(path: Path, limits: LimitSettings) -> bytes:
    """The file's bytes; what is not a regular file is refused before it is opened.

    Raises:
        UnreadableFileError: the system refuses, or the file vanished meanwhile.
        TooLargeError: it is over the limit.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("Ce n'est pas un fichier ordinaire ; il n'est pas lu.")
        if status.st_size > limits.file_bytes:
            raise TooLargeError(_too_large(status.st_size, limits))
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise unreadable(error) from error
    except ValueError as error:
        raise UnreadableFileError(
            "Ce nom de fichier contient un caractère qu'aucun fichier ne peut porter. "
            "Vérifiez-le."
        ) from error
    except MemoryError as error:
        raise TooLargeError(
            "La mémoire manque pour lire ce fichier. Divisez-le ou abaissez limits.file_bytes."
        ) from error
    if len(data) > limits.file_bytes:
        raise TooLargeError(_too_large(len(data), limits))
    return data


def _too_large(size: int, limits: LimitSettings) -> str:
    """The message for a file over the limit, sizes in megabytes (10⁶ bytes)."""
    return (
        f"Fichier trop volumineux : {_megabytes(size)}, pour une limite de "
        f"{_megabytes(limits.file_bytes)}. Divisez-le ou relevez limits.file_bytes."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}".replace(".", ",") + "\xa0Mo"


def unreadable(error: OSError) -> UnreadableFileError:
    """What the system's refusal to give a file means for the person who gave it."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFileError(
            "Le fichier a disparu pendant la lecture. Relancez l'indexation."
        )
    return UnreadableFileError(
        f"Le système refuse la lecture du fichier ({refusal(error)}). {remedy(error)}"
    )


def read_bytes(name: str, data: bytes, limits: LimitSettings) -> Draft:
    """What the reader of a file's format makes of it; only the ending of ``name`` counts.

    Raises:
        ReadError: the ending is unknown, or the bytes cannot be read; the type says
            which.
    """
    if len(data) > limits.file_bytes:
        raise TooLargeError(_too_large(len(data), limits))
    if not data.strip():
        raise EmptyDocumentError("Ce document est vide. Remplissez-le ou retirez-le.")
    try:
        return format_of(name, io.BytesIO(data)).load_reader()(data)
    except (RecursionError, MemoryError) as error:
        raise TooLargeError(
            "Ce document est trop complexe pour être lu avec la mémoire disponible. "
            "Divisez-le ou simplifiez-le."
        ) from error


def read_document(
    data: bytes, path: PurePath, collection: str, limits: LimitSettings
) -> Document:
    """Read, clean and assemble a file's bytes; ``path`` is relative to what is indexed.

    Raises:
        ReadError: the bytes are not what the name says, or hold no text; the type says
            which, the message how to mend it.
    """
    return assemble(
        clean(read_bytes(path.name, data, limits)),
        collection=collection,
        path=path,
        most_characters=limits.text_characters,
    )


def assemble(
    draft: Draft, *, collection: str, path: PurePath, most_characters: int = 20_000_000
) -> Document:
    """Join cleaned blocks into the reading text, and say where each stands in it.

    Blocks are separated by a blank line, consecutive list items and the rows of a table
    by a line feed. List marks are not text: who shows the document draws them. A row is
    its cells that hold something, separated by ``" | "``; an empty cell is an empty span
    where it would stand, so that a row never begins or ends with a separator. ``path`` is
    relative to the collection's root, ``most_characters`` in code points.

    Raises:
        EmptyDocumentError: no block holds text.
        TooLargeError: the text is longer than ``most_characters``.
    """
    text, blocks = _lay_out(draft.blocks)
    _check_length(text, most_characters)
    shown = display_path(path)
    metadata = _completed(draft, text)
    title = metadata.title or _title_from(shown)
    return Document(
        id=document_id(collection, path),
        collection=collection,
        path=shown,
        version=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
        title=title,
        text=text,
        blocks=tuple(blocks),
        metadata=replace(metadata, title=title),
    )


def _completed(draft: Draft, text: str) -> Metadata:
    """What the document says of itself, its text asked where its metadata are silent."""
    told = draft.metadata
    return replace(
        told,
        title=told.title or _first_heading(draft.blocks),
        date=told.date or dateline(draft.blocks),
        language=told.language or detect_language(text[:_LANGUAGE_SAMPLE]),
    )


def _check_length(text: str, most: int) -> None:
    if not text:
        raise EmptyDocumentError(
            "Ce document ne contient aucun texte. Remplissez-le ou retirez-le."
        )
    if len(text) > most:
        raise TooLargeError(
            f"Texte trop long : {len(text)} caractères, pour une limite de {most}. Divisez "
            "le document ou relevez limits.text_characters."
        )


def document_id(collection: str, path: PurePath) -> str:
    """The id of the document at this relative path: 16 hexadecimal digits.

    The path counts in NFC, so that a file keeps its id when it moves between systems that
    write accents differently.
    """
    normal = unicodedata.normalize("NFC", path.as_posix())
    key = f"{collection}\0{normal}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(key).hexdigest()[:_ID_DIGITS]


def _lay_out(drafts: Sequence[DraftBlock]) -> tuple[str, list[Block]]:
    parts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for draft in drafts:
        cells = _cell_texts(draft)
        body = _CELL_SEPARATOR.join(filter(None, cells)) if draft.kind in _TABLE else draft.text
        body = body.strip()
        if not body:
            continue
        if blocks:
            separator = _separator(blocks[-1].kind, draft.kind)
            parts.append(separator)
            position += len(separator)
        block = Block(
            kind=draft.kind,
            start=position,
            end=position + len(body),
            level=draft.level,
            page=draft.page,
            cells=_spans(cells, position),
        )
        parts.append(body)
        blocks.append(block)
        position = block.end
    text = "".join(parts)
    _verify(text, drafts, blocks)
    return text, blocks


def _cell_texts(draft: DraftBlock) -> list[str]:
    return [cell.strip() for cell in draft.cells] if draft.kind in _TABLE else []


def _separator(last: BlockKind, kind: BlockKind) -> str:
    items = last is BlockKind.LIST_ITEM and kind is BlockKind.LIST_ITEM
    rows = last in _TABLE and kind is BlockKind.TABLE_ROW
    return "\n" if items or rows else "\n\n"


def _spans(cells: Sequence[str], start: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    position, anything = start, False
    for cell in cells:
        if cell and anything:
            position += len(_CELL_SEPARATOR)
        spans.append(Span(position, position + len(cell)))
        position += len(cell)
        anything = anything or bool(cell)
    return tuple(spans)


def _verify(text: str, drafts: Sequence[DraftBlock], blocks: Sequence[Block]) -> None:
    """Offsets are proved, not trusted: each must give back what it was made from."""
    sources = [
        draft for draft in drafts if draft.text.strip() or any(map(str.strip, draft.cells))
    ]
    for block, draft in zip(blocks, sources, strict=True):
        found = [text[span.start : span.end] for span in block.cells] or [
            text[block.start : block.end]
        ]
        if found != (_cell_texts(draft) or [draft.text.strip()]):
            raise CorruptDocumentError(
                "Les positions du texte de ce document sont incohérentes ; il n'est pas "
                "indexé. Signalez ce fichier aux mainteneurs."
            )


def _first_heading(blocks: Sequence[DraftBlock]) -> str | None:
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    top = min(headings, key=lambda block: block.level, default=None)
    return top.text[:_LONGEST_TITLE] if top is not None else None


def _title_from(path: str) -> str:
    """A file's name as a title: ``note_de-synthese.txt`` gives ``Note de synthese``."""
    stem = PurePath(path).stem
    readable = fold_line(stem.replace("_", " ").replace("-", " ")) or stem
    return readable[:1].upper() + readable[1:]
