"""The page where questions are asked, as it is without any script."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Query, Service
from rag.settings import Settings
from rag.types import Answer
from rag.updating.folder_sync import SyncRequest
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings, update, write
from tests.web.conftest import LOCAL, KeyMaker

PAGE = {"accept": "text/html"}
QUESTION = "Où ouvre le salon ?"
HOSTILE = """---
title: "<script>alert(1)</script> \u202egnp.exe"
source: "<img src=x onerror=alert(2)>"
link: "javascript:alert(3)"
---

# <script>alert(4)</script>

Le </script><b onclick=alert(5)>griffon</b> habite la [tour](javascript:alert(6)) {{ 7*7 }}.
"""


def read(html: str) -> HTMLParser:
    tree = HTMLParser(html)
    for each in tree.css("template"):
        each.decompose()
    return tree


def ask(client: TestClient, *questions: str) -> HTMLParser:
    response = client.get("/", params=[("q", each) for each in questions], headers=PAGE)
    assert response.status_code == 200
    return read(response.text)


def one(tree: HTMLParser | Node, selector: str) -> Node:
    found = tree.css(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def words(node: Node) -> str:
    return " ".join(node.text().split())


def test_empty_it_has_a_field_and_says_what_is_indexed(client: TestClient) -> None:
    tree = read(client.get("/", headers=PAGE).text)
    assert words(one(tree, "h1")) == "Posez votre question aux documents"
    assert one(tree, "#question").attributes["name"] == "q"
    assert words(one(tree, ".holdings")).startswith(
        "3 documents 2 collections".replace(" 2", "2")
    )
    assert not tree.css("article")
    assert tree.css("[data-state=empty]")


def test_the_answer_cites_and_its_cards_lead_to_the_characters(client: TestClient) -> None:
    tree = ask(client, QUESTION)
    assert words(one(tree, ".turn-question")) == f"Question : {QUESTION}"
    cite = tree.css(".cite")[0]
    assert (cite.attributes["aria-label"] or "").startswith("Source 1\u00a0: ")
    target = (cite.attributes["href"] or "").removeprefix("#")
    quote = one(tree, f'[id="{target}"]')
    link = one(quote, "a.number").attributes["href"] or ""
    found = re.fullmatch(r"/documents/(\w+)\?start=(\d+)&end=(\d+)&q=[^#]+#citation", link)
    assert found
    text = client.get(f"/v1/documents/{found[1]}/text").text
    assert text[int(found[2]) : int(found[3])] == one(quote, "blockquote").text()


def test_a_conversation_goes_on_by_its_own_form(client: TestClient) -> None:
    first = client.post("/", data={"q": QUESTION}, headers=PAGE)
    tree = read(first.text)
    kept = [each.attributes["value"] for each in tree.css("#asking input[type=hidden]")]
    assert kept == [QUESTION]
    second = client.post("/", data={"q": [*map(str, kept), "Et quand ?"]}, headers=PAGE)
    assert len(read(second.text).css("article")) == 2


def test_what_a_form_asks_has_an_address_to_come_back_to(client: TestClient) -> None:
    asked = {"q": [QUESTION, " ", "Et <b> & quand ?"]}
    sent = client.post("/", data=asked, headers=PAGE, follow_redirects=False)
    assert sent.status_code == 303
    address = sent.headers["location"]
    assert parse_qsl(urlsplit(address).query) == [("q", QUESTION), ("q", "Et <b> & quand ?")]
    response = client.get(address, headers=PAGE)
    assert response.headers["cache-control"] == "no-store"
    assert len(read(response.text).css("article")) == 2


def test_what_no_address_has_room_for_is_answered_where_it_is_asked(
    client: TestClient,
) -> None:
    asked = {"q": ["Où ? " + "é" * 900, QUESTION]}
    sent = client.post("/", data=asked, headers=PAGE, follow_redirects=False)
    assert sent.status_code == 200
    assert len(read(sent.text).css("article")) == 2


def test_the_first_question_is_not_lost_where_a_key_is_asked_for(
    client: TestClient, key: KeyMaker
) -> None:
    form = one(read(client.get("/", headers=PAGE).text), "#asking")
    assert form.attributes["method"] == "get"
    key(Role.READER)
    sent = client.get("/", params={"q": QUESTION}, headers=PAGE)
    assert sent.url.params["to"] == f"/?{urlencode({'q': QUESTION})}"


def test_what_led_to_an_answer_goes_along_to_where_it_is_read_and_judged(
    client: TestClient,
) -> None:
    hostile = 'Et "<script> & quand ?'
    tree = ask(client, QUESTION, hostile)
    led = [("q", QUESTION), ("q", hostile)]
    first, last = tree.css("article")
    link = first.css(".quote .number")[0].attributes["href"] or ""
    assert parse_qsl(urlsplit(link).query)[2:] == led[:1]
    link = last.css(".source-title a")[0].attributes["href"] or ""
    assert parse_qsl(urlsplit(link).query)[2:] == led
    back = one(read(client.get(link, headers=PAGE).text), "#back").attributes["href"]
    assert parse_qsl(urlsplit(str(back)).query) == led
    form = {
        (each.attributes["name"] or "", each.attributes["value"] or "")
        for each in last.css(".feedback input")
    }
    given = dict(form)["answer_id"]
    sent = {"answer_id": given, "verdict": "yes", "q": [each for _, each in led]}
    assert set(led) <= form
    thanked = read(client.post("/feedback", data=sent, headers=PAGE).text)
    back = one(thanked, "main a.primary").attributes["href"]
    assert parse_qsl(urlsplit(str(back)).query) == led


def test_the_last_question_is_understood_with_those_before(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Query] = []
    answer = service.ask

    async def listening(query: Query) -> Answer:
        asked.append(query)
        return await answer(query)

    ask(client, "")
    monkeypatch.setattr(service, "ask", listening)
    ask(client, QUESTION, "", "Et quand ?")
    last = asked[-1]
    assert [turn.question for turn in last.history] == [QUESTION]
    assert last.history[0].answer
    assert last.history[0].cited
    assert last.question == "Et quand ?"


def test_a_long_conversation_shows_its_end(client: TestClient) -> None:
    tree = ask(client, *(f"Où ouvre le salon {number} ?" for number in range(9)))
    shown = [words(each) for each in tree.css(".turn-question")]
    assert len(shown) == 6
    assert "salon 8" in shown[-1]


@pytest.mark.parametrize("question", ["", "   ", "\u200b"])
def test_an_empty_question_is_refused_beside_its_field(
    client: TestClient, question: str
) -> None:
    response = client.post("/", data={"q": question}, headers=PAGE)
    tree = read(response.text)
    assert response.status_code == 422
    field = one(tree, "#question")
    assert field.attributes["aria-invalid"] == "true"
    assert words(one(tree, f"#{field.attributes['aria-describedby']}"))


def test_a_question_too_long_is_given_back_to_be_shortened(client: TestClient) -> None:
    long = "mot " * 2000
    response = client.post("/", data={"q": [QUESTION, long]}, headers=PAGE)
    tree = read(response.text)
    assert response.status_code == 422
    assert one(tree, "#question").text().strip() == long.strip()
    assert len(tree.css("article")) == 1


def test_what_is_asked_is_shown_as_text(client: TestClient) -> None:
    hostile = "<script>alert(1)</script> où \" ' onload=x ]]> --> \u202eruo {{ 7*7 }} ?"
    response = client.get("/", params={"q": hostile}, headers=PAGE)
    tree = read(response.text)
    assert "<script>alert" not in response.text
    assert "\u202e" not in one(tree, ".turn-question").text()
    assert "<script>alert(1)</script>" in one(tree, ".turn-question").text()
    assert "{{ 7*7 }}" in one(tree, ".turn-question").text()


class TestHostileDocuments:
    @pytest.fixture
    def index(self, tmp_path: Path) -> Path:
        write(tmp_path / "files", {"hostile.md": HOSTILE})
        request = SyncRequest([tmp_path / "files"], "documents")
        update(tmp_path / "index", request, LittleEmbedder())
        return tmp_path / "index"

    def test_are_shown_as_text(self, client: TestClient) -> None:
        response = client.get("/", params={"q": "Où habite le griffon ?"}, headers=PAGE)
        tree = read(response.text)
        assert "griffon" in one(tree, ".answer-text").text()
        assert "<script>alert" not in response.text
        assert not tree.css("[onclick], [onerror], [style], b, img")
        assert not [
            each
            for each in tree.css("a")
            if not (each.attributes["href"] or "").startswith(("/", "#"))
        ]
        assert "\u202e" not in one(tree, ".source-title").text()


def test_nothing_runs_that_the_policy_would_refuse(client: TestClient) -> None:
    for path in ("/", f"/?q={QUESTION}", "/session", "/nothing"):
        response = client.get(path, headers=PAGE)
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        tree = HTMLParser(response.text)
        for script in tree.css("script"):
            inert = script.attributes.get("type") == "application/json"
            assert inert or (script.attributes["src"] or "").startswith("/static/")
        assert not tree.css("[style], style, [onclick], [onload], base, iframe, object")


def test_scripts_are_given_the_answer_too(client: TestClient) -> None:
    tree = HTMLParser(client.get("/", params={"q": QUESTION}, headers=PAGE).text)
    (answer,) = json.loads(one(tree, "#answers").text())
    assert answer["question"] == QUESTION
    assert answer["citations"]
    assert "answer.sources" in json.loads(one(tree, "#wording").text())


def test_the_parts_that_scripts_clone_are_those_of_real_answers(client: TestClient) -> None:
    whole = HTMLParser(client.get("/", params={"q": QUESTION}, headers=PAGE).text)
    samples = [each.html or "" for each in whole.css("template")]
    classes = set(re.findall(r'class="([^"]+)"', "".join(samples)))
    article = one(read(whole.html or ""), "article").html or ""
    assert set(re.findall(r'class="([^"]+)"', article)) <= classes


class TestWithoutDocuments:
    @pytest.fixture
    def index(self, tmp_path: Path) -> Path:
        return tmp_path / "index"

    def test_it_says_so_and_offers_to_add_some(self, client: TestClient) -> None:
        tree = read(client.get("/", headers=PAGE).text)
        assert "Aucun document" in one(tree, ".notice h2").text()
        assert one(tree, ".notice a").attributes["href"] == "/documents"

    def test_a_reader_is_told_whom_to_ask(self, client: TestClient, key: KeyMaker) -> None:
        response = client.get("/", headers={**PAGE, **key(Role.READER)})
        assert not read(response.text).css(".notice a")

    def test_a_question_gets_a_page_that_says_why_not(self, client: TestClient) -> None:
        response = client.get("/", params={"q": QUESTION}, headers=PAGE)
        assert response.status_code == 503
        assert "Aucun document" in one(read(response.text), "h1").text()


class TestAbstaining:
    @pytest.fixture
    def server_settings(self, server_settings: Settings) -> Settings:
        both = {"threshold": 1.0, "possible": 1.0}
        answering = server_settings.answering.model_copy(update=both)
        return server_settings.model_copy(update={"answering": answering})

    def test_it_says_so_and_offers_the_nearest_passages(self, client: TestClient) -> None:
        tree = ask(client, QUESTION)
        assert "pas trouvé" in one(tree, ".silence").text()
        assert tree.css(".nearest .hit a[href*='#citation']")
        assert not tree.css(".confidence, .cite")


def test_confidence_is_in_words(client: TestClient) -> None:
    confidence = one(ask(client, QUESTION), ".confidence")
    assert words(one(confidence, ".confidence-words")) == "Confiance moyenne"
    assert words(one(confidence, ".confidence-figure")) == "50 %"


def test_english_is_spoken_to_who_prefers_it(client: TestClient) -> None:
    headers = {**PAGE, "accept-language": "en-GB,en;q=0.9"}
    tree = read(client.get("/", headers=headers).text)
    assert one(tree, "html").attributes["lang"] == "en"
    assert words(one(tree, "h1")) == "Ask the documents your question"


def test_the_language_chosen_is_remembered(client: TestClient) -> None:
    response = client.get("/?lang=en", headers=PAGE)
    assert "samesite=lax" in response.headers["set-cookie"].lower()
    assert one(read(client.get("/", headers=PAGE).text), "html").attributes["lang"] == "en"


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


def test_what_is_only_possible_is_told_as_such(index: Path) -> None:
    service = Service(settings(index), LittleEmbedder(), eager(-0.5))
    with TestClient(create_app(service), base_url=LOCAL) as client:
        tree = ask(client, QUESTION, "Et quand ?")
    first, second = tree.css(".turn")
    assert words(one(first, ".possible")) == "Réponse possible, à vérifier"
    assert words(one(first, ".confidence-words")) == "Confiance faible"
    assert one(first, ".answer-text .cite")
    assert first.css(".silence, .nearest, .asked-as") == []
    assert words(one(second, ".asked-as")).startswith("Question comprise ainsi : ")
    assert "salon" in words(one(second, ".asked-as bdi"))
