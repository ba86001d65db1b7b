import sqlite3
from pathlib import Path
from typing import Any

import pytest

from rag.errors import IndexCorruptError, IndexingError
from rag.index.local.store import Store
from rag.index.local.store_writer import StoreWriter
from tests.index.local.samples import CALCUL, CORPUS, CYBER, entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    writer = StoreWriter(path)
    assert [list(writer.add(one)) for one in CORPUS] == [[0, 1], [2, 3]]
    assert writer.passage_text(2) == CALCUL.passages[0].text
    writer.set_rows([3, 0, 1], {2: 0})
    writer.finish()
    return path


def test_rows_lead_to_passages(path: Path) -> None:
    store = Store(path)
    assert store.passages_at([1, 0, 1, 7]) == {
        0: CALCUL.passages[1],
        1: CYBER.passages[0],
    }
    assert store.passages_at([]) == {}
    ((row, (copy,)),) = store.copies([0, 1, 2]).items()
    place = copy.place
    assert row == 1
    assert (place.document_id, place.title) == (CALCUL.document.id, "Calcul")
    assert (place.start, place.end) == (0, CALCUL.passages[0].end)
    assert store.counts() == {
        "documents": 2,
        "passages": 4,
        "canonical": 3,
        "duplicates": 1,
    }
    store.close()


def test_copies_can_be_read_themselves(path: Path) -> None:
    store = Store(path)
    ((row, (copy,)),) = store.copies([0, 1, 2, 9]).items()
    assert (row, copy.document) == (1, 1)
    assert store.copies([1]) == {1: (copy,)}
    assert store.passage_of(copy.key) == CALCUL.passages[0]
    assert store.passage_of(0) == CYBER.passages[0]
    assert store.copied() == [(1, 1)]
    assert store.copies([]) == {}
    with pytest.raises(IndexingError):
        store.passage_of(99)
    store.close()


def test_unknown_documents(path: Path) -> None:
    store = Store(path)
    for wanted in ("inconnu", "", "\ud800", "'; DROP TABLE documents; --"):
        with pytest.raises(IndexingError):
            store.document(wanted)
        assert store.passages(wanted) == ()
    with pytest.raises(IndexingError):
        store.header(99)
    assert [header.path for header in store.headers()] == ["cyber.md", "calcul.md"]
    store.close()


def test_more_rows_than_sqlite_takes_parameters(tmp_path: Path) -> None:
    many = entry("a.md", *(f"Passage {number}." for number in range(1200)))
    writer = StoreWriter(tmp_path / "s")
    writer.set_rows(writer.add(many), {})
    writer.finish()
    store = Store(tmp_path / "s")
    found = store.passages_at(range(1199, -1, -1))
    assert [found[row].text for row in range(1200)] == [one.text for one in many.passages]
    store.close()


def test_a_reader_cannot_write(path: Path) -> None:
    store = Store(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.execute("DELETE FROM documents")
    store.close()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Store(tmp_path / "nowhere")
    for content in (b"", b"not a database" * 100, b"SQLite format 3\x00" + b"\x00" * 2000):
        (tmp_path / "s").write_bytes(content)
        with pytest.raises(IndexCorruptError):
            Store(tmp_path / "s")


def test_a_store_removed_while_it_opens_is_missing_and_not_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def too_late(name: str, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        path.unlink()
        return connect(name, **options)

    monkeypatch.setattr(sqlite3, "connect", too_late)
    with pytest.raises(FileNotFoundError):
        Store(path)


def test_a_store_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        Store(tmp_path)


def test_a_store_damaged_inside_is_said_to_be(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match="sourcier index"):
        Store(path).document(CYBER.document.id)
