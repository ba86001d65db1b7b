"""A source as a PDF with a running header, page numbers and justified, hyphenated text."""

import io
from html import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    ListFlowable,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from .source import Heading, Items, Paragraph, Runs, Source, Table

_STYLES = getSampleStyleSheet()
_BODY = ParagraphStyle("body", parent=_STYLES["BodyText"], fontSize=10.5, leading=14)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9, leading=11)


def render(source: Source) -> bytes:
    """The document; the same source always gives the same bytes."""
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=source.title,
        author=source.publisher,
        subject=source.link,
        keywords=", ".join(source.categories),
        invariant=1,
    )
    frame = Frame(2.2 * cm, 2.2 * cm, A4[0] - 4.4 * cm, A4[1] - 4.8 * cm)
    document.addPageTemplates(
        PageTemplate("page", [frame], onPage=lambda canvas, _: _furniture(canvas, source))
    )
    story: list[Flowable] = [Text(escape(source.title), _STYLES["Title"])]
    story.append(Text(f"<i>{escape(source.publisher)}, {source.date}</i>", _BODY))
    for part in source.parts:
        story.append(_flowable(part))
        story.append(Spacer(1, 4))
    document.build(story)
    return buffer.getvalue()


def _furniture(canvas: Canvas, source: Source) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(2.2 * cm, A4[1] - 1.4 * cm, f"{source.publisher[:60]} – {source.date}")
    canvas.drawCentredString(A4[0] / 2, 1.2 * cm, f"Page {canvas.getPageNumber()}")


def _flowable(part: Heading | Paragraph | Items | Table) -> Flowable:
    match part:
        case Heading(level, runs):
            return Text(_inline(runs), _STYLES[f"Heading{min(level, 3)}"])
        case Paragraph(runs):
            return Text(_inline(runs), _BODY)
        case Items(ordered, items):
            return ListFlowable(
                [Text(_inline(item), _BODY) for item in items],
                bulletType="1" if ordered else "bullet",
                start=None if ordered else "•",
                leftIndent=16,
            )
        case Table(rows):
            cells = [[Text(_inline(cell), _CELL) for cell in row] for row in rows]
            width = (A4[0] - 4.4 * cm) / len(rows[0])
            return Grid(
                cells,
                colWidths=[width] * len(rows[0]),
                repeatRows=1,
                style=[
                    ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ],
            )


def _inline(runs: Runs) -> str:
    pieces = []
    for run in runs:
        piece = escape(run.text)
        if run.bold:
            piece = f"<b>{piece}</b>"
        if run.italic:
            piece = f"<i>{piece}</i>"
        pieces.append(piece)
    return "".join(pieces)
