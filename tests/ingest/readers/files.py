"""PDF and DOCX files made in memory."""

import io
import zipfile
from collections.abc import Sequence

from docx import Document as WordDocument
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

STYLES = getSampleStyleSheet()
WIDTH, HEIGHT = A4


def flowing_pdf(story: Sequence[Flowable], running: str = "", **properties: str) -> bytes:
    """A PDF set by reportlab, with a running header and page numbers where asked."""

    def furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
        if running:
            canvas.drawString(72, HEIGHT - 30, f"{running} – {canvas.getPageNumber()}")
            canvas.drawCentredString(WIDTH / 2, 25, f"{canvas.getPageNumber()} / 9")

    buffer = io.BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=A4, **properties)
    document.build(list(story), onFirstPage=furniture, onLaterPages=furniture)
    return buffer.getvalue()


def lines_pdf(*pages: Sequence[str], size: int = 11, left: int = 72) -> bytes:
    """A PDF whose lines are placed one by one, 14 points apart."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for lines in pages:
        canvas.setFont("Helvetica", size)
        for number, line in enumerate(lines):
            canvas.drawString(left, HEIGHT - 150 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def placed_pdf(*runs: tuple[float, float, str]) -> bytes:
    """A PDF with each text at its place: x from the left, y from the top, in points."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setFont("Helvetica", 10)
    for x, y, text in runs:
        canvas.drawString(x, HEIGHT - y, text)
    canvas.save()
    return buffer.getvalue()


def picture_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.drawInlineImage(Image.new("RGB", (20, 20), "grey"), 100, 100)
    canvas.save()
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(lines_pdf(["Secret."]))))
    writer.encrypt("mot de passe", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def ruled_table(rows: Sequence[Sequence[str]]) -> Table:
    cells = [[Paragraph(cell, STYLES["BodyText"]) for cell in row] for row in rows]
    return Table(
        cells, colWidths=[110] * len(rows[0]), style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]
    )


def word_file(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def sample_word_file() -> bytes:
    document = WordDocument()
    document.core_properties.title = "Le guide"
    document.core_properties.author = "Rédaction"
    document.add_heading("Le guide", level=0)
    document.add_heading("Les objectifs", level=1)
    paragraph = document.add_paragraph("Du texte ")
    paragraph.add_run("en gras").bold = True
    paragraph.add_run(", d’ici 2030.")
    document.add_paragraph("un ;", style="List Bullet")
    document.add_paragraph("deux.", style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for cells in (("Catégorie", "Effectif", "Part"), ("TPE", "moins de 10", "50 %")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_paragraph().add_run("Un intertitre en gras").bold = True
    document.add_paragraph("Fin.")
    return word_file(document)


def zip_file(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A copy of the archive with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    return zip_file(parts | {name: content})
