import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ConflictError, LibraryError, UnknownError, UsageError
from rag.library.database import Database
from rag.library.keys import Keys, Role
from tests.library.running import finish, start

REVOKE = (
    "import sys; from pathlib import Path\n"
    "from rag.library.database import Database\n"
    "from rag.library.keys import Keys\n"
    "print(Keys(Database(Path(sys.argv[1]))).revoke(sys.argv[2]).name)\n"
)


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


def test_a_secret_opens_its_key_alone(keys: Keys) -> None:
    reader, secret = keys.create("intranet", Role.READER, ["rh", "juridique", "rh"])
    admin, other = keys.create("admin", Role.ADMIN)
    assert re.fullmatch(r"src_[A-Za-z0-9_-]{43}", secret)
    assert keys.find(secret) == reader
    assert keys.find(other) == admin
    assert reader.collections == ("rh", "juridique")
    assert admin.collections is None
    assert keys.all() == sorted((reader, admin), key=lambda key: (key.created, key.id))


def test_a_key_that_sees_nothing_is_not_one_that_sees_all(keys: Keys) -> None:
    key, secret = keys.create("rien", Role.READER, [])
    assert key.collections == ()
    assert keys.find(secret) == key


def test_the_secret_is_nowhere_on_disk(keys: Keys, path: Path) -> None:
    _, secret = keys.create("a", Role.ADMIN)
    content = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert secret[4:12].encode() in content
    assert secret[12:].encode() not in content
    assert secret.encode() not in content


def test_nothing_else_opens_it(keys: Keys) -> None:
    _, secret = keys.create("a", Role.ADMIN)
    last = "A" if secret[-1] != "A" else "B"
    wrong = [
        "",
        secret[4:],
        secret[:-1],
        secret + "A",
        secret[:-1] + last,
        secret.swapcase(),
        f" {secret}",
        f"{secret}\n",
        "src_" + "A" * 43,
        "src_" + "é" * 43,
        "src_" + "\ud800" * 43,
        "x" * 1_000_000,
        secret[:12] + "' OR 1=1; --".ljust(35, "-"),
    ]
    assert [keys.find(each) for each in wrong] == [None] * len(wrong)


def test_no_text_is_a_key_by_chance(keys: Keys) -> None:
    key, secret = keys.create("a", Role.ADMIN)
    like_it = st.from_regex(r"src_[A-Za-z0-9]{8}[A-Za-z0-9_-]{35}\n?", fullmatch=True)
    of_its_id = like_it.map(lambda text: secret[:12] + text[12:])

    @given(st.text() | like_it | of_its_id)
    def look(text: str) -> None:
        assert keys.find(text) is None

    look()
    assert keys.find(secret) == key


def test_a_revocation_counts_at_once(keys: Keys) -> None:
    key, secret = keys.create("a", Role.READER)
    assert keys.find(secret) == key
    assert keys.any_active()
    revoked = keys.revoke("a")
    assert revoked.revoked is not None
    assert revoked.id == key.id
    assert keys.find(secret) is None
    assert not keys.any_active()
    assert keys.all() == [revoked]


def test_a_revocation_by_another_process_counts_at_once(keys: Keys, path: Path) -> None:
    key, secret = keys.create("a", Role.READER)
    _, other = keys.create("b", Role.READER)
    assert keys.find(secret) == key
    assert finish(start(REVOKE, path, key.id)) == "a\n"
    assert keys.find(secret) is None
    assert keys.find(other) is not None


def test_a_key_made_elsewhere_is_known_at_once(keys: Keys, path: Path) -> None:
    assert not keys.any_active()
    with closing(Database(path)) as other:
        key, secret = Keys(other).create("a", Role.EDITOR)
    assert keys.any_active()
    assert keys.find(secret) == key


def test_a_name_is_of_one_active_key(keys: Keys) -> None:
    first, _ = keys.create("  é ", Role.READER)
    assert first.name == "é"
    with pytest.raises(ConflictError, match="« é »".replace(" ", "\u00a0")):
        keys.create("e\u0301", Role.READER)
    keys.revoke("e\u0301")
    second, _ = keys.create("é", Role.READER)
    assert keys.revoke("é").id == second.id
    assert len(keys.all()) == 2


def test_an_id_goes_before_a_name(keys: Keys) -> None:
    first, _ = keys.create("a", Role.READER)
    named, _ = keys.create(first.id, Role.READER)
    assert keys.revoke(first.id).id == first.id
    assert keys.revoke(first.id).id == named.id


def test_what_is_not_there_cannot_be_revoked(keys: Keys) -> None:
    keys.create("a", Role.READER)
    revoked = []
    for asked in ("", "x", "'; DROP TABLE keys; --", "\ud800", "a" * 10**6):
        with suppress(UnknownError):
            revoked.append(keys.revoke(asked))
    assert revoked == []
    with pytest.raises(UnknownError, match="keys list"):
        keys.revoke("x")


def test_a_revoked_key_is_not_revoked_again(keys: Keys) -> None:
    key, _ = keys.create("a", Role.READER)
    keys.revoke("a")
    with pytest.raises(UnknownError):
        keys.revoke(key.id)


def test_names_that_do_not_do(keys: Keys) -> None:
    for name in ("", " ", "a/b", "a\nb", "x" * 65, "\u202e", "\ud800"):
        with suppress(UsageError):
            keys.create(name, Role.READER)
        with suppress(UsageError):
            keys.create("a", Role.READER, [name])
    assert keys.all() == []


def test_the_same_name_from_many_threads_makes_one_key(keys: Keys) -> None:
    def make(_: int) -> bool:
        try:
            keys.create("une seule", Role.READER)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(16))) == 1
    assert len(keys.all()) == 1


def test_found_by_threads_while_others_come_and_go(keys: Keys) -> None:
    lasting, secret = keys.create("durable", Role.READER)

    def look(_: int) -> bool:
        return all(keys.find(secret) == lasting for _ in range(200))

    def churn(number: int) -> bool:
        key, passing = keys.create(f"n° {number}", Role.READER)
        known = keys.find(passing) == key
        keys.revoke(key.id)
        return known and keys.find(passing) is None

    with ThreadPoolExecutor(6) as pool:
        looked = pool.map(look, range(4))
        churned = pool.map(churn, range(20))
        assert all(looked)
        assert all(churned)


def test_a_broken_file_opens_nothing(keys: Keys, path: Path) -> None:
    _, secret = keys.create("a", Role.ADMIN)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE keys")
    with pytest.raises(LibraryError):
        keys.find(secret)
    with pytest.raises(LibraryError):
        keys.any_active()


def test_that_a_key_was_made_is_never_forgotten(keys: Keys, path: Path) -> None:
    assert not keys.any_made()
    with closing(Database(path)) as other:
        Keys(other).create("a", Role.READER)
        Keys(other).revoke("a")
    assert keys.any_made()
    assert not keys.any_active()
