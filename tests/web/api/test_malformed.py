"""A thousand requests that the OpenAPI page does not allow, and none that breaks anything."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from starlette.testclient import TestClient

from tests.web.api.idle import idle_service
from tests.web.api.test_access import OF_NOTHING, TABLE, Row
from tests.web.conftest import LOCAL

EACH = 52
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def fuzzed(made_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    index = shutil.copytree(made_index, tmp_path_factory.mktemp("fuzzed") / "index")
    with idle_service(Path(index)) as (client, _):
        yield client


@pytest.fixture(scope="module")
def page(fuzzed: TestClient) -> BaseSchema:
    return schemathesis.openapi.from_dict(fuzzed.get("/openapi.json").json())


@pytest.mark.parametrize("row", TABLE + OF_NOTHING, ids=str)
def test_no_malformed_request_breaks_anything(
    fuzzed: TestClient, page: BaseSchema, row: Row
) -> None:
    operation = page[row.path.replace(":path", "")][row.method]

    @trying(
        max_examples=EACH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: Case) -> None:
        response = fuzzed.request(**sendable(case))
        assert response.status_code < 500, response.text
        if response.status_code >= 400:
            assert response.headers["content-type"] == PROBLEM
            assert response.json()["status"] == response.status_code

    ask()


def sendable(case: Case) -> dict[str, Any]:
    """What a client can put on the wire of it."""
    request = case.as_transport_kwargs(base_url=LOCAL)
    if request.get("files"):
        request["files"] = [
            (name, (given[0], bytes_of(given[1]), *given[2:]))
            for name, given in request["files"]
        ]
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    request.pop("cookies", None)
    return request


def bytes_of(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    text = content if isinstance(content, str) else json.dumps(content)
    return text.encode("utf-8", "replace")
