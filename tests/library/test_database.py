import os
import shutil
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.database import Database
from tests.library.running import fill, finish, open_files, start, tell, told

ADD = "INSERT INTO collections VALUES (?, '', '')"
COUNT = "SELECT count(*) AS n FROM collections"

ADD_MANY = (
    "import sys; from pathlib import Path; from rag.library.database import Database\n"
    "print('ready', flush=True); sys.stdin.readline()\n"
    "database = Database(Path(sys.argv[1]))\n"
    "for number in range(25):\n"
    "    with database.writing() as connection:\n"
    "        (n,) = connection.execute('SELECT count(*) FROM collections').fetchone()\n"
    "        connection.execute('INSERT INTO collections VALUES (?, ?, ?)',\n"
    "            (f'{sys.argv[2]}-{number}', str(n), ''))\n"
    "database.close()\n"
)
DIE_WRITING = (
    "import os, signal, sys; from pathlib import Path\n"
    "from rag.library.database import Database\n"
    "with Database(Path(sys.argv[1])).writing() as connection:\n"
    "    connection.execute(\"INSERT INTO collections VALUES ('mort', '', '')\")\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
)


def count(database: Database) -> int:
    return int(database.read(COUNT)[0]["n"])


def add(database: Database, name: str) -> None:
    with database.writing() as connection:
        connection.execute(ADD, (name,))


def test_what_was_written_is_read_again(path: Path) -> None:
    with closing(Database(path)) as first:
        add(first, "été")
    with closing(Database(path)) as again:
        assert [row["name"] for row in again.read("SELECT * FROM collections")] == ["été"]


def test_only_its_owner_may_read_it(database: Database, path: Path) -> None:
    add(database, "a")
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == dict.fromkeys(
        ("service.sqlite", "service.sqlite-wal", "service.sqlite-shm"), 0o600
    )
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    def add_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(ADD, ("a",))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert count(database) == 0
    with pytest.raises(LibraryError), database.writing() as connection:
        connection.executemany(ADD, [("a",), ("b",), ("a",)])
    assert count(database) == 0
    add(database, "b")
    assert count(database) == 1


def test_threads_write_one_after_the_other(database: Database) -> None:
    def grow(thread: int) -> None:
        for number in range(20):
            with database.writing() as connection:
                (n,) = connection.execute("SELECT count(*) FROM collections").fetchone()
                connection.execute(
                    "INSERT INTO collections VALUES (?, ?, '')", (f"{thread}-{number}", n)
                )
            assert database.read(COUNT)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(grow, range(8)))
    rows = database.read("SELECT description FROM collections")
    assert sorted(int(row["description"]) for row in rows) == list(range(160))


def test_processes_that_start_at_once_make_one_file_and_lose_nothing(path: Path) -> None:
    writers = [start(ADD_MANY, path, f"p{number}") for number in range(3)]
    assert [told(each) for each in writers] == ["ready"] * 3
    for each in writers:
        tell(each)
    for each in writers:
        finish(each)
    with closing(Database(path)) as database:
        rows = database.read("SELECT description FROM collections")
    assert sorted(int(row["description"]) for row in rows) == list(range(75))
    assert {each.name for each in path.parent.iterdir()} == {path.name}


def test_a_process_that_dies_while_writing_leaves_nothing(
    database: Database, path: Path
) -> None:
    with start(DIE_WRITING, path) as process:
        assert process.wait(60) == -9
    assert count(database) == 0
    add(database, "vivant")
    assert count(database) == 1


def test_its_version_changes_with_every_writer(database: Database, path: Path) -> None:
    first = database.version()
    assert database.version() == first
    add(database, "ici")
    second = database.version()
    assert second != first
    with closing(Database(path)) as other:
        add(other, "ailleurs")
    third = database.version()
    assert third not in (first, second)
    assert database.version() == third


def test_lone_surrogates_are_stored_as_what_can_be_read(database: Database) -> None:
    add(database, "a\ud800b\ud83d\ude00")
    assert [row["name"] for row in database.read("SELECT name FROM collections")] == [
        "a\ufffdb😀"
    ]
    assert database.read("SELECT name FROM collections WHERE name = ?", "\udcff") == []


def test_a_newer_file_is_refused(path: Path) -> None:
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(LibraryError, match="version plus récente"):
        Database(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "pas de Sourcier"), (b"ceci n'est pas une base" * 100, "pas un fichier SQLite")],
)
def test_another_file_is_refused_and_left_as_it_is(
    path: Path, content: bytes, said: str
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(LibraryError, match=said):
        Database(path)
    if content:
        assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(LibraryError, match="n'est pas un dossier"):
        Database(tmp_path / "fichier" / "service" / "service.sqlite")


def test_a_damaged_file_is_an_error_of_ours(path: Path) -> None:
    with closing(Database(path)) as database:
        for number in range(200):
            add(database, f"{number}" * 50)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with closing(Database(path)) as database, pytest.raises(LibraryError, match="abîmé"):
        database.read("SELECT * FROM collections")


def test_a_full_disk_is_told_and_nothing_is_half_written(disk: Path) -> None:
    with closing(Database(disk / "service" / "service.sqlite")) as database:
        add(database, "avant")
        filler = fill(disk)
        with pytest.raises(LibraryError, match="le disque est plein"):
            add(database, "trop" * 50_000)
        assert count(database) == 1
        filler.unlink()
        add(database, "après")
        assert count(database) == 2
        assert database.read("PRAGMA integrity_check")[0][0] == "ok"


def test_no_room_to_make_it(disk: Path) -> None:
    fill(disk)
    with pytest.raises(LibraryError, match="le disque est plein"):
        Database(disk / "service" / "service.sqlite")
    assert not (disk / "service" / "service.sqlite").exists()


def test_once_removed_it_is_made_anew_where_its_folders_folder_stands(
    database: Database, path: Path
) -> None:
    add(database, "a")
    version = database.version()
    shutil.rmtree(path.parent)
    assert count(database) == 0
    assert database.version() != version
    add(database, "b")
    with closing(Database(path)) as other:
        assert count(other) == 1


def test_a_whole_index_removed_is_not_brought_back(database: Database, path: Path) -> None:
    add(database, "a")
    shutil.rmtree(path.parent.parent)
    with pytest.raises(LibraryError, match="n'existe pas"):
        database.read(COUNT)
    with pytest.raises(LibraryError), database.writing():
        pass
    with pytest.raises(LibraryError):
        database.version()
    assert not path.parent.parent.exists()
    path.parent.parent.mkdir()
    assert count(database) == 0


def test_a_restored_file_is_used_at_once(
    database: Database, path: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "sauvegarde.sqlite"
    add(database, "gardé")
    with closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(backup),))
    add(database, "perdu")
    os.replace(backup, path)
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    assert [row["name"] for row in database.read("SELECT name FROM collections")] == ["gardé"]


def test_closed_it_refuses_and_holds_nothing(path: Path) -> None:
    before = open_files()
    database = Database(path)
    barrier = threading.Barrier(6)

    def use(_: int) -> None:
        with database.writing() if _ == 0 else closing(Database(path)):
            barrier.wait(30)
        database.read(COUNT)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(6)))
    database.version()
    database.close()
    assert open_files() == before
    for ask in (lambda: database.read(COUNT), database.version):
        with pytest.raises(LibraryError, match="s'arrête"):
            ask()
    database.close()
