"""A service over a small library, in this process or in one of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.index.local.generation import open_generation
from rag.library.keys import Role
from rag.service.service import Service
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, eager, settings, update, write
from tests.web.serving import RunningServer, index_for_real, serving
from tests.web.workers import launch_in_thread

LOCAL = "http://127.0.0.1:8000"
FILES = {"salon.md": SALON, "bureau.md": BUREAU}
NOTES = {"note.md": "# Note\n\nLa cantine ferme à quinze heures.\n"}

KeyMaker = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def made_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `index` is a copy of."""
    root = tmp_path_factory.mktemp("made")
    write(root / "files", FILES)
    write(root / "notes", NOTES)
    update(root / "index", SyncRequest([root / "files"], "documents"), LittleEmbedder())
    with open_generation(root / "index") as previous:
        request = SyncRequest([root / "notes"], "notes")
        update(root / "index", request, LittleEmbedder(), previous)
    return root / "index"


@pytest.fixture
def index(made_index: Path, tmp_path: Path) -> Path:
    """An index of two documents in the collection « documents », one in « notes »."""
    return Path(shutil.copytree(made_index, tmp_path / "index"))


@pytest.fixture
def server_settings(index: Path) -> Settings:
    """Settings of a service over `index`; replace it in a module for others."""
    return settings(index)


@pytest.fixture
def service(server_settings: Settings) -> Service:
    """A service with the little embedder; its jobs are worked on in a thread."""
    return Service(
        server_settings, LittleEmbedder(), eager(), launch=launch_in_thread(server_settings)
    )


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """A client of the service, which is started; it asks as a local person, without key."""
    with TestClient(create_app(service), base_url=LOCAL) as opened:
        yield opened


@pytest.fixture
def key(service: Service) -> KeyMaker:
    """Makes a key and gives the headers that carry it: ``key(Role.READER, "notes")``."""

    def make(role: Role = Role.READER, *collections: str) -> dict[str, str]:
        name = f"clé {len(service.keys.all())}"
        _, secret = service.keys.create(name, role, collections or None)
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """An index made with the bundled model; copy it before changing it."""
    folder = tmp_path_factory.mktemp("served")
    write(folder / "files", FILES)
    index_for_real(folder / "files", folder / "index")
    return folder / "index"


@pytest.fixture(scope="session")
def running_server(real_index: Path) -> Iterator[RunningServer]:
    """A real server process over two documents, shared: leave it as you found it."""
    with serving(real_index) as server:
        yield server
