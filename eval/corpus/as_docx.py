"""A source as a Word document."""

import io
import zipfile
from datetime import datetime

from docx import Document as new_document
from docx.document import Document
from docx.text.paragraph import Paragraph as DocxParagraph

from .source import Heading, Items, Paragraph, Runs, Source, Table

_STAMP = (2026, 1, 1, 0, 0, 0)


def render(source: Source) -> bytes:
    """The document; the same source always gives the same bytes."""
    document = new_document()
    properties = document.core_properties
    properties.title = source.title
    properties.author = source.publisher
    properties.subject = source.link
    properties.keywords = ", ".join(source.categories)
    properties.language = source.language
    properties.created = properties.modified = datetime.fromisoformat(source.date)
    document.add_heading(source.title, level=0)
    for part in source.parts:
        _add(document, part)
    buffer = io.BytesIO()
    document.save(buffer)
    return _reproducible(buffer.getvalue())


def _add(document: Document, part: Heading | Paragraph | Items | Table) -> None:
    match part:
        case Heading(level, runs):
            _fill(document.add_heading(level=level), runs)
        case Paragraph(runs):
            _fill(document.add_paragraph(), runs)
        case Items(ordered, items):
            style = "List Number" if ordered else "List Bullet"
            for item in items:
                _fill(document.add_paragraph(style=style), item)
        case Table(rows):
            table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, runs in zip(row.cells, cells, strict=True):
                    _fill(cell.paragraphs[0], runs)


def _fill(paragraph: DocxParagraph, runs: Runs) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)
        written.bold = run.bold or None
        written.italic = run.italic or None


def _reproducible(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return buffer.getvalue()
