import pytest
from starlette.testclient import TestClient

from rag.retrieval.fusion import Method
from rag.web.api import search


@pytest.mark.parametrize("method", list(Method))
def test_finding_is_as_documented(client: TestClient, method: Method) -> None:
    response = client.post("/v1/search", json={"query": "budget annuel", "method": method})

    assert response.status_code == 200
    finding = search.Finding.model_validate_json(response.content)
    assert finding.method == method
    assert [hit.rank for hit in finding.hits] == list(range(1, len(finding.hits) + 1))
    scores = [hit.score for hit in finding.hits]
    assert scores == sorted(scores, reverse=True)


def test_score_is_in_the_unit_of_the_method(client: TestClient) -> None:
    def first(method: str) -> search.Hit:
        asked = {"query": "budget annuel", "method": method}
        response = client.post("/v1/search", json=asked)
        return search.Finding.model_validate_json(response.content).hits[0]

    dense, lexical = first("dense"), first("lexical")
    assert dense.score == pytest.approx(dense.signals.cosine)
    assert lexical.score == pytest.approx(lexical.signals.bm25)


def test_search_keeps_to_what_is_asked(client: TestClient) -> None:
    asked = {"query": "salon", "k": 1, "collections": ["notes"], "history": []}

    hits = client.post("/v1/search", json=asked).json()["hits"]

    assert [hit["title"] for hit in hits] == ["Note"]


def test_an_unknown_method_is_refused(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "salon", "method": "magic"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "body.method"
