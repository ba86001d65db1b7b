import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.cli.serve import serve
from rag.errors import ModelNotFoundError, SettingsError, UsageError
from rag.library.database import Database
from rag.library.keys import Keys, Role
from rag.library.library import ServiceLayout

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A model that is not there: what goes as far as to open it has passed every check."""
    monkeypatch.setenv("SOURCIER_EMBEDDING__MODEL", str(tmp_path / "no-model"))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def make_key(index: Path) -> Keys:
    with closing(Database(ServiceLayout(index / "service").database)) as database:
        keys = Keys(database)
        keys.create("moi", Role.ADMIN)
        return keys


def test_a_port_that_is_taken_is_told_before_the_model_is_opened(
    taken: int, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"Le port {taken} .* --port"):
        serve(None, taken, tmp_path)


def test_an_address_of_another_machine_is_told(tmp_path: Path) -> None:
    make_key(tmp_path)
    with pytest.raises(UsageError, match=r"192\.0\.2\.1"):
        serve("192.0.2.1", 0, tmp_path)


def test_it_does_not_open_to_others_while_nobody_has_a_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"sourcier keys create .* --index"):
        serve(EVERYWHERE, 0, tmp_path)


def test_a_refusal_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        serve(EVERYWHERE, 0, tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["nulle-part.invalid", "a b"])
def test_an_address_that_is_none_is_told_in_french(host: str, tmp_path: Path) -> None:
    make_key(tmp_path)
    with pytest.raises(UsageError, match=r"pas une adresse de cette machine\. Donnez-en"):
        serve(host, 0, tmp_path)


def test_nor_where_keys_are_required_and_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_SERVER__KEYS", "required")
    with pytest.raises(SettingsError, match="sourcier keys create"):
        serve(None, 0, tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_on_this_machine_it_needs_none(host: str, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        serve(host, 0, tmp_path)


def test_with_a_key_it_opens_to_others(tmp_path: Path) -> None:
    make_key(tmp_path)
    with pytest.raises(ModelNotFoundError):
        serve(EVERYWHERE, 0, tmp_path)


def test_a_key_that_was_revoked_opens_nothing(tmp_path: Path) -> None:
    with closing(Database(ServiceLayout(tmp_path / "service").database)) as database:
        Keys(database).create("moi", Role.ADMIN)
        Keys(database).revoke("moi")
    with pytest.raises(SettingsError):
        serve(EVERYWHERE, 0, tmp_path)


def test_the_port_is_free_again_once_it_failed_to_start(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    for _ in range(2):
        with pytest.raises(ModelNotFoundError):
            serve(None, port, tmp_path)
