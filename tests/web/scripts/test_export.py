"""Answers that leave the page, copied or exported, and verdicts that leave it."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from markdown_it import MarkdownIt
from playwright.sync_api import Page, Route, expect

from tests.web.scripts.answers import (
    answer,
    ask,
    citation,
    document,
    let_answer,
    let_fail,
)

HOSTILE = "# <b>*a*</b> [x](javascript:y) `c` | ~~d~~ _e_ &amp; ![i](u) \\ 1. z"


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def _export(page: Page, path: Path) -> str:
    with page.expect_download() as started:
        page.click("[data-export]")
    started.value.save_as(path)
    return path.read_text("utf-8")


def test_a_copied_answer_takes_its_references_along(page: Page) -> None:
    source = {"source": "Agence", "date": "2026-02-01", "page": 3, "headings": ["A", "B"]}
    let_answer(page, answer("Le 3 mai.", citations=[citation(1, "Le 3 mai.", **source)]))
    page.goto("/")
    ask(page)
    page.click("[data-do=copy]")
    expect(page.locator("[data-do=copy]")).to_have_text("Copié")
    assert _clipboard(page).splitlines() == [
        "Le 3 mai. [1]",
        "",
        "Sources",
        "[1] Titre, Agence, 1er février 2026, A › B, p. 3",
        "    http://127.0.0.1:8000/documents/d1?start=0&end=9#citation",
    ]


def test_where_the_clipboard_is_closed_to_scripts_the_old_way_is_taken(page: Page) -> None:
    let_answer(page, answer("Le 3 mai."))
    page.goto("/")
    ask(page)
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error()); }")
    page.click("[data-do=copy]")
    expect(page.locator("[data-do=copy]")).to_have_text("Copié")
    assert _clipboard(page).startswith("Le 3 mai. [1]\n\nSources\n[1] Titre")


def test_a_selection_takes_the_references_of_its_numbers_along(page: Page) -> None:
    let_answer(page, answer("Poste | Prix", "Entrée | 12 €", "Ouvert le 3 mai."))
    page.goto("/")
    ask(page)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.answer-text'))")
    page.keyboard.press("Control+c")
    lines = _clipboard(page).splitlines()
    assert lines[:3] == ["Poste | Prix [1]", "Entrée | 12 € [2]", "Ouvert le 3 mai. [3]"]
    assert [line[:3] for line in lines if line.startswith("[")] == ["[1]", "[2]", "[3]"]
    page.evaluate(
        "getSelection().setBaseAndExtent(document.querySelector('p.segment').firstChild, 0,"
        " document.querySelector('p.segment').firstChild, 6)"
    )
    page.keyboard.press("Control+c")
    assert _clipboard(page) == "Ouvert"


def test_the_link_of_a_question_is_copied(page: Page) -> None:
    let_answer(page, answer())
    page.goto("/")
    ask(page, "Où & quand ?")
    assert page.locator("[data-do=copy]").count() == 0
    page.click("[data-do=link]")
    expect(page.locator("[data-do=link]")).to_have_text("Copié")
    assert _clipboard(page) == "http://127.0.0.1:8000/?q=O%C3%B9+%26+quand+%3F"


def test_the_link_of_what_follows_has_what_led_to_it(page: Page) -> None:
    let_answer(page, answer("Oui."))
    page.goto("/")
    for question in ("Un & <b> ?", "x" * 1000, "Trois ?", "Et où ?"):
        ask(page, question)
    links = page.locator("[data-do=link]")
    for index, led in ((1, [0, 1]), (3, [2, 3])):
        links.nth(index).click()
        expect(links.nth(index)).to_have_text("Copié")
        asked = ["Un & <b> ?", "x" * 1000, "Trois ?", "Et où ?"]
        given = parse_qsl(urlsplit(_clipboard(page)).query)
        assert given == [("q", asked[each]) for each in led]


def test_an_export_says_what_was_said_whatever_signs_it_has(page: Page, tmp_path: Path) -> None:
    cited = citation(1, f"{HOSTILE}\n- b", title=HOSTILE, source_url="https://a.example/?<b>")
    let_answer(page, answer(HOSTILE, citations=[cited]))
    page.goto("/")
    ask(page, HOSTILE)
    tokens = MarkdownIt("commonmark").parse(_export(page, tmp_path / "c.md"))
    inlines = [each for each in tokens if each.type == "inline"]
    kinds = {child.type for each in inlines for child in each.children or ()}
    texts = [
        "".join(c.content or "\n" * (c.type == "hardbreak") for c in each.children or ())
        for each in inlines
    ]
    assert kinds <= {
        *("text", "text_special", "softbreak", "hardbreak"),
        *("em_open", "em_close", "strong_open", "strong_close", "link_open", "link_close"),
    }
    assert not [each for each in tokens if each.type.startswith("html")]
    assert texts[0] == texts[2] == HOSTILE.replace(" !", "\u00a0!")
    assert texts[3] == f"{HOSTILE} [1]"
    assert texts[-1] == f"{HOSTILE}\n- b"
    hrefs = [
        str(child.attrs["href"])
        for each in inlines
        for child in each.children or ()
        if child.type == "link_open"
    ]
    assert [href.split("?")[0] for href in hrefs] == [
        "http://127.0.0.1:8000/documents/d1",
        "https://a.example/",
    ]


def test_an_export_keeps_the_words_apart(page: Page, tmp_path: Path) -> None:
    quote = "L’arrêté du 1er octobre 2001 : 0,18\u00a0€ par page,\n 2 pages ."
    marked = ["1er octobre 2001 ", " 0,18\u00a0€ ", "\n 2 pages "]
    marks = [(quote.index(each), quote.index(each) + len(each)) for each in marked]
    let_answer(page, answer(quote, marks=marks))
    page.goto("/")
    ask(page, "Combien \u202ecoûte\u2069 une page ?")
    text = _export(page, tmp_path / "c.md")
    assert "## Combien coûte une page\u00a0?\n" in text
    said = (
        "L’arrêté du **1er octobre 2001** : **0,18\u00a0€** par page,  \n**2 pages** . \\[1\\]"
    )
    assert f"\n\n{said}\n\n" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_a_mark_ends_where_its_words_do_in_a_table(page: Page, tmp_path: Path) -> None:
    told = answer("Poste | Prix", "Entrée | de 12 € à 15 €", marks=[(29, 36)])
    let_answer(page, told)
    page.goto("/")
    ask(page)
    assert "| Entrée | de **12 € à** 15 € \\[2\\] |" in _export(page, tmp_path / "c.md")


def test_an_export_has_tables_and_is_named_after_the_conversation(
    page: Page, tmp_path: Path
) -> None:
    let_answer(page, answer("Poste | Prix", "Entrée | 12 €", marks=[(26, 30)]))
    page.goto("/")
    ask(page, "Combien coûte l'entrée ?")
    with page.expect_download() as started:
        page.click("[data-export]")
    assert started.value.suggested_filename == "combien-coute-l-entree.md"
    started.value.save_as(tmp_path / "c.md")
    html = (
        MarkdownIt("commonmark").enable("table").render((tmp_path / "c.md").read_text("utf-8"))
    )
    assert "<th>Poste</th>" in html
    assert "<td><strong>12 €</strong> [2]</td>" in html


def test_a_verdict_is_sent_and_then_a_comment(page: Page) -> None:
    told: list[dict[str, object]] = []
    let_answer(page, answer("Le 3 mai.", id="a7"))

    def take(route: Route) -> None:
        told.append(route.request.post_data_json or {})
        route.fulfill(status=201, json={})

    page.route("**/v1/feedback", take)
    page.goto("/")
    ask(page)
    page.click(".feedback [value=no]")
    expect(page.locator(".feedback-said")).to_have_text("Merci de votre avis.")
    expect(page.locator(".feedback [value=no]")).to_have_attribute("aria-pressed", "true")
    page.fill(".feedback textarea", " Trop vieux. ")
    page.click(".feedback details .button")
    expect(page.locator(".feedback-said")).to_have_text("Commentaire envoyé, merci.")
    assert told == [
        {"answer_id": "a7", "helpful": False, "comment": ""},
        {"answer_id": "a7", "helpful": False, "comment": "Trop vieux."},
    ]


def test_a_verdict_that_could_not_be_kept_says_why(page: Page) -> None:
    let_answer(page, answer("Le 3 mai."))
    page.goto("/")
    ask(page)
    page.click(".feedback [value=yes]")
    expect(page.locator(".feedback .fault-text")).to_contain_text("trop ancienne")
    expect(page.locator("#announcement")).to_contain_text("trop ancienne")


def test_an_export_leaves_out_what_was_not_answered(page: Page, tmp_path: Path) -> None:
    let_fail(page, "internal", 500)
    page.goto("/")
    page.fill("#question", "Perdu ?")
    page.press("#question", "Enter")
    page.locator(".turn .notice").wait_for()
    let_answer(page, answer("Le 3 mai."))
    ask(page, "Quand ?")
    page.route(
        "**/v1/documents/d1", lambda route: route.fulfill(json=document(version="sha256:2"))
    )
    text = _export(page, tmp_path / "c.md")
    assert "Perdu ?" not in text.partition("## ")[2]
    assert "## Quand\u00a0?" in text
    expect(page.locator(".turn").nth(1).locator(".stale")).to_be_visible()
