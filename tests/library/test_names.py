"""Names that people give files: shown, stored, never a path."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.library.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("note.md", "note.md"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd/", "passwd"),
        ("C:\\notes\\été.txt", "été.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("\x1b[31mrouge\x07\n.txt", "[31mrouge .txt"),
        ("fac\u202efdp.exe", "facfdp.exe"),
        ("le\u00a0rapport  annuel .pdf", "le rapport annuel .pdf"),
        (".env", ".env"),
        ("CON", "CON"),
        ("", "document"),
        (".", "document"),
        ("a/..", "document"),
        ("\ud800\x00\u200b", "document"),
        ("🎉.md", "🎉.md"),
    ],
)
def test_only_what_can_be_shown_is_left(raw: str, name: str) -> None:
    assert clean_name(raw) == name


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("a" * 10_000 + ".docx") == "a" * (LONGEST - 5) + ".docx"
    assert clean_name("a" * 10_000) == "a" * LONGEST
    assert clean_name("b." + "a" * 300) == "b." + "a" * (LONGEST - 2)


@given(st.text() | st.text(alphabet="aé/\\. \x00\u202e", max_size=600))
@example(("a" * 253 + " b") * 3)
def test_a_clean_name_is_clean(raw: str) -> None:
    name = clean_name(raw)
    assert 1 <= len(name) <= LONGEST
    assert name.isprintable()
    assert not set(name) & set("/\\")
    assert name not in {".", ".."}
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    assert clean_name(name) == name
