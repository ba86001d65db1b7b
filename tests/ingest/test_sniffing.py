"""A file is what its content says, whatever its name."""

import io
import struct
import zipfile
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import MediaTypeError, ReadError, UnreadableFileError
from rag.ingest.formats import format_by_media_type
from rag.ingest.reading import read_bytes
from rag.ingest.sniffing import require_format, sniff
from rag.settings import LimitSettings
from tests.ingest.readers.files import lines_pdf, sample_word_file, word_file, zip_file

HTML = "text/html"
PLAIN = "text/plain"
MARKDOWN = "text/markdown"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def found(folder: Path, data: bytes, name: str) -> str | None:
    path = folder / "original"
    path.write_bytes(data)
    kind = sniff(path, name)
    return None if kind is None else kind.media_type


def test_binary_formats_are_known_by_their_content(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md", "a.docx", "a.exe", "a", "a.html"):
        assert found(tmp_path, lines_pdf(["Bonjour."]), name) == PDF, name
        assert found(tmp_path, sample_word_file(), name) == DOCX, name


def test_texts(tmp_path: Path) -> None:
    cases = (
        ("Bonjour.", "a.txt", PLAIN),
        ("Bonjour.", "a.pdf", PLAIN),
        ("Bonjour.", "a", PLAIN),
        ("", "a", PLAIN),
        ("# Bonjour", "a.md", MARKDOWN),
        ("# Bonjour", "a.MARKDOWN", MARKDOWN),
        ("# Bonjour", "a.txt", PLAIN),
        ("<p>Bonjour", "a.htm", HTML),
        ("<p>Bonjour", "a.txt", PLAIN),
        ("\ufeff \n<!DOCTYPE HTML><p>a", "a.md", HTML),
        ("<html lang='fr'>", "a.docx", HTML),
        ("<!-- un <html> --> <!-- deux -->\n<html>", "a", HTML),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "">', "a", HTML),
        ('<?xml version="1.0"?>\n<rss>', "a.txt", None),
        ("<svg xmlns=''>", "a.txt", None),
        ("{\\rtf1 Bonjour}", "a.txt", None),
        ("<!-- jamais fermé", "a.txt", PLAIN),
        ("Un PDF commence par %PDF-1.7.", "a.md", MARKDOWN),
    )
    wrong = [
        (data, name, kind)
        for data, name, kind in cases
        if found(tmp_path, data.encode(), name) != kind
    ]
    assert wrong == []


def test_encodings(tmp_path: Path) -> None:
    text = "Le conseil régional a délibéré à l'été. " * 50
    page = f"<!doctype html>{text}"
    for encoding in ("utf-8", "cp1252", "utf-16", "utf-16-le"):
        assert found(tmp_path, text.encode(encoding), "a.txt") == PLAIN, encoding
        assert found(tmp_path, page.encode(encoding), "a.txt") == HTML, encoding


def test_a_character_cut_by_the_end_of_the_head(tmp_path: Path) -> None:
    for before in range(4):
        data = b"a" * before + "été 😀".encode() * 20_000
        assert found(tmp_path, data, "a.txt") == PLAIN, before


def test_what_is_not_read(tmp_path: Path) -> None:
    unread = (
        b"\x7fELF" + bytes(range(256)) * 10,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
        OLE + bytes(1000),
        zip_file({"a.txt": b"Bonjour."}),
        zip_file({"xl/workbook.xml": b"<a/>", "[Content_Types].xml": b"<a/>"}),
        b"PK\x03\x04",
        b"PK\x03\x04" + b"word/document.xml" * 100,
        sample_word_file()[:-30],
        b"\x1f\x8b\x08" + bytes(range(256)),
    )
    for data, name in product(unread, ("a.txt", "a.docx", "a.pdf")):
        assert found(tmp_path, data, name) is None, (data[:40], name)
        with pytest.raises(MediaTypeError):
            require_format(tmp_path / "original", name)


def test_a_refusal_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "original"
    for data, name, said in (
        (OLE, "note.doc", "mot de passe"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "photo.png", "« .png »"),
        (bytes(100), "note.txt", "endommagé"),
    ):
        path.write_bytes(data)
        with pytest.raises(MediaTypeError) as refused:
            require_format(path, name)
        assert name in str(refused.value)
        assert said in str(refused.value).replace("\u00a0", " ")


def test_a_word_file_with_much_around_it(tmp_path: Path) -> None:
    data = word_file(WordDocument())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    many = {f"word/media/{number}.png": b"x" for number in range(2000)}
    assert found(tmp_path, zip_file(parts | many), "a") == DOCX
    assert found(tmp_path, data[:-2] + struct.pack("<H", 5) + b"merci", "a") == DOCX


def test_an_archive_whose_directory_is_too_large_is_not_looked_into(tmp_path: Path) -> None:
    size = 5 * 1024 * 1024
    directory = b"word/document.xml".ljust(size, b"x")
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, size, 4, 0)
    assert found(tmp_path, b"PK\x03\x04" + directory + end, "a.docx") is None


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        sniff(tmp_path / "rien", "a.txt")
    with pytest.raises(UnreadableFileError):
        sniff(tmp_path, "a.txt")


def test_each_format_has_its_reader(tmp_path: Path) -> None:
    for data, name in (
        (lines_pdf(["Bonjour à tous."]), PDF),
        (sample_word_file(), DOCX),
        (b"<html><p>Bonjour.</p></html>", HTML),
        (b"# Bonjour\n\nA tous.", MARKDOWN),
        (b"Bonjour.", PLAIN),
    ):
        known = format_by_media_type(name)
        assert known is not None
        for ending in known.endings:
            assert found(tmp_path, data, f"a{ending}") == name
            assert read_bytes(f"a{ending}", data, LimitSettings()).blocks


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"<?xml", b"<!--", b"\xff\xfe"]),
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x05\x06" + bytes(8) + b"\xff" * 3 + b"\0" + bytes(6)]),
    st.sampled_from(["a.txt", "a.pdf", "a.docx", "a.html", ""]),
)
def test_whatever_the_bytes_it_is_a_format_or_none(
    tmp_path: Path, start: bytes, middle: bytes, end: bytes, name: str
) -> None:
    path = tmp_path / "original"
    data = start + middle + end
    path.write_bytes(data)
    kind = sniff(path, name)
    if kind is None:
        return
    assert format_by_media_type(kind.media_type) == kind
    # It is that format's reader that says what is wrong, in words of ours.
    with suppress(ReadError):
        read_bytes(f"a{kind.endings[0]}", data, LimitSettings())


def test_a_file_that_is_not_there_is_no_matter_of_rights(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"n'existe pas\). Vérifiez ce chemin"):
        sniff(tmp_path / "absent.md", "absent.md")
