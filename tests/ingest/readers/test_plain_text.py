from rag.ingest.readers.plain_text import is_markdown, read_plain_text
from tests.ingest.helpers import outline

from .golden_files import golden_bytes, golden_outline, without_no_breaks


def test_golden_text() -> None:
    draft = read_plain_text(golden_bytes("note.txt"))
    assert without_no_breaks(outline(draft.blocks)) == golden_outline("text.json")
    assert [b.level for b in draft.blocks if b.kind.value == "list_item"] == [1, 1, 2, 2, 1, 1]


def test_marks_of_markdown_are_text_where_nothing_else_is_markdown() -> None:
    text = "Le fichier a_b_c vaut 3*4*5 <b> & d&rsquo;autres."
    assert outline(read_plain_text(text.encode()).blocks) == [("paragraph", text)]


def test_markdown_is_told_from_plain_text() -> None:
    marked = (
        "---\ntitle: T\n---\nTexte",
        "# Titre",
        "du **gras**",
        "[a](https://b.fr)",
        "|a|b|\n|---|---|",
        "[^1]: n",
    )
    assert [text for text in marked if not is_markdown(text)] == []
    plain = ("#hashtag", "2 ** 3 ** 4", "[sic] (entre parenthèses)", "- item", "a | b")
    assert [text for text in plain if is_markdown(text)] == []


def test_each_long_line_is_a_paragraph() -> None:
    line = "Une phrase qui va bien au-delà de la largeur où un éditeur l'aurait repliée. " * 2
    text = f"Titre\n{line}\n{line}fin"
    assert len(read_plain_text(text.encode()).blocks) == 3


def test_no_line_makes_reading_quadratic() -> None:
    for hostile in (" " * 100_000, "\t" * 100_000, "-" * 100_000, "|" * 100_000):
        assert len(read_plain_text(f"Un.\n\n{hostile}\n\nDeux.".encode()).blocks) >= 2
