"""The library: looked through, added to, changed, and asked about at once."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking, shelves
from tests.browser.asking import ask
from tests.browser.shelves import document, written
from tests.browser.visits import Visits

POOL = "Quand ouvre la piscine du lac ?"


@pytest.fixture
def library(visit: Visits) -> Page:
    return visit("/documents")


def test_a_document_is_added_asked_about_replaced_and_deleted(
    visit: Visits, tmp_path: Path
) -> None:
    # The answer that quotes it is gone too, which the service says with this.
    visit.watch.expect("404")
    title = "# La piscine du lac"
    first = written(tmp_path, "piscine.md", title, "La piscine ouvre le 1er juin.")
    context = visit.come()
    page, other = context.new_page(), context.new_page()
    page.goto("/documents")
    shelves.add(page, first)
    expect(document(page, "La piscine du lac")).to_be_visible()
    other.goto("/")
    turn = ask(other, POOL)
    expect(turn.locator(".segment")).to_contain_text("La piscine ouvre le 1er juin.")
    reading = turn.get_by_role("link", name="Lire dans le document").get_attribute("href")
    assert reading

    second = written(tmp_path, "été.md", title, "La piscine ouvre le 9 mai.")
    document(page, "La piscine du lac").get_by_role("link", name="Remplacer").click()
    page.locator("#replace-file").set_input_files(second)
    page.get_by_role("dialog").get_by_role("button", name="Remplacer").click()
    shelves.ended(page, "La piscine du lac", "Remplacé")
    other.reload()
    expect(other.get_by_text("Un document cité ici a changé")).to_be_visible()
    other.get_by_role("button", name="Poser de nouveau la question").click()
    expect(other.locator(".segment").last).to_contain_text("La piscine ouvre le 9 mai.")

    shelves.remove(page, "La piscine du lac")
    other.reload()
    expect(other.get_by_text("Un document cité ici a été retiré").first).to_be_visible()
    expect(other.locator(".segment")).to_have_count(0)
    assert "piscine ouvre" not in other.evaluate("localStorage['sourcier.conversations']")
    assert "piscine ouvre" not in ask(other, POOL).inner_text()
    other.goto(reading)
    expect(other.get_by_role("heading", level=1)).to_have_text("Introuvable")


def test_files_are_dropped_into_a_new_collection_which_is_deleted(library: Page) -> None:
    library.get_by_text("Nouvelle collection").click()
    library.get_by_label("Nom", exact=True).fill("Sports")
    library.get_by_role("button", name="Créer").click()
    expect(library.get_by_role("heading", level=1)).to_have_text("Sports")
    expect(library.get_by_label("Dans la collection")).to_have_value("Sports")
    shelves.drop(
        library,
        [("stade.md", "# Le stade\n\nLe stade est au nord.\n"), ("faux.pdf", "%PDF-1.7")],
    )
    shelves.ended(library, "stade.md", "Ajouté")
    refused = shelves.ended(library, "faux.pdf", "Non ajouté")
    expect(refused).to_contain_text("Ce PDF est incomplet ou endommagé.")
    expect(document(library, "Le stade")).to_be_visible()
    shelves.remove_shelf(library, "Sports")
    expect(document(library, "Le stade")).to_have_count(0)


def test_a_name_that_is_taken_is_told_before_anything_is_sent(
    library: Page, tmp_path: Path
) -> None:
    file = written(tmp_path, "cantine.md", "# Autre chose")
    library.locator("#upload-files").set_input_files(file)
    row = shelves.ended(library, "cantine.md", "Non ajouté")
    expect(row).to_contain_text("Ce document vient d’un dossier indexé")


def test_a_document_found_in_a_folder_says_how_it_is_replaced(library: Page) -> None:
    link = document(library, "La cantine").get_by_role("link", name="Remplacer")
    link.click()
    dialog = library.get_by_role("dialog", name="Remplacer ce document")
    expect(dialog).to_contain_text("La cantine")
    expect(dialog).to_contain_text("modifiez le fichier dans ce dossier")
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_a_deletion_that_is_not_confirmed_changes_nothing(library: Page) -> None:
    link = document(library, "La cantine").get_by_role("link", name="Supprimer")
    link.click()
    dialog = library.get_by_role("dialog", name="Supprimer ce document")
    expect(dialog.get_by_role("button", name="Annuler")).to_be_focused()
    library.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    library.reload()
    expect(document(library, "La cantine")).to_be_visible()


def test_the_list_follows_what_is_typed(library: Page) -> None:
    library.get_by_label("Titre ou nom de fichier").press_sequentially("cantine")
    expect(library.locator(".document")).to_have_count(1)
    expect(library).to_have_url("/documents?q=cantine")
    expect(library.locator("#documents-count")).to_contain_text("1 document pour")
    library.get_by_label("Titre ou nom de fichier").fill("rien de tel")
    expect(library.get_by_text("Aucun titre ni nom de fichier")).to_be_visible()
    library.get_by_role("link", name="Voir tous les documents").click()
    expect(document(library, "Salon de la donnée")).to_be_visible()


def test_the_list_is_sorted(library: Page) -> None:
    first = library.locator(".document").first
    expect(first).to_contain_text("Bureau des cartes")
    library.get_by_label("Ordre").select_option("Du plus récent au plus ancien")
    # The PDF is of the day on which the tests are run.
    expect(first).to_contain_text("Reglement du parc")
    library.get_by_label("Ordre").select_option("Du plus ancien au plus récent")
    expect(first).to_contain_text("Bureau des cartes")


def test_one_collection_is_shown(library: Page) -> None:
    library.get_by_role("link", name="essais").click()
    expect(library.get_by_role("heading", level=1)).to_have_text("essais")
    expect(library.locator(".document")).to_have_count(2)


def test_what_was_left_out_is_listed_with_the_reason(library: Page) -> None:
    library.get_by_text("1 fichier laissé de côté").click()
    expect(library.locator("#skipped")).to_contain_text("abîmé.pdf")
    expect(library.locator("#skipped")).to_contain_text("Ce PDF est incomplet ou endommagé.")


def test_a_document_opens_from_the_list(library: Page) -> None:
    library.get_by_role("link", name="La cantine", exact=True).click()
    expect(library.get_by_role("heading", level=1)).to_have_text("La cantine")
    expect(library.locator("article")).to_contain_text(asking.OPENS)
