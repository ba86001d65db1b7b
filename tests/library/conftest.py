from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.library.database import Database
from tests.library.running import mounted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "service" / "service.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with closing(Database(path)) as opened:
        yield opened


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    for place in mounted(tmp_path / "disque", "1m"):
        if place is None:
            pytest.skip("a disk of its own cannot be mounted here")
        yield place
