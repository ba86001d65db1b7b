import asyncio
from pathlib import Path

import pytest

from rag.errors import RoleError, UnknownError
from rag.index.filters import Filters
from rag.library.keys import Role
from rag.service.access import DEFAULT_COLLECTION, Principal, query_within
from rag.service.service import Query, Service
from rag.types import Turn
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings

SOME = Principal("k", "moi", Role.READER, ("a", "b"))
ALL = Principal("k", "moi", Role.READER, None)
NONE = Principal("k", "moi", Role.READER, ())
EXISTING = {"a", "c", "d"}


def test_asking_for_none_is_asking_for_all_one_may_see() -> None:
    for asked in (None, ()):
        assert ALL.within(asked, EXISTING) is None
        assert SOME.within(asked, EXISTING) == ("a", "b")
        assert NONE.within(asked, EXISTING) == ()


def test_those_asked_for_are_looked_into_alone() -> None:
    assert SOME.within(["a", "a"], EXISTING) == ("a",)
    assert ALL.within(["c", "a"], EXISTING) == ("c", "a")


def test_what_is_not_there_and_what_may_not_be_known_are_the_same() -> None:
    for who, asked in [(SOME, "c"), (SOME, "b"), (SOME, "x"), (ALL, "x"), (NONE, "a")]:
        with pytest.raises(UnknownError) as raised:
            who.within(["a", asked] if who is not NONE else [asked], EXISTING)
        assert f"« {asked} »" in str(raised.value).replace("\u00a0", " ")


def test_only_who_keeps_the_whole_service_is_told_of_its_files() -> None:
    assert Principal("", "local", Role.ADMIN, None).trusted
    assert not Principal("k", "moi", Role.ADMIN, ("a",)).trusted
    assert not ALL.trusted


def test_a_role_may_do_all_that_the_lesser_may() -> None:
    order = [Role.READER, Role.EDITOR, Role.ADMIN]
    for has in order:
        who = Principal("k", "moi", has, None)
        for asked in order:
            assert who.may(asked) is (order.index(has) >= order.index(asked))
            if not who.may(asked):
                with pytest.raises(RoleError, match=asked.value):
                    who.require(asked)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    made = Service(settings(tmp_path / "index"), LittleEmbedder(), eager())
    made.collections.create("a")
    return made


def collections_of(query: Query) -> tuple[str, ...] | None:
    return query.filters.collections


def test_a_question_is_put_to_what_its_asker_may_see(service: Service) -> None:
    def put(who: Principal, *asked: str) -> Query:
        return asyncio.run(query_within(service, who, "Quand ?", collections=asked))

    assert collections_of(put(ALL)) is None
    assert collections_of(put(SOME)) == ("a", "b")
    assert collections_of(put(SOME, "a")) == ("a",)
    assert collections_of(put(ALL, DEFAULT_COLLECTION, "a")) == (DEFAULT_COLLECTION, "a")
    # No collection at all stays none at all.
    assert collections_of(put(NONE)) == ()
    for who, asked in ((SOME, DEFAULT_COLLECTION), (ALL, "x"), (NONE, "a")):
        with pytest.raises(UnknownError):
            put(who, asked)


def test_the_rest_of_a_question_is_as_it_was_said(service: Service) -> None:
    said = asyncio.run(
        query_within(
            service,
            SOME,
            "Quand ?",
            collections=("a",),
            filters=Filters(collections=("z",), languages=("fr",), date_to="2025-12-31"),
            history=(Turn("Quoi ?"),),
            k=3,
        )
    )
    filters = Filters(collections=("a",), languages=("fr",), date_to="2025-12-31")
    assert said == Query("Quand ?", (Turn("Quoi ?"),), 3, filters, "k")
