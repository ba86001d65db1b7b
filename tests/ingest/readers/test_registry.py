import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    ReadError,
    TooLargeError,
    UnsupportedFormatError,
)
from rag.ingest.formats import ENDINGS
from rag.ingest.reading import read_bytes
from rag.settings import LimitSettings
from tests.ingest.helpers import outline

from .files import lines_pdf, sample_word_file, zip_file

LIMITS = LimitSettings()


@pytest.mark.parametrize("name", ["a.md", "A.MARKDOWN", "b.txt", "é è.text"])
def test_text_is_read_by_its_extension(name: str) -> None:
    assert outline(read_bytes(name, b"Du texte.", LIMITS).blocks) == [
        ("paragraph", "Du texte.")
    ]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx", "a.pdf"])
def test_bytes_that_are_certain_are_read_as_what_they_are(name: str) -> None:
    assert read_bytes(name, lines_pdf(["Une ligne."]), LIMITS).blocks[0].page == 1
    assert read_bytes(name, sample_word_file(), LIMITS).metadata.title == "Le guide"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_html_in_a_text_file_is_read_as_html(name: str) -> None:
    page = b"\n<!DOCTYPE html><title>T</title><nav>Menu</nav><p>Texte.</p>"
    assert outline(read_bytes(name, page, LIMITS).blocks) == [("paragraph", "Texte.")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"Du texte."),
        ("a.docx", b"Du texte."),
        ("a.txt", zip_file({"a": b"b"})),
        ("a.txt", bytes(range(256)) * 10),
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ],
)
def test_bytes_that_contradict_the_name_are_refused(name: str, data: bytes) -> None:
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
