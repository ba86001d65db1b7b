"""Names that people give keys, collections and files: shown, stored, never a path."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.library.names import (
    LONGEST_FILE_NAME,
    LONGEST_LABEL,
    as_label,
    clean_name,
    read_label,
)


@given(st.text(max_size=80))
def test_a_label_is_printable_and_stays_itself(raw: str) -> None:
    try:
        label = read_label(raw, "la collection")
    except UsageError:
        return
    assert 0 < len(label) <= LONGEST_LABEL
    assert label == unicodedata.normalize("NFC", raw.strip())
    assert label.isprintable()
    assert "/" not in label
    assert label.encode()
    assert read_label(label, "la collection") == label


def test_labels_that_do() -> None:
    raw = ("a", "Été 2026", "rh, juridique", "x" * 64, "日本", "  a  ")
    assert [read_label(each, "la collection") for each in raw] == [each.strip() for each in raw]


def test_labels_that_do_not() -> None:
    reasons = {
        "": "vide",
        " \n": "vide",
        "x" * 65: "trop long",
        "e\u0301" * 10**6: "trop long",
        "../etc": "barre oblique",
        "a\x1b[31m": "caractère invisible",
    }
    said = {raw: refusal(raw) for raw in reasons}
    assert [
        (raw[:20], said[raw])
        for raw, reason in reasons.items()
        if reason not in said[raw] or "la collection" not in said[raw]
    ] == []


def refusal(raw: str) -> str:
    """Why a label does not do; empty where it does."""
    try:
        read_label(raw, "la collection")
    except UsageError as error:
        return str(error)
    return ""


@given(st.text(max_size=80))
def test_a_name_is_looked_up_as_it_is_kept(raw: str) -> None:
    assert as_label(as_label(raw)) == as_label(raw)
    try:
        label = read_label(raw, "la collection")
    except UsageError:
        return
    assert as_label(raw) == label
    assert as_label(unicodedata.normalize("NFD", raw)) == label


def test_whatever_is_looked_up_is_looked_up_quickly() -> None:
    hostile = "a" + "\u0300\u0316" * 10**6
    assert as_label(hostile) == hostile


def test_only_what_can_be_shown_is_left() -> None:
    names = {
        "note.md": "note.md",
        "../../etc/passwd": "passwd",
        "/etc/passwd/": "passwd",
        "C:\\notes\\été.txt": "été.txt",
        "e\u0301te\u0301.txt": "été.txt",
        "\x1b[31mrouge\x07\n.txt": "[31mrouge .txt",
        "fac\u202efdp.exe": "facfdp.exe",
        "le\u00a0rapport  annuel .pdf": "le rapport annuel .pdf",
        ".env": ".env",
        "CON": "CON",
        "": "document",
        ".": "document",
        "a/..": "document",
        "\ud800\x00\u200b": "document",
        "🎉.md": "🎉.md",
    }
    assert {raw: clean_name(raw) for raw in names} == names


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("a" * 10_000 + ".docx") == "a" * (LONGEST_FILE_NAME - 5) + ".docx"
    assert clean_name("a" * 10_000) == "a" * LONGEST_FILE_NAME
    assert clean_name("b." + "a" * 300) == "b." + "a" * (LONGEST_FILE_NAME - 2)


@given(st.text() | st.text(alphabet="aé/\\. \x00\u202e", max_size=600))
@example(("a" * 253 + " b") * 3)
def test_a_clean_name_is_clean(raw: str) -> None:
    name = clean_name(raw)
    assert 1 <= len(name) <= LONGEST_FILE_NAME
    assert name.isprintable()
    assert not set(name) & set("/\\")
    assert name not in {".", ".."}
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    assert clean_name(name) == name
