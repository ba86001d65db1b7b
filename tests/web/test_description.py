import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.service.service import Service
from rag.web.app import create_app


@pytest.fixture
def page(service: Service) -> dict[str, Any]:
    return create_app(service).openapi()


def operations(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in page["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_reads_as_documentation(page: dict[str, Any]) -> None:
    for name, operation in operations(page).items():
        assert operation.get("summary"), name
        assert operation.get("description"), name
        assert operation.get("tags"), name


def test_every_operation_tells_that_it_may_answer_a_problem(page: dict[str, Any]) -> None:
    for name, operation in operations(page).items():
        assert {"4XX", "5XX"} <= set(operation["responses"]), name
    assert "HTTPValidationError" not in json.dumps(page)


def test_every_tag_is_explained(page: dict[str, Any]) -> None:
    explained = {tag["name"] for tag in page["tags"]}
    used = {tag for operation in operations(page).values() for tag in operation["tags"]}
    assert used <= explained


def test_every_reference_leads_somewhere(page: dict[str, Any]) -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(page))):
        node = page
        for part in reference.split("/"):
            node = node[part]


def test_what_needs_a_key_says_so(page: dict[str, Any]) -> None:
    free = {
        name for name, operation in operations(page).items() if not operation.get("security")
    }
    assert free == {"GET /healthz", "GET /readyz"}
    (scheme,) = page["components"]["securitySchemes"].values()
    assert scheme["scheme"] == "bearer"


def test_a_problem_has_the_form_that_is_documented(client: TestClient) -> None:
    documented = client.get("/openapi.json").json()["components"]["schemas"]["Problem"]
    told = client.post("/v1/ask", json={"nothing": 1}).json()
    assert set(documented["required"]) <= set(told) <= set(documented["properties"])
    fault = documented["properties"]["errors"]["items"]
    assert set(told["errors"][0]) == set(fault["properties"])


def test_nothing_of_it_comes_from_elsewhere(page: dict[str, Any]) -> None:
    assert "://" not in json.dumps(page["info"])
