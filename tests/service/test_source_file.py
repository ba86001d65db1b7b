import hashlib
import os
import unicodedata
from pathlib import Path

import pytest

from rag.index.documents import SourceStamp
from rag.ingest.discovery import display_path
from rag.service.source_file import find_source

DATA = b"contenu"


def _stamp(root: Path, data: bytes = DATA) -> SourceStamp:
    return SourceStamp(str(root), len(data), 0, hashlib.sha256(data).hexdigest(), "1")


def test_the_file_is_found_under_its_root_or_as_its_root(tmp_path: Path) -> None:
    path = tmp_path / "sous" / "a.md"
    path.parent.mkdir()
    path.write_bytes(DATA)
    assert find_source(_stamp(tmp_path), "sous/a.md") == path
    assert find_source(_stamp(path), "a.md") == path


@pytest.mark.parametrize(
    "name",
    [unicodedata.normalize("NFD", "été.md"), os.fsdecode(b"caf\xe9.md"), "a\tb.md"],
)
def test_a_name_that_is_displayed_otherwise_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "dossier" / name
    path.parent.mkdir()
    path.write_bytes(DATA)
    shown = display_path(Path("dossier") / name)
    assert shown != f"dossier/{name}"
    assert find_source(_stamp(tmp_path), shown) == path


def test_other_bytes_are_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    for other in (b"contenU", b"contenu plus long", b""):
        path.write_bytes(other)
        assert find_source(_stamp(tmp_path), "a.md") is None


@pytest.mark.parametrize("made", ["nothing", "folder", "pipe", "link to nothing"])
def test_what_is_no_file_any_more_is_not_served(tmp_path: Path, made: str) -> None:
    path = tmp_path / "a.md"
    match made:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nothing":
            path.symlink_to(tmp_path / "parti")
    assert find_source(_stamp(tmp_path), "a.md") is None


@pytest.mark.parametrize("path", ["\0", "a" * 5000, "sans/fin/a.md"])
def test_strange_paths_are_of_no_file(tmp_path: Path, path: str) -> None:
    assert find_source(_stamp(tmp_path), path) is None
    assert find_source(_stamp(tmp_path / "parti"), path) is None
