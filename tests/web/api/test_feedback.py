from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Service
from rag.web.api import feedback
from tests.web.conftest import KeyMaker


def asked(client: TestClient, headers: dict[str, str] | None = None) -> str:
    question = {"question": "Quand ouvre le salon ?"}
    answer = client.post("/v1/ask", json=question, headers=headers).json()
    return str(answer["id"])


def test_a_verdict_is_kept_with_its_question(client: TestClient, service: Service) -> None:
    given = {"answer_id": asked(client), "helpful": False, "comment": "Il manque l'heure."}

    response = client.post("/v1/feedback", json=given)

    assert response.status_code == 201
    told = feedback.Feedback.model_validate_json(response.content)
    assert (told.answer_id, told.helpful) == (given["answer_id"], False)
    (kept,) = service.feedback.all()
    assert kept.question == "Quand ouvre le salon ?"
    assert kept.comment == "Il manque l'heure."
    assert kept.references


def test_an_answer_that_was_never_given_cannot_be_judged(client: TestClient) -> None:
    response = client.post("/v1/feedback", json={"answer_id": "0" * 32, "helpful": True})

    assert response.status_code == 404


def test_another_keys_answer_is_unknown(
    client: TestClient, key: KeyMaker, service: Service
) -> None:
    mine, other = key(Role.READER), key(Role.READER)
    given = {"answer_id": asked(client, mine), "helpful": True}

    assert client.post("/v1/feedback", json=given, headers=other).status_code == 404
    assert client.post("/v1/feedback", json=given, headers=mine).status_code == 201
    assert len(service.feedback.all()) == 1


def test_a_streamed_answer_can_be_judged(client: TestClient, service: Service) -> None:
    body = client.post(
        "/v1/ask", json={"question": "Quand ouvre le salon ?", "stream": True}
    ).text
    answer_id = body.rpartition('"id":"')[2].partition('"')[0]

    given = {"answer_id": answer_id, "helpful": True}
    assert client.post("/v1/feedback", json=given).status_code == 201
    assert service.feedback.all()[0].answer_id == answer_id


def test_who_judges_again_changes_the_verdict(client: TestClient, service: Service) -> None:
    given = {"answer_id": asked(client), "helpful": True}
    for _ in range(3):
        assert client.post("/v1/feedback", json=given).status_code == 201

    changed = {**given, "helpful": False}
    assert client.post("/v1/feedback", json=changed).status_code == 201

    (kept,) = service.feedback.all()
    assert not kept.helpful
