from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rag.library.database import Database
from rag.library.uploads import Upload, Uploads
from tests.library.running import finish, start

READ = (
    "import sys; from pathlib import Path\n"
    "from rag.library.database import Database\n"
    "from rag.library.uploads import Uploads\n"
    "for each in Uploads(Database(Path(sys.argv[1]))).all(): print(each.document_id)\n"
)


def upload(identity: str, name: str = "note.md", sha256: str = "a" * 64) -> Upload:
    return Upload(identity, "documents", name, sha256, "text/markdown", 12, "2026-01-01")


@pytest.fixture
def uploads(database: Database) -> Uploads:
    return Uploads(database)


def test_put_and_found_again(uploads: Uploads) -> None:
    one, two = upload("1", "été.md"), upload("2", "a.md", "b" * 64)
    uploads.put(one, two)
    assert uploads.of("1") == one
    assert uploads.of("3") is None
    assert uploads.all() == [two, one]
    assert uploads.digests() == {"a" * 64, "b" * 64}


def test_the_same_document_is_replaced(uploads: Uploads) -> None:
    uploads.put(upload("1"))
    newer = replace(upload("1"), sha256="c" * 64, size=13)
    uploads.put(newer)
    assert uploads.all() == [newer]
    assert uploads.digests() == {"c" * 64}


def test_removed(uploads: Uploads) -> None:
    uploads.put(upload("1"), upload("2", sha256="b" * 64))
    uploads.remove(["1", "inconnu"])
    assert [each.document_id for each in uploads.all()] == ["2"]
    assert uploads.digests() == {"b" * 64}
    uploads.remove([])
    uploads.put()
    assert len(uploads.all()) == 1


def test_two_documents_may_share_a_file(uploads: Uploads) -> None:
    uploads.put(upload("1"), upload("2"))
    uploads.remove(["1"])
    assert uploads.digests() == {"a" * 64}


def test_another_process_sees_them(uploads: Uploads, path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: uploads.put(upload(f"{number:02}")), range(20)))
    assert finish(start(READ, path)).split() == [f"{number:02}" for number in range(20)]
