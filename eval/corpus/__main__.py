"""Make the HTML, TXT, PDF and DOCX documents of ``documents/`` from their sources.

``python -m eval.corpus`` reads ``eval/corpus/<theme>/<name>.<format>.md`` and writes
``documents/<theme>/<name>.<format>``. The same sources always give the same bytes.
"""

from pathlib import Path

from . import as_docx, as_html, as_pdf, as_text
from .source import Source, load

SOURCES = Path(__file__).parent
DOCUMENTS = SOURCES.parent.parent / "documents"


def render(source: Source, extension: str, ordinal: int) -> bytes:
    """A source in a format; every other text is in Windows-1252, as old files are."""
    match extension:
        case ".html":
            return as_html.render(source)
        case ".txt":
            return as_text.render(source, "cp1252" if ordinal % 2 else "utf-8")
        case ".docx":
            return as_docx.render(source)
        case ".pdf":
            return as_pdf.render(source)
        case _:
            raise ValueError(f"no format {extension}")


def main() -> None:
    for ordinal, path in enumerate(sorted(SOURCES.glob("*/*.md"))):
        target = DOCUMENTS / path.parent.name / path.stem
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(render(load(path), target.suffix, ordinal // 4))
        print(target.relative_to(DOCUMENTS.parent))


main()
