from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings, read_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_defaults_need_nothing() -> None:
    settings = load_settings()
    assert settings.embedding.model == "bundled"
    assert settings.index.directory == Path("index")


def test_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "sourcier.toml").write_text('[retrieval]\nhits = 7\n[index]\ndirectory="x"\n')
    settings = load_settings()
    assert settings.retrieval.hits == 7
    assert settings.index.directory == Path("x")


def test_a_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sourcier.toml").write_text("[retrieval]\nhits = 7\n")
    monkeypatch.setenv("SOURCIER_RETRIEVAL__HITS", "8")
    assert load_settings().retrieval.hits == 8


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[retrieval]\nhitz = 7\n", "retrieval.hitz"),
        ("[retreival]\nhits = 7\n", "retreival"),
        ("[retrieval]\nhits = 0\n", "retrieval.hits"),
        ("[embedding]\nruntime = 'tensorrt'\n", "embedding.runtime"),
        ("[retrieval\n", "TOML"),
        ("\ufeff[retrieval", "TOML"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "sourcier.toml").write_text(text)
    with pytest.raises(SettingsError, match=named):
        load_settings()


@pytest.mark.parametrize("name", ["SOURCIER_RETRIEVAL__HITZ", "SOURCIER_RETREIVAL__HITS"])
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")
    with pytest.raises(SettingsError, match=r"hitz|RETREIVAL"):
        load_settings()


def test_settings_do_not_change() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.retrieval.hits = 3  # type: ignore[misc]


def test_settings_that_are_told_are_taken_whole_and_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_SERVER__QUEUE", "7")
    given = load_settings(tmp_path / "été")
    (tmp_path / "sourcier.toml").write_text("[retrieval\n")
    monkeypatch.setenv("SOURCIER_SERVER__QUEUE", "none")
    monkeypatch.setenv("SOURCIER_RETRIEVAL__HITS", "3")
    read = read_settings(given.model_dump_json())
    assert read == given
    assert type(read) is Settings


@pytest.mark.parametrize("told", ["", "[]", '{"retrieval": {"hitz": 7}}', '{"x": 1}'])
def test_what_is_told_wrongly_is_refused(told: str) -> None:
    with pytest.raises(SettingsError, match="Relancez"):
        read_settings(told)
