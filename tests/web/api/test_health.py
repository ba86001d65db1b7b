import shutil
from pathlib import Path

from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Service
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings
from tests.web.conftest import LOCAL, KeyMaker
from tests.web.workers import launch_in_thread


def test_it_lives_and_is_ready(client: TestClient, service: Service) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ready",
        "generation": service.live.generation,
        "model": "little",
        "documents": 3,
        "warning": None,
    }


def test_without_an_index_it_lives_and_says_what_it_lacks(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "index")
    service = Service(chosen, LittleEmbedder(), eager(), launch=launch_in_thread(chosen))
    with TestClient(create_app(service), base_url=LOCAL) as client:
        assert client.get("/healthz").status_code == 200
        unready = client.get("/readyz")
        assert unready.status_code == 503
        assert unready.json()["type"] == "urn:sourcier:problem:index-missing"
        assert str(tmp_path) not in unready.text
        assert client.get("/metrics").status_code == 200


def test_an_index_that_goes_away_is_told(client: TestClient, index: Path) -> None:
    shutil.rmtree(index / "generations", ignore_errors=True)
    (index / "CURRENT").unlink()
    assert client.post("/v1/ask", json={"question": "Où ?"}).status_code == 503
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_health_is_told_without_a_key(client: TestClient, key: KeyMaker) -> None:
    key(Role.READER)
    assert client.get("/v1/documents").status_code == 401
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_how_much_there_is_is_told_to_who_may_see_it_all(
    client: TestClient, key: KeyMaker
) -> None:
    def told(headers: dict[str, str] | None = None) -> int | None:
        response = client.get("/readyz", headers=headers)
        assert response.status_code == 200
        found: int | None = response.json()["documents"]
        return found

    assert told() == 3
    assert told(key(Role.READER)) == 3
    assert told(key(Role.ADMIN, "notes")) is None
    assert told({"Authorization": "Bearer unknown"}) is None
    assert told() is None
