import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import InputPathError
from rag.ingest.discovery import FoundFile, SkippedPath, discover, display_path


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("Texte.", encoding="utf-8")


def found(*paths: Path) -> list[str]:
    return [
        entry.path.relative_to(entry.root).as_posix()
        for entry in discover(paths)
        if isinstance(entry, FoundFile)
    ]


def skipped(*paths: Path) -> dict[str, str]:
    return {
        entry.path.name: entry.reason
        for entry in discover(paths)
        if isinstance(entry, SkippedPath)
    }


def test_folders_are_walked_in_order_and_hidden_things_passed_over(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.md",
        "a/d.TXT",
        "a/c.pdf",
        ".git/x.md",
        ".caché.md",
        "README.md",
        "é à.html",
    )
    assert found(tmp_path) == ["README.md", "a/c.pdf", "a/d.TXT", "b.md", "é à.html"]
    assert skipped(tmp_path) == {}


def test_a_file_s_root_is_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "a/b.md")
    assert list(discover([tmp_path / "a/b.md"])) == [
        FoundFile(tmp_path / "a", tmp_path / "a/b.md")
    ]


def test_other_extensions_are_told(tmp_path: Path) -> None:
    make(tmp_path, "a.odt", "b", "c.md")
    assert found(tmp_path) == ["c.md"]
    assert "« .odt »" in skipped(tmp_path)["a.odt"]
    assert "sans extension" in skipped(tmp_path)["b"]


def test_links_do_not_loop_nor_double(tmp_path: Path) -> None:
    make(tmp_path, "a/b.md")
    (tmp_path / "a/boucle").symlink_to(tmp_path)
    (tmp_path / "z.md").symlink_to(tmp_path / "a/b.md")
    assert found(tmp_path) == ["a/b.md"]


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "dehors/secret.md", "dedans/a.md")
    (tmp_path / "dedans/fichier.md").symlink_to(tmp_path / "dehors/secret.md")
    (tmp_path / "dedans/dossier").symlink_to(tmp_path / "dehors")
    (tmp_path / "dedans/rompu.md").symlink_to(tmp_path / "nulle part.md")
    assert found(tmp_path / "dedans") == ["a.md"]
    told = skipped(tmp_path / "dedans")
    assert set(told) == {"fichier.md", "dossier", "rompu.md"}
    assert "extérieur" in told["dossier"]


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube.md")
    assert "ordinaire" in skipped(tmp_path)["tube.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root lists everything")
def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "fermé").mkdir(mode=0)
    assert "illisible" in skipped(tmp_path)["fermé"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputPathError, match="introuvable"):
        list(discover([tmp_path / "rien"]))
    with pytest.raises(InputPathError):
        list(discover([Path("a\0b")]))


def test_display_of_hostile_names() -> None:
    assert display_path(Path("e\u0301te\u0301/a b.md")) == "été/a b.md"
    assert display_path(os.fsdecode(b"a\xff\n.md")) == "a\\xff\\x0a.md"


@given(st.binary(min_size=1))
def test_any_name_can_be_printed(raw: bytes) -> None:
    shown = display_path(os.fsdecode(raw))
    shown.encode("utf-8")
    assert shown.isprintable()
