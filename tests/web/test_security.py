from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from rag.errors import KeyRefusedError, RateLimitError, RoleError
from rag.library.database import Database
from rag.library.keys import Keys, Role
from rag.service.access import Principal
from rag.settings import ServerSettings
from rag.web.security import Gate
from tests.web.asgi import scope

LOCAL = ServerSettings()
REQUIRED = ServerSettings(keys="required")
OUTSIDE = ServerSettings(host="0.0.0.0")  # noqa: S104
MadeGate = Callable[[ServerSettings], Gate]


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with closing(Database(tmp_path / "service.sqlite")) as database:
        yield Keys(database)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def admitted(gate: Gate, headers: dict[str, str] | None = None) -> Principal:
    return gate.admit(scope(headers=headers))


def test_without_keys_the_person_at_this_machine_may_do_everything(keys: Keys) -> None:
    assert admitted(Gate(LOCAL, keys)) == Principal("", "local", Role.ADMIN, None)


@pytest.mark.parametrize("server", [REQUIRED, OUTSIDE])
def test_where_keys_are_demanded_nobody_comes_without(
    keys: Keys, server: ServerSettings
) -> None:
    with pytest.raises(KeyRefusedError, match="sourcier keys create"):
        admitted(Gate(server, keys))


def test_a_first_key_closes_the_door_at_once(keys: Keys) -> None:
    gate = Gate(LOCAL, keys)
    admitted(gate)
    key, secret = keys.create("moi", Role.EDITOR, ["notes"])
    with pytest.raises(KeyRefusedError):
        admitted(gate)
    assert admitted(gate, bearer(secret)) == Principal(key.id, "moi", Role.EDITOR, ("notes",))


def test_revoking_the_last_key_opens_nothing(keys: Keys) -> None:
    gate = Gate(LOCAL, keys)
    key, secret = keys.create("moi", Role.ADMIN)
    admitted(gate, bearer(secret))
    keys.revoke(key.id)
    for each in (gate, Gate(LOCAL, keys)):
        for headers in ({}, bearer(secret)):
            with pytest.raises(KeyRefusedError):
                admitted(each, headers)


@pytest.mark.parametrize("given", ["Bearer {}", "bearer {}", "BEARER  {} "])
def test_the_ways_to_give_a_key(keys: Keys, given: str) -> None:
    _, secret = keys.create("moi", Role.READER)
    gate = Gate(LOCAL, keys)
    assert admitted(gate, {"authorization": given.format(secret)}).name == "moi"
    assert admitted(gate, {"x-api-key": secret}).name == "moi"


NO_KEYS = (
    "{}",
    "Basic {}",
    "Bearer",
    "Bearer ",
    "Bearer {}x",
    "Bearer src_" + "a" * 43,
    "Bearer " + "x" * 100_000,
    "Bearer src_é\x00" + "a" * 40,
    "Bearer sk-proj-1234",
)


def test_anything_else_is_refused_in_the_same_words(keys: Keys) -> None:
    _, secret = keys.create("moi", Role.READER)
    for given in NO_KEYS:
        with pytest.raises(KeyRefusedError) as raised:
            admitted(Gate(LOCAL, keys), {"authorization": given.format(secret)})
        assert secret not in str(raised.value)
        assert "moi" not in str(raised.value)


def test_two_authorisations_are_none(keys: Keys) -> None:
    _, secret = keys.create("moi", Role.READER)
    asked = scope(headers=bearer(secret))
    asked["headers"].append((b"authorization", b"Bearer other"))
    with pytest.raises(KeyRefusedError):
        Gate(LOCAL, keys).admit(asked)


def test_a_foreign_key_means_nothing_where_none_is_demanded(keys: Keys) -> None:
    assert admitted(Gate(LOCAL, keys), bearer("sk-anything")).name == "local"


def test_what_came_through_a_proxy_is_not_from_this_machine(keys: Keys) -> None:
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        with pytest.raises(KeyRefusedError, match="proxy"):
            admitted(Gate(LOCAL, keys), {name: "203.0.113.9"})


def test_a_key_has_its_share_of_requests(keys: Keys) -> None:
    gate = Gate(ServerSettings(requests_per_minute=2), keys)
    _, one = keys.create("une", Role.READER)
    _, other = keys.create("autre", Role.READER)
    admitted(gate, bearer(one))
    admitted(gate, bearer(one))
    with pytest.raises(RateLimitError):
        admitted(gate, bearer(one))
    admitted(gate, bearer(other))


def test_a_role_may_do_all_that_the_lesser_may(keys: Keys) -> None:
    gate = Gate(LOCAL, keys)
    order = [Role.READER, Role.EDITOR, Role.ADMIN]
    for has, asked in product(order, order):
        _, secret = keys.create(f"{has} qui demande {asked}", has)
        if order.index(has) >= order.index(asked):
            assert gate.enter(scope(headers=bearer(secret)), asked).role is has
            continue
        with pytest.raises(RoleError, match=f"demande le rôle «.{asked.value}"):
            gate.enter(scope(headers=bearer(secret)), asked)


def test_a_request_is_counted_once_however_often_it_is_looked_at(keys: Keys) -> None:
    gate = Gate(ServerSettings(requests_per_minute=1), keys)
    _, secret = keys.create("moi", Role.READER)
    asked = scope(headers=bearer(secret))
    gate.enter(asked, Role.READER)
    gate.enter(asked, Role.READER)


def test_a_key_made_and_revoked_before_any_request_closes_the_door(keys: Keys) -> None:
    gate = Gate(LOCAL, keys)
    keys.create("moi", Role.ADMIN)
    keys.revoke("moi")
    with pytest.raises(KeyRefusedError):
        admitted(gate)
