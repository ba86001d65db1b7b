"""The pages where scripts are switched off: plain forms and links."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking, shelves
from tests.browser.shelves import document, written
from tests.browser.visits import Visits


@pytest.fixture
def page(visit: Visits) -> Page:
    return visit(scripts=False)


def ask(page: Page, question: str) -> None:
    """Put a question and wait for the page with its answer."""
    page.locator("#question").fill(question)
    with page.expect_navigation():
        page.get_by_role("button", name="Demander").click()


def wait_for(page: Page, title: str, count: int) -> None:
    """Load the list again until a document is in it so often."""
    for _ in range(shelves.CHANGE // 250):
        page.goto("/documents")
        if document(page, title).count() == count:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{title}: never {count} of it")


def test_asking_and_reading_work(page: Page) -> None:
    ask(page, asking.OPENING)
    expect(page.locator(".segment")).to_contain_text(asking.OPENS)
    expect(page.locator(".confidence-words")).to_have_text(asking.SURE)
    page.locator(".cite").click()
    expect(page.locator(".quote:target")).to_contain_text(asking.OPENS)
    page.locator(".quote:target .number").click()
    expect(page.locator("mark.cited-text")).to_have_text(asking.OPENS)
    expect(page.locator("mark.cited-text")).to_be_in_viewport()
    page.get_by_role("link", name="Revenir à la réponse").click()
    expect(page.locator(".segment")).to_contain_text(asking.OPENS)


def test_a_conversation_goes_on(page: Page) -> None:
    ask(page, asking.OPENING)
    ask(page, "Et à quelle heure ferme-t-elle ?")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last).to_contain_text("ferme à quatorze heures")


def test_one_comes_back_to_a_conversation_from_a_source(page: Page) -> None:
    ask(page, asking.OPENING)
    ask(page, "Et à quelle heure ferme-t-elle ?")
    source = page.locator(".turn").last.get_by_role("link", name="Lire dans le document")
    source.click()
    expect(page.locator("mark.cited-text").first).to_be_visible()
    page.go_back()
    expect(page.locator(".turn")).to_have_count(2)
    source.click()
    page.get_by_role("link", name="Revenir à la réponse").click()
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("link", name="English").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last).to_contain_text("ferme à quatorze heures")


def test_without_an_answer_the_nearest_passages_are_offered(page: Page) -> None:
    ask(page, asking.NOWHERE)
    expect(page.locator(".silence")).to_be_visible()
    expect(page.locator(".hit")).to_have_count(3)


def test_an_example_is_a_link(page: Page) -> None:
    page.locator("a.example").first.click()
    expect(page).to_have_url(re.compile(r"/\?q="))
    expect(page.locator(".segment").first).to_contain_text("Les agents et leurs invités")


def test_feedback_is_given(page: Page) -> None:
    ask(page, asking.OPENING)
    page.get_by_text("Ajouter un commentaire").click()
    page.locator(".feedback textarea").fill("Parfait.")
    page.get_by_role("button", name="Oui").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci de votre avis")
    page.get_by_role("link", name="Revenir à la réponse").click()
    expect(page.locator(".segment")).to_contain_text(asking.OPENS)


def test_what_needs_scripts_is_not_shown(page: Page) -> None:
    ask(page, asking.OPENING)
    for each in page.locator(".needs-js").all():
        expect(each).to_be_hidden()


def test_a_document_is_added_and_deleted(visit: Visits, tmp_path: Path) -> None:
    page = visit("/documents", scripts=False)
    file = written(tmp_path, "gymnase.md", "# Le gymnase", "Le gymnase est chauffé au bois.")
    page.locator("#upload-files").set_input_files(file)
    page.get_by_role("button", name="Envoyer").click()
    expect(page).to_have_url(re.compile(r"/documents#activity$"))
    wait_for(page, "Le gymnase", 1)
    document(page, "Le gymnase").get_by_role("link", name="Supprimer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Supprimer ce document\u00a0?")
    page.get_by_role("button", name="Supprimer").click()
    wait_for(page, "Le gymnase", 0)


def test_a_refused_file_is_explained_beside_the_form(visit: Visits, tmp_path: Path) -> None:
    visit.watch.expect("409")
    page = visit("/documents", scripts=False)
    page.locator("#upload-files").set_input_files(written(tmp_path, "cantine.md", "# Autre"))
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_contain_text("Un document de ce nom est déjà")
    expect(page.locator("#upload-files")).to_have_attribute("aria-invalid", "true")


def test_the_list_is_searched(visit: Visits) -> None:
    page = visit("/documents", scripts=False)
    page.get_by_label("Titre ou nom de fichier").fill("cantine")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator(".document")).to_have_count(1)
