import fcntl
import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LibraryError, UnknownError, UploadTooLargeError
from rag.library.blob_store import Originals, StoredFile
from tests.library.running import fill, finish, start, told

LIMIT = 10_000
HOUR = 3600
PUT_MANY = (
    "import sys; from pathlib import Path; from rag.library.blob_store import Originals\n"
    "originals = Originals(Path(sys.argv[1]))\n"
    "for number in range(60):\n"
    "    originals.put([f'{number % 7}'.encode()] * 9, 99)\n"
)
WRITE_HALF = (
    "import sys; from pathlib import Path; from rag.library.blob_store import Originals\n"
    "def chunks():\n"
    "    yield b'a' * 1000\n"
    "    print('half', flush=True); sys.stdin.read()\n"
    "Originals(Path(sys.argv[1])).put(chunks(), 9999)\n"
)
LIMITED = (
    "import resource, sys; from pathlib import Path\n"
    "from rag.errors import LibraryError; from rag.library.blob_store import Originals\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
    "try: Originals(Path(sys.argv[1])).put([b'a' * 4000] * 3, 99_999)\n"
    "except LibraryError as error: print(error)\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "service" / "originals"


@pytest.fixture
def originals(folder: Path) -> Originals:
    return Originals(folder)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(folder: Path) -> set[str]:
    """What is in the folder, without the lock and what holds files there."""
    found = {each.name for each in folder.iterdir()} - {".lock"}
    return {name for name in found if not name.startswith(".held-")}


def held(folder: Path) -> list[Path]:
    return list(folder.glob(".held-*"))


def nothing() -> tuple[str, ...]:
    return ()


def age(*paths: Path) -> None:
    then = time.time() - 2 * HOUR
    for path in paths:
        os.utime(path, (then, then))


@given(chunks=st.lists(st.binary(max_size=50), max_size=8))
def test_kept_under_the_digest_of_its_content(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    originals = Originals(tmp_path_factory.mktemp("o"))
    content = b"".join(chunks)
    stored = originals.put(chunks, LIMIT)
    assert stored == StoredFile(digest(content), len(content))
    assert originals.has(stored.sha256)
    assert originals.path(stored.sha256).read_bytes() == content


def test_for_its_owner_alone_and_nothing_beside(originals: Originals, folder: Path) -> None:
    stored = originals.put([b"secret"], LIMIT)
    assert files(folder) == {stored.sha256}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(originals.path(stored.sha256).stat().st_mode) & 0o077 == 0


def test_the_limit_is_the_last_size_taken(originals: Originals) -> None:
    assert originals.put([b"a" * 500] * 20, LIMIT).size == LIMIT


def test_beyond_the_limit_nothing_more_is_read_and_nothing_is_kept(
    originals: Originals, folder: Path
) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"a" * 1000

    with pytest.raises(UploadTooLargeError, match="10000 octets".replace(" ", "\u00a0")):
        originals.put(endless(), LIMIT)
    assert read == 11
    assert files(folder) == set()
    with pytest.raises(UploadTooLargeError, match="1,5 Mo".replace(" ", "\u00a0")):
        originals.put([b"a" * 1_500_001], 1_500_000)


@pytest.mark.parametrize("error", [ConnectionResetError, KeyboardInterrupt, ZeroDivisionError])
def test_a_sender_that_fails_keeps_its_error_and_leaves_nothing(
    originals: Originals, folder: Path, error: type[BaseException]
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise error

    with pytest.raises(error):
        originals.put(chunks(), LIMIT)
    assert files(folder) == set()


def test_only_a_digest_is_a_name(originals: Originals) -> None:
    originals.put([b"a"], LIMIT)
    taken = []
    for name in (
        "", "a", "../" * 21 + "x", "A" * 64, "é" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n",
        ".lock", "/etc/passwd", "\x00" * 64, "٠" * 64,
    ):  # fmt: skip
        with suppress(UnknownError):
            taken.append(originals.path(name))
        if originals.has(name):
            taken.append(name)
    assert taken == []


def test_what_is_not_kept_is_not_there(originals: Originals, folder: Path) -> None:
    assert not originals.has("0" * 64)
    originals.keep_only(nothing)
    assert not folder.exists()


def test_what_no_record_names_any_more_goes(originals: Originals, folder: Path) -> None:
    one, two = originals.put([b"1"], LIMIT), originals.put([b"2"], LIMIT)
    originals.release(one)
    originals.release(two)
    originals.keep_only(lambda: [one.sha256, two.sha256])
    assert files(folder) == {one.sha256, two.sha256}
    originals.keep_only(lambda: [one.sha256])
    assert files(folder) == {one.sha256}
    assert originals.path(one.sha256).read_bytes() == b"1"


def test_what_was_just_sent_waits_for_its_record(originals: Originals, folder: Path) -> None:
    stored = originals.put([b"1"], LIMIT)
    age(originals.path(stored.sha256))
    originals.keep_only(nothing)
    assert originals.has(stored.sha256)
    age(*held(folder))
    originals.keep_only(nothing)
    assert files(folder) == set()
    assert held(folder) == []


@pytest.mark.parametrize("sweeps", [(True,), (True, True), (False, True), (True, False, True)])
def test_sent_again_it_waits_again(originals: Originals, sweeps: tuple[bool, ...]) -> None:
    """Whatever becomes of those who sent the same bytes before, named or not."""
    first = originals.put([b"1"], LIMIT)
    originals.keep_only(lambda: [first.sha256])
    second = originals.put([b"1"], LIMIT)
    assert second == first
    for named in sweeps:
        originals.keep_only(lambda named=named: [first.sha256] if named else [])
    originals.release(first)
    originals.keep_only(nothing)
    assert originals.has(first.sha256)
    originals.release(second)
    originals.keep_only(nothing)
    assert not originals.has(first.sha256)


def test_what_goes_from_its_holder_to_a_record_is_not_missed(originals: Originals) -> None:
    """Records are asked while nobody can release a file, after those who hold it."""
    stored = originals.put([b"1"], LIMIT)
    names: list[str] = []
    asked, told = threading.Event(), threading.Event()

    def named() -> list[str]:
        found = list(names)
        asked.set()
        assert told.wait(60)
        return found

    def record() -> None:
        asked.wait(60)
        names.append(stored.sha256)
        told.set()
        originals.release(stored)

    with ThreadPoolExecutor(1) as pool:
        recorded = pool.submit(record)
        originals.keep_only(named)
        recorded.result(60)
    assert originals.has(stored.sha256)


def test_nothing_is_put_or_released_while_records_are_asked(
    originals: Originals, folder: Path
) -> None:
    originals.release(originals.put([b"1"], LIMIT))
    refused: list[bool] = []

    def named() -> tuple[str, ...]:
        with (folder / ".lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                refused.append(True)
        return ()

    originals.keep_only(named)
    originals.withdraw(originals.put([b"2"], LIMIT), named)
    assert refused == [True, True]
    assert files(folder) == set()


def test_what_is_withdrawn_goes_at_once(originals: Originals, folder: Path) -> None:
    stored = originals.put([b"1"], LIMIT)
    originals.withdraw(stored, nothing)
    assert files(folder) == set()
    assert held(folder) == []


def test_what_others_want_is_not_withdrawn(originals: Originals) -> None:
    named = originals.put([b"1"], LIMIT)
    originals.withdraw(named, lambda: [named.sha256])
    assert originals.has(named.sha256)

    first, second = originals.put([b"2"], LIMIT), originals.put([b"2"], LIMIT)
    originals.withdraw(first, nothing)
    assert originals.has(second.sha256)

    before = originals.put([b"3"], LIMIT)
    originals.release(before)
    originals.withdraw(originals.put([b"3"], LIMIT), nothing)
    assert originals.has(before.sha256)


def test_a_reader_keeps_what_it_opened(originals: Originals) -> None:
    stored = originals.put([b"abc"], LIMIT)
    originals.release(stored)
    with originals.path(stored.sha256).open("rb") as opened:
        originals.keep_only(nothing)
        assert not originals.has(stored.sha256)
        assert opened.read() == b"abc"


def test_a_file_being_written_is_let_be_and_a_dead_one_goes(
    originals: Originals, folder: Path
) -> None:
    with start(WRITE_HALF, folder) as process:
        assert told(process) == "half"
        (draft,) = files(folder)
        originals.keep_only(nothing)
        assert files(folder) == {draft}
        process.kill()
    age(folder / draft)
    originals.keep_only(nothing)
    assert files(folder) == set()


def test_strangers_are_left_alone(originals: Originals, folder: Path) -> None:
    originals.put([b"1"], LIMIT)
    for name in ("LISEZMOI", "0" * 63):
        (folder / name).write_text("à moi")
        age(folder / name)
    (folder / "dossier").mkdir()
    originals.keep_only(nothing)
    assert {"LISEZMOI", "0" * 63, "dossier"} <= files(folder)


def test_the_same_files_from_threads_and_processes(originals: Originals, folder: Path) -> None:
    others = [start(PUT_MANY, folder) for _ in range(2)]
    wanted = {digest(f"{number}".encode() * 9) for number in range(7)}

    def put(number: int) -> bool:
        content = f"{number % 7}".encode() * 9
        stored = originals.put([content], LIMIT)
        if number % 5 == 0:
            originals.keep_only(lambda: sorted(wanted)[:3])
        return stored.sha256 in wanted

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(put, range(100)))
    for each in others:
        finish(each)
    assert files(folder) <= wanted
    for name in files(folder):
        assert digest((folder / name).read_bytes()) == name


def test_a_full_disk_leaves_nothing_half_written(disk: Path) -> None:
    originals = Originals(disk / "originals")
    kept = originals.put([b"avant"], LIMIT)
    with pytest.raises(LibraryError, match="le disque est plein"):
        originals.put([b"a" * 65_536] * 100, 100 * 65_536)
    assert files(disk / "originals") == {kept.sha256}
    filler = fill(disk)
    with pytest.raises(LibraryError, match="le disque est plein"):
        originals.put([b"b" * 4096], LIMIT)
    filler.unlink()
    assert originals.put([b"b" * 4096], LIMIT).size == 4096


def test_a_limit_on_the_size_of_files(folder: Path) -> None:
    assert "taille permise" in finish(start(LIMITED, folder))
    assert files(folder) == set()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(LibraryError, match="n'est pas un dossier"):
        Originals(tmp_path / "fichier" / "originals").put([b"a"], LIMIT)
