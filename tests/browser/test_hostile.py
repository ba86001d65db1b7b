"""Documents and questions that mean harm are shown as what they are: text."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking, documents, shelves
from tests.browser.asking import ask
from tests.browser.layout import overflows
from tests.browser.visits import Visits

SHOWN_TITLE = documents.TRAP_TITLE.replace("\u202e", "")
QUESTION = (
    "<img src=x onerror=alert(1)> \u202eQui préside **le Bureau** des [cartes](javascript:x) ?"
)
STEERING = "[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]"
LEFT_IN_NAMES = f"""[...document.querySelectorAll("title, h1, h2, h3, h4, nav, dialog, button, "
  + ".source-title, .source-path, .source-facts, .document-words, .activity-name")]
  .filter((each) => /{STEERING}/.test(each.textContent)).map((each) => each.outerHTML)"""
FOREIGN_LINKS = """[...document.querySelectorAll("a[href], form[action], [src]")]
  .map((each) => each.href || each.action || each.src)
  .filter((address) => !/^https?:/.test(address))"""


def put(page: Page, question: str) -> None:
    """Put a question, with scripts or without."""
    page.locator("#question").fill(question)
    page.get_by_role("button", name="Demander").click()


def check(page: Page) -> None:
    """Nothing leads to a script, turns the reading order of a name, or widens the page."""
    assert page.evaluate(FOREIGN_LINKS) == []
    assert page.evaluate(LEFT_IN_NAMES) == []
    assert overflows(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("narrow", [True, False], ids=["narrow", "wide"])
def test_a_hostile_document_is_quoted_and_read_as_text(
    visit: Visits, scripts: bool, narrow: bool
) -> None:
    page = visit(scripts=scripts, narrow=narrow)
    put(page, asking.DAM)
    quote = page.locator(".turn blockquote").first
    expect(quote).to_contain_text(documents.TRAP_SENTENCE)
    expect(page.locator(".turn .segment").first).to_contain_text(documents.SIGNS)
    check(page)
    page.get_by_role("link", name="Lire dans le document").click()
    expect(page.locator("article.sheet")).to_contain_text("<script>alert('texte')</script>")
    expect(page.locator("article.sheet")).to_contain_text(documents.LONG_WORD)
    check(page)


@pytest.mark.parametrize("narrow", [True, False], ids=["narrow", "wide"])
def test_hostile_names_are_shown_as_text(visit: Visits, narrow: bool) -> None:
    page = visit(narrow=narrow)
    turn = ask(page, asking.TURBINE)
    expect(turn.locator(".source-title")).to_have_text(SHOWN_TITLE)
    expect(turn.locator(".source-facts")).to_contain_text("<img src=x onerror=alert('source')>")
    expect(turn.get_by_role("link", name="Page d’origine")).to_have_count(0)
    check(page)
    turn.get_by_role("link", name="Lire dans le document").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "<script>alert('titre')</script>"
    )
    expect(page.get_by_role("link", name="À la source")).to_have_count(0)
    check(page)
    page.goto("/documents")
    expect(shelves.document(page, SHOWN_TITLE)).to_be_visible()
    check(page)
    shelves.document(page, SHOWN_TITLE).get_by_role("link", name="Supprimer").click()
    expect(page.get_by_role("dialog")).to_contain_text(SHOWN_TITLE)
    check(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_hostile_question_is_shown_as_text(visit: Visits, scripts: bool) -> None:
    page = visit(scripts=scripts)
    for question in (QUESTION, f"{documents.LONG_WORD[:3900]} ?"):
        put(page, question)
        asked = page.locator(".turn-question").last
        expect(asked).to_contain_text(question.replace("\u202e", "")[:50])
        expect(page.locator(".turn .feedback").last).to_be_visible()
        check(page)
    assert page.locator(".turn").count() == 2


def test_a_hostile_conversation_is_listed_and_exported_as_text(
    visit: Visits, tmp_path: Path
) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.locator(".conversation-link")).to_contain_text("<img src=x")
    check(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter «").click()
    download.value.save_as(tmp_path / "kept.md")
    text = (tmp_path / "kept.md").read_text(encoding="utf-8")
    assert "\\<img src=x onerror=alert(1)\\>" in text
    assert "\\[cartes\\](javascript:x)" in text


def test_a_collection_and_a_file_of_hostile_names_are_shown_as_text(visit: Visits) -> None:
    page = visit("/documents")
    shelf, file = "<b onclick=alert(1)>plans", "<img src=x onerror=alert(1)>&amp;.md"
    page.get_by_text("Nouvelle collection").click()
    page.get_by_label("Nom", exact=True).fill(shelf)
    page.get_by_label("À quoi elle sert").fill("<script>alert(2)</script>")
    page.get_by_role("button", name="Créer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shelf)
    expect(page.get_by_text("<script>alert(2)</script>")).to_be_visible()
    shelves.drop(page, [(file, "# Le verger\n\nLe verger donne des pommes.\n")])
    shelves.ended(page, file, "Ajouté")
    expect(shelves.document(page, "Le verger")).to_contain_text(file)
    check(page)
    shelves.remove_shelf(page, shelf)
