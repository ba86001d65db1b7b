import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import CorruptDocumentError, EncryptedError, ReadError, TooLargeError
from rag.ingest.formats import OLE
from rag.ingest.readers.docx import read_docx
from tests.ingest.helpers import outline

from .files import sample_word_file, with_part, zip_file


def test_a_document_s_structure_and_properties() -> None:
    draft = read_docx(sample_word_file())
    assert outline(draft.blocks) == [
        ("heading", "Le guide"),
        ("heading", "Les objectifs"),
        ("paragraph", "Du texte en gras, d’ici 2030."),
        ("list_item", "un ;"),
        ("list_item", "deux."),
        ("table_header", "Catégorie | Effectif | Part"),
        ("table_row", "TPE | moins de 10 | 50 %"),
        ("heading", "Un intertitre en gras"),
        ("paragraph", "Fin."),
    ]
    assert (draft.metadata.title, draft.metadata.author) == ("Le guide", "Rédaction")
    assert draft.metadata.date is None


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    bomb = with_part(sample_word_file(), "word/bomb.xml", bytes(40_000_000))
    with pytest.raises(TooLargeError):
        read_docx(bomb)
    media = with_part(sample_word_file(), "word/media/a.bin", bytes(8_000_000))
    with pytest.raises(TooLargeError):
        read_docx(media)


def test_too_many_parts_are_refused() -> None:
    parts = {f"word/{n}": b"" for n in range(10_001)}
    with pytest.raises(TooLargeError):
        read_docx(zip_file(parts | {"word/document.xml": b"<a/>"}))


def test_entities_are_refused() -> None:
    xml = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(CorruptDocumentError):
            read_docx(with_part(sample_word_file(), "word/document.xml", xml.encode(encoding)))


def test_entities_in_the_properties_too() -> None:
    xml = b'<!DOCTYPE a [<!ENTITY b "c">]><dc:title>&b;</dc:title>'
    with pytest.raises(CorruptDocumentError):
        read_docx(with_part(sample_word_file(), "docProps/core.xml", xml))


def test_a_password_and_an_old_format_are_told() -> None:
    with pytest.raises(EncryptedError, match="mot de passe"):
        read_docx(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(CorruptDocumentError, match=r"\.doc"):
        read_docx(OLE + bytes(600))


def test_what_is_no_word_file_is_told() -> None:
    for data in (
        b"PK\x03\x04",
        b"rien",
        zip_file({"a.txt": b"a"}),
        sample_word_file()[:2000],
        zip_file({"word/document.xml": b"<a"}),
    ):
        with pytest.raises(CorruptDocumentError):
            read_docx(data)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30_000), st.binary(min_size=1, max_size=60))
def test_damaged_bytes_give_a_draft_or_our_error(at: int, noise: bytes) -> None:
    data = sample_word_file()
    try:
        read_docx(data[:at] + noise + data[at + len(noise) :])
    except ReadError:
        pass
