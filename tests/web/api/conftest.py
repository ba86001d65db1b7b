"""A client of the library of `tests.web.conftest`, for what only reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.service.service import Service
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings
from tests.web.conftest import LOCAL


@pytest.fixture(scope="module")
def reading(made_index: Path) -> Iterator[TestClient]:
    """A client that changes nothing, shared by all that only read."""
    service = Service(settings(made_index), LittleEmbedder(), eager())
    with TestClient(create_app(service), base_url=LOCAL) as opened:
        yield opened


@pytest.fixture(scope="module")
def salon(reading: TestClient) -> str:
    found = reading.get("/v1/documents", params={"q": "salon"}).json()["documents"]
    return str(found[0]["id"])
