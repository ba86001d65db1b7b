import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import CorruptDocumentError, ReadError
from rag.ingest.readers.encoding import decode

FRENCH = "« L’été », dit-elle – c’est 3 € à l’œuvre…"


def test_encodings_are_told() -> None:
    encodings = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32")
    assert [name for name in encodings if decode(FRENCH.encode(name)) != FRENCH] == []
    # Without a mark.
    text = "Une phrase simple."
    wide = ("utf-16-le", "utf-16-be")
    assert [name for name in wide if decode(text.encode(name)) != text] == []


def test_a_declared_encoding_is_used_when_utf_8_fails() -> None:
    assert decode("Привет, мир".encode("koi8-r"), "koi8-r") == "Привет, мир"
    assert decode(FRENCH.encode("cp1252"), "idna") == FRENCH
    assert decode(FRENCH.encode("cp1252"), "zlib") == FRENCH


def test_utf_8_with_a_broken_byte_stays_utf_8() -> None:
    data = FRENCH.encode() + b"\xff fin"
    assert decode(data) == FRENCH + "\ufffd fin"


def test_binary_files_are_refused() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(200)
    for data in (bytes(range(256)) * 20, picture, b"\x01\x02\x03\x04" * 50):
        with pytest.raises(CorruptDocumentError, match="binaire"):
            decode(data)


@given(st.binary(max_size=500), st.sampled_from([None, "latin-1", "utf-7", "nope", "hex"]))
def test_any_bytes_give_text_or_our_error(data: bytes, declared: str | None) -> None:
    try:
        assert isinstance(decode(data, declared), str)
    except ReadError:
        pass


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_round_trip(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()) == text
