from contextlib import suppress

import pytest

from rag.errors import ConflictError, UsageError
from rag.library.collections import LONGEST_DESCRIPTION, Collection, Collections
from rag.library.database import Database


@pytest.fixture
def collections(database: Database) -> Collections:
    return Collections(database)


def test_made_found_listed_removed(collections: Collections) -> None:
    legal = collections.create("  juridique ", "Les contrats\n")
    staff = collections.create("RH")
    assert legal == Collection("juridique", "Les contrats", legal.created)
    assert collections.find("juridique") == legal
    assert collections.find("rh") is None
    assert collections.all() == [staff, legal]
    assert collections.remove("juridique")
    assert not collections.remove("juridique")
    assert collections.all() == [staff]
    assert collections.create("juridique").name == "juridique"


def test_a_name_is_taken_once_however_it_is_written(collections: Collections) -> None:
    collections.create("Été")
    with pytest.raises(ConflictError, match="existe déjà"):
        collections.create("E\u0301te\u0301 ")


def test_names_that_do_not_do(collections: Collections) -> None:
    for name in ("", "\t", "a/b", "a\\b", "a\x00", "x" * 65, "a\u2028b"):
        with suppress(UsageError):
            collections.create(name)
    assert collections.all() == []
    with pytest.raises(UsageError, match="1 à 64"):
        collections.create("")


def test_a_description_has_an_end(collections: Collections) -> None:
    assert collections.create("a", "x" * LONGEST_DESCRIPTION)
    with pytest.raises(UsageError, match="description"):
        collections.create("b", "x" * (LONGEST_DESCRIPTION + 1))
    assert collections.find("b") is None


def test_what_was_not_made_is_not_there(collections: Collections) -> None:
    collections.create("a")
    names = ("\ud800", "' OR 1=1", "x" * 100_000)
    assert [name for name in names if collections.find(name) or collections.remove(name)] == []
    assert len(collections.all()) == 1
