"""A question asked on the page, and its answer as it comes."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.web.scripts.answers import (
    answer,
    ask,
    citation,
    document,
    events,
    let_answer,
    let_fail,
)

QUESTION = "Quand ouvre le salon ?"

_HELD_STREAM = """
const plain = window.fetch;
window.fetch = (path, options) => {
  if (path !== "/v1/ask") return plain(path, options);
  const stream = new TransformStream();
  const writer = stream.writable.getWriter();
  const encoder = new TextEncoder();
  const write = (bytes) => void writer.write(bytes);
  window.tell = (text) => write(encoder.encode(text));
  window.tellPart = (text, from, to) => write(encoder.encode(text).slice(from, to));
  window.cut = () => void writer.abort();
  options.signal.addEventListener("abort", () => void writer.abort(options.signal.reason));
  return Promise.resolve(new Response(stream.readable));
};
"""

# What a reader meets of a turn, line by line, but for what only scripts add.
_SHAPE = """
(turn) => {
  const named = ["class", "dir", "lang", "scope", "role", "rel", "title", "data-level",
    "data-number", "data-numbers", "datetime", "name", "value", "type", "aria-label"];
  const lines = [];
  const shape = (node, indent) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const words = node.data.replace(/[ \\n]+/g, " ").trim();
      if (words) lines.push(indent + words);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches(".tools, input[type=hidden]")) return;
    const told = named.filter((name) => node.hasAttribute(name));
    const attributes = told.map((name) => ` ${name}=${node.getAttribute(name)}`).join("");
    const link = node.matches("a:not(.cite)") ? ` ${node.href}` : "";
    lines.push(indent + node.localName + attributes + link);
    for (const each of node.childNodes) shape(each, indent + "  ");
  };
  shape(turn, "");
  return lines;
}
"""


def test_an_answer_comes_with_numbers_that_lead_to_its_quotes(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    turn = page.locator(".turn")
    expect(turn.locator(".turn-question")).to_contain_text("Quand ouvre le salon ?")
    quote = turn.locator(".quote blockquote").first
    expect(quote).to_have_text(
        "Le salon ouvre le 3 février 2026 au Palais des Congrès de Paris."
    )
    expect(page.locator("#announcement")).to_contain_text("Réponse prête, 1 document cité")
    assert page.evaluate("document.activeElement.id") == "question"
    assert page.input_value("#question") == ""
    turn.locator(".cite").first.click()
    assert page.evaluate("document.activeElement.dataset.number") == "1"
    link = turn.locator(".quote .number").first.get_attribute("href")
    assert link is not None
    assert link.endswith("#citation")


def test_a_turn_is_the_same_with_and_without_scripts(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    made = page.locator(".turn").evaluate(_SHAPE)
    page.evaluate("localStorage.clear()")
    page.goto(f"/?q={QUESTION}")
    page.locator(".tools button").first.wait_for()
    assert page.locator(".turn").evaluate(_SHAPE) == made


def test_a_turn_that_follows_is_the_same_with_and_without_scripts(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    ask(page, "Et où ?")
    made = page.locator(".turn").last.evaluate(_SHAPE)
    page.evaluate("localStorage.clear()")
    page.goto(f"/?q={QUESTION}&q=Et où ?")
    page.locator(".tools button").first.wait_for()
    assert page.locator(".turn").last.evaluate(_SHAPE) == made
    page.reload()
    page.locator(".tools button").first.wait_for()
    assert page.locator(".turn").last.evaluate(_SHAPE) == made


def test_segments_are_shown_as_they_come(page: Page) -> None:
    page.add_init_script(_HELD_STREAM)
    page.goto("/")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    turn = page.locator(".turn")
    expect(turn.locator(".pending")).to_contain_text("Recherche")
    told = events(answer("Poste | Prix", "Entrée | 12 €", marks=[(26, 30)]))
    page.evaluate("(text) => tell(text)", told[0])
    expect(turn.locator(".pending")).to_contain_text("0 passage")
    page.evaluate("(texts) => texts.forEach((each) => tell(each))", told[1:3])
    expect(turn.locator("p.segment")).to_have_text("Poste | Prix 1")
    expect(turn.locator(".pending")).to_be_visible()
    turn.locator(".cite").focus()
    half = "".join(told[3:])
    page.evaluate("(text) => tellPart(text, 0, 31)", half)
    page.evaluate("(text) => tellPart(text, 31)", half)
    expect(turn.locator(".feedback")).to_be_visible()
    assert turn.locator("th").all_inner_texts() == ["Poste", "Prix"]
    assert turn.locator("tbody mark").inner_text() == "12 €"
    expect(turn.locator(".pending")).to_have_count(0)
    assert page.evaluate("document.activeElement.className") == "cite lit"


def test_a_stream_that_is_cut_is_said_and_can_be_asked_again(page: Page) -> None:
    page.add_init_script(_HELD_STREAM)
    page.goto("/")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.locator("[data-stop]").wait_for()
    page.evaluate("(text) => tell(text)", events(answer("Un"))[0])
    page.evaluate("cut()")
    expect(page.locator(".turn .notice")).to_contain_text("interrompue")
    page.click("[data-again]")
    page.locator("[data-stop]").wait_for()
    page.evaluate("(texts) => texts.forEach((each) => tell(each))", events(answer("Deux")))
    expect(page.locator(".turn .answer-text")).to_have_text("Deux 1")
    assert page.locator(".turn").count() == 1


def test_a_question_can_be_stopped(page: Page) -> None:
    page.add_init_script(_HELD_STREAM)
    page.goto("/")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.click("[data-stop]")
    expect(page.locator("#question")).to_have_value(QUESTION)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#announcement")).to_have_text("Question arrêtée")


def test_offsets_count_characters_not_halves_of_them(page: Page) -> None:
    quote = "😀 ouvert le 3 mai 👩‍🚀"
    at = quote.index("3 mai")
    let_answer(page, answer(quote, marks=[(at, at + 5)]))
    page.goto("/")
    ask(page)
    assert page.locator(".segment mark").all_inner_texts() == ["3 mai"]
    expect(page.locator(".segment")).to_have_text(f"{quote} 1")


def test_a_number_its_words_and_its_card_light_up_together(page: Page) -> None:
    first = citation(1, "Un.", headings=["A"])
    other = citation(2, "Deux.", headings=["B"], start=9, end=14)
    let_answer(page, answer("Un.", "Deux.", citations=[first, other]))
    page.goto("/")
    ask(page)
    page.hover(".cite[data-number='2']")
    lit = page.locator(".segment.lit")
    expect(lit).to_have_text(["Deux. 2"])
    assert page.locator(".source.lit .quote.lit").count() == 1
    page.hover(".source-section >> nth=0 >> .source-path")
    expect(lit).to_have_text(["Un. 1"])
    page.hover(".source-title")
    expect(lit).to_have_text(["Un. 1", "Deux. 2"])
    page.hover("h1")
    page.focus(".cite[data-number='1']")
    assert page.locator(".cite.lit").all_inner_texts() == ["1"]
    assert page.locator(".quote.lit .number").all_inner_texts() == ["1"]


def test_what_follows_is_asked_with_what_came_before(page: Page) -> None:
    asked = let_answer(page, answer("Le 3 mai."), answer(), answer("Oui."))
    page.goto("/")
    for question in ("Quand ?", "Et où ?", "Ah ?"):
        ask(page, question)
    assert asked[0]["history"] == []
    cited = [{"document_id": "d1", "start": 0, "end": len("Le 3 mai."), "headings": []}]
    assert asked[2] == {
        "question": "Ah ?",
        "stream": True,
        "history": [
            {"question": "Quand ?", "answer": "Le 3 mai. [1]", "cited": cited},
            {"question": "Et où ?", "answer": None, "cited": []},
        ],
    }


@pytest.mark.parametrize("width", [360, 1280])
def test_a_date_at_the_head_of_a_row_stays_on_one_line(page: Page, width: int) -> None:
    long = "modèles à usage général, gouvernance, organismes notifiés, sanctions " * 3
    let_answer(page, answer("Date | Ce qui devient applicable", f"1er août 2024 | {long}"))
    page.set_viewport_size({"width": width, "height": 740})
    page.goto("/")
    ask(page)
    lines = """(cell) => { const words = document.createRange();
      words.selectNodeContents(cell); return words.getClientRects().length; }"""
    assert page.locator("tbody td").first.evaluate(lines) == 1
    wider = "(each) => each.scrollWidth > each.clientWidth"
    assert not page.locator(".answer-table").evaluate(wider)


def test_a_document_has_one_card_with_a_link_for_each_place(page: Page) -> None:
    told = {"source": "Agence", "date": "2026-02-01", "source_url": "https://a.example/"}
    rows = {"headings": ["B"], "page": 3, **told}
    cited = [
        citation(1, "Un.", headings=["A"], **told),
        citation(2, "Poste | Prix", start=10, end=22, **rows),
        citation(3, "Entrée | 12 €", start=23, end=36, **rows),
        citation(4, "Deux.", document_id="d2", headings=[]),
    ]
    let_answer(page, answer("Un.", "Poste | Prix", "Entrée | 12 €", "Deux.", citations=cited))
    page.goto("/")
    ask(page)
    expect(page.locator(".sources-title")).to_have_text("2 documents cités")
    first, second = page.locator(".source").all()
    assert first.locator(".source-title, .source-facts time, a[rel]").count() == 3
    expect(first.locator(".source-path")).to_have_text(["A", "Bp. 3"])
    links = first.locator(".source-links a")
    places = [each.get_attribute("href") or "" for each in links.all()]
    # The header of the table is not where one begins to read.
    assert ["start=0&end=3&" in places[0], "start=23&end=36&" in places[1]] == [True, True]
    assert second.locator(".source-path, .source-facts *").count() == 0
    assert second.locator(".quote").count() == 1


def test_a_passage_is_shown_without_the_heading_that_its_card_gives(page: Page) -> None:
    page.goto("/")
    hit = {"document_id": "d1", "title": "Note", "start": 2, "end": 5, "page": None}
    hit |= {"headings": ["A", "Et B ?"], "also_in": []}
    texts = ["Et B\u00a0?\n\nOui.\n\n\n- non", "Et B ?", "A\n\nEt B ?"]
    let_answer(page, answer(hits=[{**hit, "text": text} for text in texts]))
    ask(page)
    assert page.locator(".excerpt").all_text_contents() == [
        "Oui.\n- non",
        "Et B ?",
        "A\nEt B ?",
    ]


def test_silence_offers_the_nearest_passages(page: Page) -> None:
    page.goto("/")
    hit = {"document_id": "d1", "title": "<b>Note</b>", "start": 2, "end": 5, "page": None}
    hit |= {"text": "La cantine", "headings": ["A", "B"], "also_in": []}
    let_answer(page, answer(hits=[hit] * 5))
    ask(page)
    expect(page.locator(".silence")).to_have_text("Rien trouvé.")
    assert page.locator(".hit").count() == 3
    assert page.locator(".hit a").first.inner_text() == "<b>Note</b>"
    expect(page.locator(".hit .source-path").first).to_have_text("A › B")
    assert page.locator(".confidence").count() == 0


def test_a_passage_is_shown_from_its_best_sentence_on(page: Page) -> None:
    page.goto("/")
    hit = {"document_id": "d1", "title": "Note", "start": 100, "end": 140, "page": None}
    hit |= {"text": "Avant 𝄞. La cantine\nouvre.", "headings": [], "also_in": []}
    let_answer(page, answer(hits=[{**hit, "excerpt": {"start": 109, "end": 126}}, hit]))
    ask(page)
    expect(page.locator(".excerpt").first).to_have_text("… La cantine ouvre.")
    expect(page.locator(".excerpt").nth(1)).to_have_text("Avant 𝄞. La cantine ouvre.")


def test_what_is_only_possible_is_told_as_such(page: Page) -> None:
    page.goto("/")
    possible = {"answered": False, "verdict": "possible", "confidence": 0.4}
    let_answer(page, answer("Oui.", **possible, asked_as="Le port ouvre-t-il ?"))
    ask(page)
    expect(page.locator(".possible")).to_have_text("Réponse possible, à vérifier")
    expect(page.locator(".confidence-words")).to_have_text("Confiance faible")
    expect(page.locator(".asked-as bdi")).to_have_text("Le port ouvre-t-il ?")
    expect(page.locator(".answer-text .segment")).to_have_count(1)
    expect(page.locator(".source")).to_have_count(1)
    assert page.locator(".silence, .nearest").count() == 0


def test_enter_sends_and_shift_enter_goes_to_the_next_line(page: Page) -> None:
    asked = let_answer(page, answer("Oui."))
    page.goto("/")
    page.focus("#question")
    page.keyboard.type("Un")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("deux ?")
    page.keyboard.press("Enter")
    page.locator(".feedback").wait_for()
    assert asked[0]["question"] == "Un\ndeux ?"


def test_a_refused_question_goes_back_to_the_field_with_the_reason(page: Page) -> None:
    let_fail(page, "question", 422, detail="La question est vide.")
    page.goto("/")
    page.fill("#question", "?!")
    page.press("#question", "Enter")
    field = page.locator("#question")
    expect(page.locator("#question-fault")).to_have_text("La question est vide.")
    expect(field).to_have_attribute("aria-describedby", "question-fault")
    expect(field).to_have_value("?!")
    expect(page.locator(".turn")).to_have_count(0)
    field.fill("Autre")
    expect(page.locator("#question-fault")).to_be_hidden()


@pytest.mark.parametrize(
    ("slug", "status", "words"),
    [
        ("queue-full", 503, "en même temps"),
        ("rate-limit", 429, "Trop de questions"),
        ("internal", 500, "4f2a"),
        ("never-heard-of", 418, "n’a pas pu aboutir"),
    ],
)
def test_a_failure_is_told_in_words_and_can_be_tried_again(
    page: Page, slug: str, status: int, words: str
) -> None:
    let_fail(page, slug, status, request_id="4f2a")
    page.goto("/")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator(".turn .notice")).to_contain_text(words)
    let_answer(page, answer("Oui."))
    page.click("[data-again]")
    expect(page.locator(".answer-text")).to_have_text("Oui. 1")


def test_a_key_that_is_no_longer_valid_leads_to_where_one_is_given(page: Page) -> None:
    let_fail(page, "key", 401)
    page.goto("/")
    page.fill("#question", QUESTION)
    with page.expect_request("**/session?to=%2F%23c%3D*"):
        page.press("#question", "Enter")


def test_a_question_that_met_no_answer_is_in_the_field_when_one_comes_back(
    page: Page,
) -> None:
    let_fail(page, "key", 401)
    page.goto("/")
    page.fill("#question", QUESTION)
    with page.expect_navigation(url="**/#c=*"):
        page.press("#question", "Enter")
    expect(page.locator("#question")).to_have_value(QUESTION)
    expect(page.locator("#missing")).to_have_count(0)
    let_answer(page, answer("Oui."))
    page.press("#question", "Enter")
    expect(page.locator(".answer-text")).to_have_text("Oui. 1")
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#question")).to_have_value("")


@pytest.mark.parametrize("before", [0, 1])
def test_a_question_that_failed_is_in_the_field_after_a_reload(page: Page, before: int) -> None:
    let_answer(page, answer("Oui."))
    page.goto("/")
    for _ in range(before):
        ask(page, "Premier ?")
    page.route("**/v1/ask", lambda route: route.abort())
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.locator(".turn .notice").wait_for()
    page.reload()
    expect(page.locator("#question")).to_have_value(QUESTION)
    expect(page.locator(".turn")).to_have_count(before)
    expect(page.locator("#missing")).to_have_count(0)
    page.goto("/")
    page.hover("#ask")
    expect(page.locator("#question")).to_have_value("")


def test_an_example_is_asked_in_place(page: Page) -> None:
    let_answer(page, answer("Oui."))
    page.goto("/")
    page.evaluate(
        """() => {
          const link = document.createElement("a");
          link.className = "example";
          link.href = "/?q=Quand";
          link.textContent = " Quand ? ";
          document.getElementById("welcome").append(link);
        }"""
    )
    page.click(".example")
    expect(page.locator(".turn-question")).to_contain_text("Quand ?")
    expect(page.locator("#welcome")).to_be_hidden()


def test_without_the_scripts_of_answers_the_plain_form_is_sent(page: Page) -> None:
    page.route("**/asking.js", lambda route: route.abort())
    page.goto("/")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator(".turn .quote")).to_contain_text("3 février 2026")


def test_words_in_another_language_say_so(page: Page) -> None:
    let_answer(page, answer("In May."))
    english = json.dumps(document(metadata={"language": "en"}))
    page.route("**/v1/documents/d1", lambda route: route.fulfill(body=english))
    page.goto("/")
    ask(page)
    expect(page.locator("p.segment")).to_have_attribute("lang", "en")
    expect(page.locator(".source")).to_have_attribute("lang", "en")
    expect(page.locator(".source-links")).to_have_attribute("lang", "fr")
