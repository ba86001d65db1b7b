"""Conversations, which the browser keeps."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import asking
from tests.browser.asking import ask, said
from tests.browser.visits import Visits


def drawer(page: Page) -> Locator:
    page.get_by_role("button", name="Conversations", exact=True).click()
    return page.get_by_role("dialog", name="Conversations")


@pytest.fixture
def held(page: Page) -> Page:
    """The page with a conversation of one answer."""
    ask(page, asking.OPENING)
    return page


def test_a_conversation_is_still_there_when_its_address_is_opened_again(held: Page) -> None:
    ask(held, asking.FAIR)
    held.reload()
    expect(held.locator(".turn")).to_have_count(2)
    expect(held.locator(".segment").first).to_contain_text(asking.OPENS)
    expect(held.locator(".confidence")).to_have_count(2)
    expect(held.get_by_role("button", name="Exporter")).to_be_visible()
    turn = ask(held, asking.PRICE)
    expect(turn.get_by_role("table")).to_be_visible()
    expect(held.locator(".turn")).to_have_count(3)


def test_the_last_conversations_are_listed_and_opened(held: Page) -> None:
    held.get_by_role("link", name="Nouvelle question").click()
    expect(held.locator(".turn")).to_have_count(0)
    ask(held, asking.FAIR)
    listed = drawer(held).get_by_role("listitem")
    expect(listed).to_have_count(2)
    expect(listed.first).to_contain_text("Quand ouvre le salon")
    listed.nth(1).get_by_role("link").click()
    expect(held.locator(".turn")).to_have_count(1)
    expect(held.locator(".segment")).to_contain_text(asking.OPENS)
    held.go_back()
    expect(held.locator(".segment")).to_contain_text("3 février 2026")


def test_a_conversation_is_renamed(held: Page) -> None:
    dialog = drawer(held)
    dialog.get_by_role("button", name="Renommer").click()
    dialog.get_by_label("Nom de la conversation").fill("Horaires")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_role("link", name="Horaires")).to_be_visible()
    held.reload()
    expect(drawer(held).get_by_role("link", name="Horaires")).to_be_visible()


def test_a_conversation_that_was_deleted_can_be_put_back_until_the_list_is_closed(
    held: Page,
) -> None:
    dialog = drawer(held)
    dialog.get_by_role("button", name="Supprimer").click()
    expect(dialog.get_by_role("button", name="Rétablir")).to_be_focused()
    dialog.get_by_role("button", name="Rétablir").click()
    expect(dialog.locator(".conversation-link")).to_have_count(1)
    dialog.get_by_role("button", name="Supprimer").click()
    with held.expect_navigation():
        held.keyboard.press("Escape")
    expect(held.locator(".turn")).to_have_count(0)
    assert (
        held.evaluate("JSON.parse(localStorage['sourcier.conversations']).conversations") == []
    )


def test_a_conversation_is_exported_with_its_citations(held: Page, tmp_path: Path) -> None:
    ask(held, asking.PRICE)
    with held.expect_download() as download:
        held.get_by_role("button", name="Exporter").click()
    assert download.value.suggested_filename == "a-quelle-heure-ouvre-la-cantine.md"
    download.value.save_as(tmp_path / "kept.md")
    text = (tmp_path / "kept.md").read_text(encoding="utf-8")
    for part in (
        "# À quelle heure ouvre la cantine",
        f"{asking.OPENS} \\[1\\]",
        f"    > {asking.OPENS}",
        "1. [La cantine, Service intérieur, 2 février 2026, Le menu",
        "| Formule | Prix \\[1\\] |\n| --- | --- |\n| Repas complet | **9,80 €** \\[2\\] |",
    ):
        assert part in text
    expect(said(held)).to_have_text("Conversation exportée")


def test_a_question_is_linked_to_and_answered_elsewhere(visit: Visits) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, asking.OPENING).get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{visit.home}/?q=")
    other = visit(link)
    expect(other.locator(".segment")).to_contain_text(asking.OPENS)
    expect(other.get_by_role("button", name="Exporter")).to_be_visible()
    ask(other, "Et à quelle heure ferme-t-elle ?")
    other.reload()
    expect(other.locator(".turn")).to_have_count(2)


def test_a_conversation_of_another_browser_is_said_not_to_be_here(visit: Visits) -> None:
    page = visit("/#c=4kfz0a1b2c")
    expect(page.get_by_text("Cette conversation n’est pas dans ce navigateur")).to_be_visible()
    expect(page.locator("#welcome")).to_be_visible()


@pytest.mark.parametrize(
    "kept", ["{", '{"version":1,"conversations":[{"id":"x"},null]}', '{"version":9}', "null"]
)
def test_what_is_kept_wrongly_harms_nothing(visit: Visits, kept: str) -> None:
    context = visit.come()
    context.add_init_script(
        f"if (origin !== 'null') localStorage.setItem('sourcier.conversations', '{kept}')"
    )
    page = context.new_page()
    page.goto("/#c=x")
    turn = ask(page, asking.OPENING)
    expect(turn.locator(".segment")).to_contain_text(asking.OPENS)


def test_a_browser_that_keeps_nothing_still_asks(visit: Visits) -> None:
    context = visit.come()
    context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page = context.new_page()
    page.goto("/")
    ask(page, asking.OPENING)
    ask(page, "Et à quelle heure ferme-t-elle ?")
    expect(drawer(page).get_by_text("Ce navigateur refuse de conserver")).to_be_visible()
