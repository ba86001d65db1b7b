import errno
from pathlib import Path

import pytest

from rag.embedding.model_cache import is_complete, publish, recorded_digests
from rag.errors import ModelError
from tests.embedding.recorded import is_as_recorded


def fill(draft: Path) -> None:
    (draft / "inner").mkdir()
    (draft / "inner" / "a.txt").write_text("bonjour")
    (draft / "b.bin").write_bytes(b"\0" * 10)


def test_published_once(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "model"
    calls: list[Path] = []

    def counted(draft: Path) -> None:
        calls.append(draft)
        fill(draft)

    assert publish(target, "v1", counted) == target
    publish(target, "v1", counted)
    assert len(calls) == 1
    assert is_as_recorded(target)
    assert set(recorded_digests(target)) == {"inner/a.txt", "b.bin"}


def test_made_by_another_version_is_replaced(tmp_path: Path) -> None:
    target = publish(tmp_path / "model", "v1", fill)
    (target / "extra").write_text("de l'ancienne version")
    publish(target, "v2", fill)
    assert not (target / "extra").exists()
    assert is_complete(target, "v2")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "model"]


@pytest.mark.parametrize("damage", ["shorter", "missing", "record"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, damage: str) -> None:
    target = publish(tmp_path / "model", "v1", fill)
    if damage == "shorter":
        (target / "b.bin").write_bytes(b"\0")
    elif damage == "missing":
        (target / "inner" / "a.txt").unlink()
    else:
        (target / "checksums.json").write_text('{"made_by": "v1", "files": [1')
    assert not is_complete(target, "v1")
    publish(target, "v1", fill)
    assert is_as_recorded(target)


def test_an_altered_byte_shows_in_the_digests_alone(tmp_path: Path) -> None:
    target = publish(tmp_path / "model", "v1", fill)
    (target / "b.bin").write_bytes(b"\0" * 9 + b"\1")
    assert is_complete(target, "v1")
    assert not is_as_recorded(target)


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"files": 3}', '{"files": {"a": 1}}'])
def test_a_foreign_record_is_no_record(tmp_path: Path, record: str) -> None:
    (tmp_path / "checksums.json").write_text(record)
    assert not is_complete(tmp_path, "v1")
    assert recorded_digests(tmp_path) == {}


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "disque est plein"), (errno.EROFS, "droits d'écriture")]
)
def test_a_failure_leaves_nothing(tmp_path: Path, code: int, words: str) -> None:
    def fails(draft: Path) -> None:
        fill(draft)
        raise OSError(code, "no")

    with pytest.raises(ModelError, match=words):
        publish(tmp_path / "model", "v1", fails)
    assert [p.name for p in tmp_path.iterdir()] == [".lock"]


def test_a_cache_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(ModelError, match="SOURCIER_EMBEDDING__CACHE"):
        publish(tmp_path / "cache" / "model", "v1", fill)


def test_leftovers_of_the_dead_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-dead").mkdir()
    (tmp_path / ".unfinished-dead" / "half").write_text("…")
    publish(tmp_path / "model", "v1", fill)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "model"]
