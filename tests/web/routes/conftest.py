"""The library of `tests.web.conftest`, indexed once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from rag.index.local.generation import open_generation
from rag.updating.folder_sync import Request
from tests.little_embedder import LittleEmbedder
from tests.uploading import update, write
from tests.web.conftest import FILES

NOTE = {"note.md": "# Note\n\nLa cantine ferme à quinze heures.\n"}


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two documents in « documents », one in « notes »; leave it as it is."""
    folder = tmp_path_factory.mktemp("indexed")
    write(folder / "files", FILES)
    write(folder / "notes", NOTE)
    index = folder / "index"
    update(index, Request([folder / "files"], "documents"), LittleEmbedder())
    with open_generation(index) as previous:
        update(index, Request([folder / "notes"], "notes"), LittleEmbedder(), previous)
    return index


@pytest.fixture
def index(indexed: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes; the documents it was made from are shared."""
    return Path(shutil.copytree(indexed, tmp_path / "index"))
