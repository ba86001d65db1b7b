import pytest

from rag.errors import CorruptDocumentError
from rag.ingest.readers.html import read_html
from tests.ingest.helpers import outline

from .golden_files import golden_bytes, golden_outline, without_no_breaks


def read(html: str) -> list[tuple[str, str]]:
    return outline(read_html(html.encode()).blocks)


def test_golden_page() -> None:
    draft = read_html(golden_bytes("page.html"))
    assert without_no_breaks(outline(draft.blocks)) == golden_outline("page.json")
    assert [b.level for b in draft.blocks if b.kind.value == "list_item"] == [1, 1, 2, 1]
    assert draft.metadata.title == "Trois chiffres sur l’IA"
    assert draft.metadata.date == "2026-02-17"
    assert draft.metadata.source == "Le Journal"
    assert draft.metadata.source_url == "https://exemple.fr/ia"
    assert draft.metadata.language == "fr"
    assert draft.metadata.description == "Ce qu’il faut retenir."


def test_without_marks_the_dense_part_is_the_content() -> None:
    prose = "<p>Une phrase de contenu, assez longue pour peser plus lourd que les liens.</p>"
    links = "".join(
        f"<p><a href='/{n}'>Un lien vers une autre page numéro {n}</a></p>" for n in range(9)
    )
    page = f"<body><div>{links}</div><div id='x'><h1>Titre</h1>{prose * 6}</div></body>"
    found = read(page)
    assert found[0] == ("heading", "Titre")
    assert len(found) == 7


def test_several_articles_are_read_together() -> None:
    page = (
        "<main>"
        + "".join(f"<article><p>Article {n}.</p></article>" for n in range(3))
        + "</main>"
    )
    assert read(page) == [("paragraph", f"Article {n}.") for n in range(3)]


def test_json_ld_is_believed_first() -> None:
    draft = read_html(
        b'<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle",'
        b'"headline":"Le titre","datePublished":"2026-02-03","author":{"name":"A. B."},'
        b'"publisher":{"name":"P"},"keywords":["x","y"]}]}</script><p>Texte.</p>'
    )
    assert draft.metadata.title == "Le titre"
    assert draft.metadata.date == "2026-02-03"
    assert draft.metadata.author == "A. B."
    assert draft.metadata.source == "P"
    assert draft.metadata.categories == ("x", "y")


def test_the_charset_declared_is_used() -> None:
    page = '<meta charset="iso-8859-1"><p>L’été à 3 €.</p>'.encode("cp1252")
    assert outline(read_html(page).blocks) == [("paragraph", "L’été à 3 €.")]


def test_tables_that_arrange_the_page_are_no_tables() -> None:
    assert read("<table><tr><td><p>Un.</p><p>Deux.</p></td></tr></table>") == [
        ("paragraph", "Un."),
        ("paragraph", "Deux."),
    ]


def table(*rows: str) -> str:
    """A table of ``td`` cells; each row's cells are separated by spaces."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split()) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def test_a_first_row_of_names_is_the_header() -> None:
    assert read(table("A B C", "1 2 3"))[0] == ("table_header", "A | B | C")
    assert read(table("<b>A</b> <b>B</b>", "1 2"))[0] == ("table_header", "A | B")
    assert read(table("Date Mars", "Lieu Paris")) == [
        ("table_row", "Date | Mars"),
        ("table_row", "Lieu | Paris"),
    ]


def test_spans_are_bounded() -> None:
    cell = "<td colspan='99999999' rowspan='99999999'>x</td>"
    found = read_html(f"<table><tr>{cell * 50}</tr><tr><td>y</td></tr></table>".encode()).blocks
    assert max(len(block.cells) for block in found) <= 60


def test_endless_nesting_is_refused() -> None:
    for page in ("<div>" * 50_000, "<b a=1>" * 5000 + "<p>" * 5000):
        with pytest.raises(CorruptDocumentError):
            read_html(page.encode())


def test_deep_nesting_is_read() -> None:
    assert read("<div>" * 500 + "Au fond." + "</div>" * 500) == [("paragraph", "Au fond.")]


def test_many_unclosed_paragraphs_are_no_nesting() -> None:
    assert len(read("<p>Un." * 5000)) == 5000
