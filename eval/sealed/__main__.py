"""Make the PDF and DOCX documents of the sealed set from their sources.

``python -m eval.sealed [NAME…]`` prints ``sources/<name>.pdf.html`` with Chromium (the one
that ``CHROMIUM`` names, else Playwright's own) and lays ``sources/<name>.docx.html`` out with
Word's styles, into ``documents/``; all of them where none is named.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import docx
from docx.document import Document
from docx.text.paragraph import Paragraph
from playwright.sync_api import sync_playwright
from selectolax.lexbor import LexborHTMLParser, LexborNode

HERE = Path(__file__).parent
_BLANKS = re.compile(r"\s+")
_LISTS = {"ul": "List Bullet", "ol": "List Number"}


def as_docx(source: str, target: Path) -> None:
    """Lay a page out as a Word document: headings, lists of three levels, tables, stresses."""
    tree = LexborHTMLParser(source)
    document = docx.Document()
    title = tree.css_first("title")
    document.core_properties.title = title.text().strip() if title else ""
    author = tree.css_first('meta[name="author"]')
    document.core_properties.author = (author.attributes.get("content") or "") if author else ""
    if tree.body is not None:
        _blocks(document, tree.body)
    document.save(str(target))


def _blocks(document: Document, parent: LexborNode) -> None:
    for node in parent.iter():
        match node.tag:
            case "h1" | "h2" | "h3" | "h4":
                document.add_heading(_words(node), int(node.tag[1]))
            case "p":
                _runs(document.add_paragraph(), node)
            case "blockquote":
                _runs(document.add_paragraph(style="Quote"), node)
            case "ul" | "ol":
                _items(document, node, 1)
            case "table":
                _table(document, node)
            case _:
                _blocks(document, node)


def _items(document: Document, parent: LexborNode, level: int) -> None:
    style = _LISTS[parent.tag or "ul"] + (f" {level}" if level > 1 else "")
    for item in parent.iter():
        _runs(document.add_paragraph(style=style), item)
        for inner in item.iter():
            if inner.tag in _LISTS:
                _items(document, inner, min(level + 1, 3))


def _table(document: Document, node: LexborNode) -> None:
    rows = [[_words(cell) for cell in row.css("th, td")] for row in node.css("tr")]
    grid = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
    for row, cells in zip(grid.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=False):
            cell.text = text


def _runs(paragraph: Paragraph, node: LexborNode) -> None:
    for part in node.iter(include_text=True):
        if part.tag in _LISTS:
            continue
        text = _BLANKS.sub(" ", part.text() or "")
        if not text.strip():
            continue
        run = paragraph.add_run(text if paragraph.runs else text.lstrip())
        run.bold = part.tag in ("strong", "b") or None
        run.italic = part.tag in ("em", "i") or None


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def print_pages(sources: Iterable[Path], documents: Path) -> None:
    """Print pages to PDF as a browser does, with their own print styles."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        page = browser.new_page()
        for source in sources:
            page.goto(source.resolve().as_uri())
            page.pdf(path=documents / source.stem, format="A4", prefer_css_page_size=True)
        browser.close()


def main(names: list[str]) -> None:
    """Make the documents named, or all."""
    sources = [
        path
        for path in sorted((HERE / "sources").glob("*.html"))
        if not names or path.stem in names
    ]
    documents = HERE / "documents"
    for source in sources:
        if source.name.endswith(".docx.html"):
            as_docx(source.read_text(encoding="utf-8"), documents / source.stem)
    print_pages((each for each in sources if each.name.endswith(".pdf.html")), documents)


main(sys.argv[1:])
