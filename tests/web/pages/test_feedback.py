from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from rag.service.service import Service

PAGE = {"accept": "text/html"}
QUESTION = "Où ouvre le salon ?"


def form(client: TestClient) -> dict[str, str]:
    tree = HTMLParser(client.get("/", params={"q": QUESTION}, headers=PAGE).text)
    (answer,) = tree.css("article .feedback input[name=answer_id]")[:1]
    return {"answer_id": str(answer.attributes["value"])}


def test_a_verdict_is_kept_and_thanked_for(client: TestClient, service: Service) -> None:
    sent = {**form(client), "verdict": "no", "comment": " <b>Périmé</b> "}
    response = client.post("/feedback", data=sent, headers=PAGE)
    assert response.status_code == 200
    (kept,) = service.feedback.all()
    assert (kept.helpful, kept.comment, kept.question) == (False, "<b>Périmé</b>", QUESTION)
    back = HTMLParser(response.text).css("main a.primary")[0].attributes["href"]
    assert client.get(str(back), headers=PAGE).status_code == 200


def test_an_unknown_answer_is_told_as_a_page(client: TestClient) -> None:
    sent = {"answer_id": "nothing", "verdict": "yes"}
    response = client.post("/feedback", data=sent, headers=PAGE)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


def test_a_form_of_something_else_is_refused(client: TestClient, service: Service) -> None:
    sent = {**form(client), "verdict": "peut-être"}
    assert client.post("/feedback", data=sent, headers=PAGE).status_code == 422
    assert not service.feedback.all()
