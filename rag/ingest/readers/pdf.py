"""PDF files: text with its page numbers, page furniture removed, lines joined again."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from rag.errors import CorruptDocumentError, EncryptedError, NoTextLayerError
from rag.ingest.characters import comparable
from rag.ingest.draft import Draft, DraftBlock
from rag.ingest.metadata import dateline, file_date, metadata_from
from rag.ingest.readers.lines import has_header, table_blocks
from rag.ingest.readers.pdf_flow import Flow, Mender, measure
from rag.ingest.readers.pdf_page import Line, Page, read_page
from rag.ingest.readers.pdf_tables import Table, find_tables
from rag.types import BlockKind, Metadata

_MOST_PAGES = 20_000
_TRAILER = 4096
_PLACEHOLDERS = frozenset(
    {"", "untitled", "sans titre", "(unspecified)", "unspecified", "(anonymous)", "anonymous"}
)
_CORRUPT = (
    "Ce PDF est incomplet ou endommagé. Téléchargez-le de nouveau, ou ouvrez-le et "
    "enregistrez-le sous un autre nom."
)
_ENCRYPTED = (
    "Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans protection, "
    "puis indexez-la."
)
_NO_TEXT = (
    "Ce PDF ne contient pas de texte : numérisation, ou pages vides. Passez-le dans un "
    "logiciel de reconnaissance de caractères (OCR), puis indexez le résultat."
)
_EDGE_LINES = 3
_EDGE_SHARE = 0.14
_SAME_HEIGHT = 6.0
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:p(?:age|\.)?\s{0,2})?\d{1,4}(?:\s{0,2}(?:/|sur|of|de|–|-)\s{0,2}\d{1,4})?\W{0,3}\Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def read_pdf(data: bytes) -> Draft:
    """The document in these bytes of PDF; each block knows its page.

    Raises:
        EncryptedError: it asks for a password.
        NoTextLayerError: its pages hold no text.
        CorruptDocumentError: it is cut short or damaged.
    """
    document = _open(data)
    try:
        pages = [
            read_page(document[index], index + 1)
            for index in range(min(len(document), _MOST_PAGES))
        ]
        metadata = _metadata(document)
    except (pdfium.PdfiumError, ValueError, OverflowError, MemoryError) as error:
        raise CorruptDocumentError(_CORRUPT) from error
    finally:
        document.close()
    if not pages:
        raise CorruptDocumentError(_CORRUPT)
    if not any(page.lines for page in pages):
        raise NoTextLayerError(_NO_TEXT)
    tabled = {page.number: _in_tables(find_tables(page)) for page in pages}
    blocks = tuple(_blocks(_without_furniture(pages, tabled)))
    return Draft(blocks, replace(metadata, date=dateline(blocks) or metadata.date))


def _open(data: bytes) -> pdfium.PdfDocument:
    # pdfium mends a file cut short by forgetting the pages it cannot find.
    if b"startxref" not in data[-_TRAILER:]:
        raise CorruptDocumentError(_CORRUPT)
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in {
            pdfium_c.FPDF_ERR_PASSWORD,
            pdfium_c.FPDF_ERR_SECURITY,
        }:
            raise EncryptedError(_ENCRYPTED) from error
        raise CorruptDocumentError(_CORRUPT) from error


def _blocks(pages: Sequence[Page]) -> list[DraftBlock]:
    tables = {page.number: find_tables(page) for page in pages}
    taken = {number: _in_tables(found) for number, found in tables.items()}
    flowing = [
        line
        for page in pages
        for index, line in enumerate(page.lines)
        if index not in taken[page.number]
    ]
    mender = Mender(line.text for page in pages for line in page.lines)
    flow = Flow(measure(flowing), mender)
    header: tuple[str, ...] | None = None
    for page in pages:
        starts = {min(table.line_ids): table for table in tables[page.number]}
        for index, line in enumerate(page.lines):
            if index in starts:
                blocks, header = _table(starts[index].rows, header, page.number)
                flow.put(blocks)
            elif index not in taken[page.number]:
                header = None
                flow.add(line)
    return flow.end()


def _in_tables(tables: Sequence[Table]) -> frozenset[int]:
    return frozenset(index for table in tables for index in table.line_ids)


def _table(
    rows: Sequence[tuple[str, ...]], header: tuple[str, ...] | None, page: int
) -> tuple[list[DraftBlock], tuple[str, ...] | None]:
    """The rows, and their columns' names; a table from the page before has no header anew."""
    if header is None or len(header) != len(rows[0]):
        return table_blocks(rows, page), rows[0] if has_header(rows) else None
    kept = rows[1:] if rows[0] == header else rows
    return [DraftBlock(BlockKind.TABLE_ROW, page=page, cells=row) for row in kept], header


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    given = document.get_metadata_dict()
    told = {
        key: value.strip()
        for key, value in given.items()
        if isinstance(value, str) and value.strip().casefold() not in _PLACEHOLDERS
    }
    title = told.get("Title")
    if title and title.casefold().endswith((".doc", ".docx", ".indd", ".pdf", ".tex", ".odt")):
        title = None
    subject = told.get("Subject")
    about = "url" if subject and subject.startswith(("http://", "https://")) else "description"
    return metadata_from(
        {"title": title, "author": told.get("Author"), about: subject}
        | {"date": file_date(told.get("CreationDate")), "keywords": told.get("Keywords")}
    )


def _without_furniture(
    pages: Sequence[Page], tables: Mapping[int, frozenset[int]]
) -> list[Page]:
    """The pages without the lines that stand at their edges page after page.

    A line at the top or foot goes if it is a page number, or if the same words (numbers
    aside) stand at the same height on another page: on at least half the pages of a short
    document, three pages of a long one.

    ``tables`` gives by page number the indices of the lines in tables, which stay: a
    table's names are repeated at the head of each page as a running header is.
    """
    seen: dict[tuple[str, bool], list[tuple[int, float]]] = defaultdict(list)
    for page in pages:
        for line, at_top in _edge_lines(page, tables[page.number]):
            seen[_key(line, at_top)].append((page.number, line.y))
    return [
        replace(page, lines=tuple(_kept(page, seen, len(pages), tables[page.number])))
        for page in pages
    ]


def _kept(
    page: Page,
    seen: dict[tuple[str, bool], list[tuple[int, float]]],
    pages: int,
    tabled: frozenset[int],
) -> Iterator[Line]:
    dropped = {
        id(line)
        for line, at_top in _edge_lines(page, tabled)
        if _PAGE_NUMBER.match(line.text.strip())
        or _repeats(seen[_key(line, at_top)], line, pages)
    }
    return (line for line in page.lines if id(line) not in dropped)


def _edge_lines(page: Page, tabled: frozenset[int]) -> Iterator[tuple[Line, bool]]:
    """The outermost lines outside tables, and whether each is at the top."""
    flowing = (line for index, line in enumerate(page.lines) if index not in tabled)
    ordered = sorted(flowing, key=lambda line: -line.y)
    margin = _EDGE_SHARE * page.height
    for line in ordered[:_EDGE_LINES]:
        if line.y > page.height - margin:
            yield line, True
    for line in ordered[-_EDGE_LINES:]:
        if line.y < margin:
            yield line, False


def _key(line: Line, at_top: bool) -> tuple[str, bool]:
    return comparable(_DIGITS.sub("0", line.text))[:200], at_top


def _repeats(places: list[tuple[int, float]], line: Line, pages: int) -> bool:
    level = {number for number, y in places if abs(y - line.y) <= _SAME_HEIGHT}
    needed = max(2, min(3, (pages + 1) // 2))
    return len(level) >= needed
