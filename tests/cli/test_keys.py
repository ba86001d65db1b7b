"""``sourcier keys`` as people type it, and the same in processes of their own."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rag.cli.keys import app
from rag.errors import ConflictError, LibraryError, UnknownError, UsageError
from rag.library.database import Database
from rag.library.keys import Key, Keys, Role
from rag.library.library import ServiceLayout


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def done(*arguments: str) -> Result:
    result = ran(*arguments)
    assert result.exit_code == 0, result.output
    return result


def found(secret: str, index: str = "index") -> Key | None:
    layout = ServiceLayout(Path(index) / "service")
    with closing(Database(layout.database)) as database:
        return Keys(database).find(secret)


def test_the_secret_alone_is_on_standard_output() -> None:
    result = done("create", "--name", "intranet", "--role", "reader")
    assert re.fullmatch(r"src_[A-Za-z0-9_-]{43}\n", result.stdout)
    assert result.stdout.strip() not in result.stderr
    assert "intranet" in result.stderr
    assert "première clé" in result.stderr
    key = found(result.stdout.strip())
    assert key is not None
    assert (key.name, key.role, key.collections) == ("intranet", Role.READER, None)
    assert "première clé" not in done("create", "--name", "b", "--role", "admin").stderr


def test_what_it_keeps_is_for_its_owner_alone() -> None:
    done("create", "--name", "a", "--role", "reader")
    service = Path("index/service")
    assert stat.S_IMODE(service.stat().st_mode) == 0o700
    assert stat.S_IMODE((service / "service.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (["--collections", "rh, juridique"], ("rh", "juridique")),
        (["--collection", "rh", "--collection", "a,b"], ("rh", "a,b")),
        (["--collections", "rh,", "--collection", "rh"], ("rh",)),
    ],
)
def test_the_collections_it_sees(options: list[str], seen: tuple[str, ...]) -> None:
    secret = done("create", "--name", "a", "--role", "editor", *options).stdout.strip()
    key = found(secret)
    assert key is not None
    assert key.collections == seen


def test_another_folder() -> None:
    secret = done("create", "--name", "a", "--role", "reader", "--index", "autre").stdout
    assert found(secret.strip(), "autre") is not None
    assert not Path("index").exists()


def test_the_list_says_all_but_the_secrets() -> None:
    secrets = [
        done("create", "--name", name, "--role", "reader", "--collections", "rh").stdout
        for name in ("a", "b")
    ]
    done("revoke", "a")
    listed = done("list").stdout
    assert len(listed.splitlines()) == 2
    assert "révoquée le" in listed
    assert "active" in listed
    assert "«\u00a0rh\u00a0»" in listed
    as_json = done("list", "--json").stdout
    keys = json.loads(as_json)
    assert {key["name"]: key["revoked"] is None for key in keys} == {"a": False, "b": True}
    assert set(keys[0]) == {"id", "name", "role", "collections", "created", "revoked"}
    for secret in secrets:
        assert secret.strip()[12:] not in listed + as_json


def test_a_list_of_nothing_makes_nothing() -> None:
    assert "Aucune clé" in done("list").stderr
    assert json.loads(done("list", "--json").stdout) == []
    assert not Path("index").exists()


def test_revoked_by_name_or_id() -> None:
    first = done("create", "--name", "a", "--role", "reader").stdout.strip()
    second = done("create", "--name", "b", "--role", "reader").stdout.strip()
    assert "dernière" not in done("revoke", "a").stderr
    assert found(first) is None
    assert "dernière" in done("revoke", second[4:12]).stderr
    assert found(second) is None


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["create", "--name", " ", "--role", "reader"], UsageError),
        (["create", "--name", "x" * 65, "--role", "reader"], UsageError),
        (["create", "--name", "b", "--role", "reader", "--collections", "a/b"], UsageError),
        (["create", "--name", "a", "--role", "admin"], ConflictError),
        (["revoke", "inconnue"], UnknownError),
        (["revoke", "a", "--index", "ailleurs"], UnknownError),
        (["list", "--index", "note.md"], LibraryError),
    ],
)
def test_refusals_say_why_on_no_output(arguments: list[str], kind: type[Exception]) -> None:
    done("create", "--name", "a", "--role", "reader")
    Path("note.md").mkdir()
    Path("note.md/service").mkdir()
    Path("note.md/service/service.sqlite").write_text("autre chose")
    result = ran(*arguments)
    assert isinstance(result.exception, kind)
    assert result.stdout == ""
    assert not Path("ailleurs").exists()


@pytest.mark.parametrize("output", ["/dev/full", "nobody"])
def test_a_secret_that_could_not_be_shown_opens_nothing(output: str, folder: Path) -> None:
    code = (
        "from rag.cli.keys import app; from rag.cli.process import run_command\n"
        "run_command(lambda: app(['create', '--name', 'a', '--role', 'admin']))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") if output == "nobody" else open(output, "wb") as stream:
        ended = subprocess.run(
            [sys.executable, "-c", code],
            stdout=stream,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            check=False,
        )
    assert ended.returncode == 1
    assert b"src_" not in ended.stderr
    (key,) = json.loads(done("list", "--json").stdout)
    assert key["revoked"] is not None


@pytest.mark.parametrize("output", [">&-", ">/dev/null"])
def test_no_key_is_made_where_its_secret_would_be_lost(output: str, folder: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m rag keys create --name a --role admin"
    ended = subprocess.run(
        ["/bin/sh", "-c", f"{command} {output}"],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert ended.returncode == 2
    assert "Aucune clé" in ended.stderr
    assert not (folder / "index").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "--name", "a"],
        ["create", "--name", "a", "--role", "dieu"],
        ["create", "--name", "a", "--role", "reader", "--collections", " , "],
        ["revoke"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert ran(*arguments).exit_code == 2
    assert not Path("index").exists()
