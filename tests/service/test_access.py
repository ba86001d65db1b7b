import pytest

from rag.errors import RoleError, UnknownError
from rag.library.keys import Role
from rag.service.access import Principal

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
