import hashlib
import os
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    ReadError,
    TooLargeError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from rag.ingest.cleaning import clean
from rag.ingest.draft import Draft
from rag.ingest.formats import ENDINGS
from rag.ingest.reading import assemble, document_id, read_bytes, read_document, read_file
from rag.settings import LimitSettings
from rag.types import Document, Metadata, Span

from .helpers import assert_sound, heading, item, names, outline, paragraph, row
from .readers.files import lines_pdf, sample_word_file, zip_file

LIMITS = LimitSettings()


def assembled(*blocks: object, path: str = "dossier/note.md", **metadata: str) -> Document:
    draft = Draft(blocks, Metadata(**metadata))  # type: ignore[arg-type]
    return assemble(draft, collection="c", path=PurePath(path))


def test_the_layout_of_the_reading_text() -> None:
    document = assembled(
        heading("Titre"),
        paragraph("Texte."),
        item("un"),
        item("deux"),
        names("A", "B"),
        row("1", "2"),
        paragraph("Fin."),
    )
    assert document.text == "Titre\n\nTexte.\n\nun\ndeux\n\nA | B\n1 | 2\n\nFin."
    assert_sound(document)
    assert document.version == f"sha256:{hashlib.sha256(document.text.encode()).hexdigest()}"


def test_empty_cells_are_empty_spans_without_separator() -> None:
    document = assembled(row("", "NUMERISK", "", "X", ""))
    assert document.text == "NUMERISK | X"
    assert document.blocks[0].cells == (
        Span(0, 0),
        Span(0, 8),
        Span(8, 8),
        Span(11, 12),
        Span(12, 12),
    )


def test_an_id_comes_from_collection_and_path_alone() -> None:
    one, two = assembled(paragraph("Un.")), assembled(paragraph("Deux."))
    assert one.id == two.id == hashlib.sha256(b"c\0dossier/note.md").hexdigest()[:16]
    assert one.version != two.version
    assert document_id("d", PurePath("dossier/note.md")) != one.id
    assert document_id("c", PurePath("e\u0301te.md")) == document_id("c", PurePath("éte.md"))


def test_titles_from_metadata_heading_or_name() -> None:
    assert assembled(heading("H"), title="M").title == "M"
    assert assembled(heading("Bas", 3), heading("Haut", 1)).title == "Haut"
    assert assembled(paragraph("P."), path="note_de-synthèse.txt").title == "Note de synthèse"


def test_a_dateline_dates_what_nothing_else_does() -> None:
    line = paragraph("Paris, le 12 février 2026")
    assert assembled(line).metadata.date == "2026-02-12"
    assert assembled(line, date="2025-01-01").metadata.date == "2025-01-01"


def test_refusals() -> None:
    with pytest.raises(EmptyDocumentError):
        assembled()
    with pytest.raises(TooLargeError):
        assemble(
            Draft((paragraph("abc"),)), collection="c", path=PurePath("a"), most_characters=2
        )


