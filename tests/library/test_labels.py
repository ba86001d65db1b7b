import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.library.labels import LONGEST, as_label, read_label


@given(st.text(max_size=80))
def test_a_label_is_printable_and_stays_itself(raw: str) -> None:
    try:
        label = read_label(raw, "la collection")
    except UsageError:
        return
    assert 0 < len(label) <= LONGEST
    assert label == unicodedata.normalize("NFC", raw.strip())
    assert label.isprintable()
    assert "/" not in label
    assert label.encode()
    assert read_label(label, "la collection") == label


@pytest.mark.parametrize("raw", ["a", "Été 2026", "rh, juridique", "x" * 64, "日本", "  a  "])
def test_labels_that_do(raw: str) -> None:
    assert read_label(raw, "la collection") == raw.strip()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "vide"),
        (" \n", "vide"),
        ("x" * 65, "trop long"),
        ("e\u0301" * 10**6, "trop long"),
        ("../etc", "barre oblique"),
        ("a\x1b[31m", "caractère invisible"),
    ],
)
def test_labels_that_do_not(raw: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as raised:
        read_label(raw, "la collection")
    assert "la collection" in str(raised.value)


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
