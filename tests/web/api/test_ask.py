import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.web.api import ask
from tests.web.conftest import KeyMaker

QUESTION = {"question": "Quand ouvre le salon ?"}


def events(body: str) -> list[tuple[str, Any]]:
    told = (event.split("\n") for event in body.split("\n\n") if event)
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in told
    ]


def test_answer_is_as_documented_and_exactly_cited(client: TestClient) -> None:
    response = client.post("/v1/ask", json=QUESTION)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = ask.Answer.model_validate_json(response.content, strict=True)
    assert answer.answered
    for citation in answer.citations:
        text = client.get(
            f"/v1/documents/{citation.document_id}/text",
            params={"start": citation.start, "end": citation.end},
        )
        assert text.text == citation.quote
        assert text.headers["x-document-version"] == citation.document_version


def test_gives_as_many_hits_as_asked(client: TestClient) -> None:
    hits = client.post("/v1/ask", json={**QUESTION, "k": 1}).json()["hits"]

    assert len(hits) == 1


def test_collections_bound_what_may_answer(client: TestClient) -> None:
    answer = client.post("/v1/ask", json={**QUESTION, "collections": ["notes"]}).json()

    assert {hit["title"] for hit in answer["hits"]} == {"Note"}


def test_filters_bound_what_may_answer(client: TestClient) -> None:
    asked = {**QUESTION, "filters": {"date_to": "2025-12-31"}}

    hits = client.post("/v1/ask", json=asked).json()["hits"]

    assert {hit["title"] for hit in hits} == {"Bureau des cartes"}


def test_filters_that_admit_nothing_find_nothing(client: TestClient) -> None:
    asked = {**QUESTION, "filters": {"documents": ["0000000000000000"]}}

    answer = client.post("/v1/ask", json=asked).json()

    assert (answer["answered"], answer["hits"], answer["citations"]) == (False, [], [])


def test_an_unknown_collection_is_said_to_be_unknown(client: TestClient) -> None:
    response = client.post("/v1/ask", json={**QUESTION, "collections": ["ailleurs"]})

    assert response.status_code == 404
    assert "ailleurs" in response.json()["detail"]


def test_history_completes_a_question(client: TestClient) -> None:
    turns = [{"question": "Quand ouvre le salon ?", "answer": "Le 3 février 2026."}]

    response = client.post("/v1/ask", json={"question": "Et où ?", "history": turns})

    assert response.status_code == 200


@pytest.mark.parametrize("question", ["", "   ", "?!", "a" * 4001])
def test_what_is_no_question_is_refused(client: TestClient, question: str) -> None:
    response = client.post("/v1/ask", json={"question": question})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({**QUESTION, "stream": True}, {}),
        (QUESTION, {"Accept": "text/event-stream"}),
    ],
)
def test_streams_where_asked_to(
    client: TestClient, body: dict[str, Any], headers: dict[str, str]
) -> None:
    response = client.post("/v1/ask", json=body, headers=headers)

    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    names = [name for name, _ in told]
    assert (names[0], names[-1]) == ("hits", "answer")
    answer = ask.Answer.model_validate(told[-1][1])
    assert told[0][1]["hits"] == told[-1][1]["hits"]
    assert names.count("segment") == len(answer.segments)
    assert names.count("citation") == len(answer.citations)


def test_body_decides_over_the_header(client: TestClient) -> None:
    response = client.post(
        "/v1/ask",
        json={**QUESTION, "stream": False},
        headers={"Accept": "text/event-stream"},
    )

    assert response.headers["content-type"] == "application/json"


def test_what_fails_before_the_first_event_is_an_ordinary_problem(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": " ", "stream": True})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_key_is_answered_from_its_collections_alone(
    client: TestClient, key: KeyMaker
) -> None:
    answer = client.post("/v1/ask", json=QUESTION, headers=key(Role.READER, "notes")).json()

    assert {hit["title"] for hit in answer["hits"]} == {"Note"}


def test_answers_are_counted(client: TestClient) -> None:
    client.post("/v1/ask", json=QUESTION)

    assert "sourcier_" in client.get("/metrics").text