def read(path: Path, root: Path) -> Document:
    relative = PurePath(os.path.relpath(path, root))
    return read_document(read_file(path, LIMITS), relative, "c", LIMITS)


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "été 2026" / "l’avis.md"
    file.parent.mkdir()
    file.write_text("# Avis\n\nTexte.", encoding="utf-8")
    document = read(file, tmp_path)
    assert document.path == "été 2026/l’avis.md"
    assert (document.title, document.text) == ("Avis", "Avis\n\nTexte.")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="disparu"):
        read(tmp_path / "parti.md", tmp_path)
    with pytest.raises(UnreadableFileError, match="ordinaire"):
        read(tmp_path, tmp_path)
    os.mkfifo(tmp_path / "tube.md")
    with pytest.raises(UnreadableFileError, match="ordinaire"):
        read(tmp_path / "tube.md", tmp_path)
    (tmp_path / "vide.md").write_bytes(b"")
    with pytest.raises(EmptyDocumentError):
        read(tmp_path / "vide.md", tmp_path)
    (tmp_path / "muet.md").write_bytes("---\ntitle: T\n---\n\n\u200b".encode())
    with pytest.raises(EmptyDocumentError):
        read(tmp_path / "muet.md", tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "gros.txt"
    with file.open("wb") as sparse:
        sparse.truncate(200_000_000)
    with pytest.raises(TooLargeError, match="200,0"):
        read(file, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_forbidden_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "secret.md"
    file.write_text("Texte.", encoding="utf-8")
    file.chmod(0)
    with pytest.raises(UnreadableFileError, match="droits"):
        read(file, tmp_path)


def test_a_name_that_is_not_unicode_can_be_stored(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"a\xff.md")
    try:
        file.write_text("Texte.", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes Unicode names only")
    document = read(file, tmp_path)
    assert document.path == "a\\xff.md"
    (document.path + document.title).encode("utf-8")


def test_text_is_read_by_its_extension() -> None:
    for name in ("a.md", "A.MARKDOWN", "b.txt", "é è.text"):
        blocks = read_bytes(name, b"Du texte.", LIMITS).blocks
        assert outline(blocks) == [("paragraph", "Du texte.")], name


def test_bytes_that_are_certain_are_read_as_what_they_are() -> None:
    for name in ("a.txt", "a.md", "a.html", "a.docx", "a.pdf"):
        assert read_bytes(name, lines_pdf(["Une ligne."]), LIMITS).blocks[0].page == 1, name
        assert read_bytes(name, sample_word_file(), LIMITS).metadata.title == "Le guide", name


def test_html_in_a_text_file_is_read_as_html() -> None:
    page = b"\n<!DOCTYPE html><title>T</title><nav>Menu</nav><p>Texte.</p>"
    for name in ("a.txt", "a.md"):
        assert outline(read_bytes(name, page, LIMITS).blocks) == [("paragraph", "Texte.")], name


def test_bytes_that_contradict_the_name_are_refused() -> None:
    for name, data in (
        ("a.pdf", b"Du texte."),
        ("a.docx", b"Du texte."),
        ("a.txt", zip_file({"a": b"b"})),
        ("a.txt", bytes(range(256)) * 10),
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ):
        with pytest.raises(CorruptDocumentError):
            read_bytes(name, data, LIMITS)


def test_other_refusals() -> None:
    with pytest.raises(UnsupportedFormatError, match=r"« \.odt »"):
        read_bytes("a.odt", b"x", LIMITS)
    with pytest.raises(UnsupportedFormatError, match="sans extension"):
        read_bytes("LISEZMOI", b"x", LIMITS)
    with pytest.raises(EmptyDocumentError):
        read_bytes("a.txt", b" \n\t ", LIMITS)
    with pytest.raises(TooLargeError, match="0,0"):
        read_bytes("a.txt", b"abcdef", LimitSettings(file_bytes=5))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(ENDINGS)), st.binary(max_size=600))
def test_any_bytes_give_a_draft_or_our_error(extension: str, data: bytes) -> None:
    try:
        draft = read_bytes(f"a{extension}", data, LIMITS)
    except ReadError:
        return
    assert all(block.text or block.cells for block in draft.blocks)


LINES = st.sampled_from(
    [
        "# Titre",
        "- item",
        " - sous",
        "1. un",
        "a\tb\tc",
        "\tb\t",
        "| a | b |",
        "|---|---|",
        "",
        "",
        "Sommaire",
        "Titre ..... 4",
        "¹ Note",
        "[^1]: note",
        "mot[^1]",
        "```",
        "> cité",
        "<p>html</p>",
        "**gras**",
        "texte",
        "fin.",
    ]
)


@settings(deadline=None)
@given(
    st.sampled_from(["a.md", "a.txt", "a.html"]),
    st.one_of(st.text(max_size=300), st.lists(LINES, max_size=30).map("\n".join)),
)
def test_any_text_through_any_reader_is_a_sound_document(name: str, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        draft = clean(read_bytes(name, data, LIMITS))
        document = assemble(draft, collection="c", path=PurePath(name))
    except ReadError:
        return
    assert_sound(document)
    for block, source in zip(document.blocks, draft.blocks, strict=True):
        assert [document.text[c.start : c.end] for c in block.cells] == list(source.cells)


def test_the_language_is_told_from_the_text_where_nothing_says_it() -> None:
    text = paragraph(
        "Le sommet s'est tenu à Paris, et la France en a fait le bilan un an après."
    )
    assert assembled(text).metadata.language == "fr"
    assert assembled(text, language="en").metadata.language == "en"


def test_what_the_system_refuses_is_said_in_french(tmp_path: Path) -> None:
    file = tmp_path / "rond.md"
    file.symlink_to(file)
    with pytest.raises(UnreadableFileError, match=r"tournent en rond\). Vérifiez ce chemin"):
        read(file, tmp_path)
    with pytest.raises(UnreadableFileError, match="nom de fichier"):
        read(tmp_path / "a\0.md", tmp_path)
