"""Keys, where the service demands them."""

from playwright.sync_api import Page, expect

from tests.browser import asking
from tests.browser.asking import ask
from tests.browser.locked import Locked
from tests.browser.visits import Visits


def enter(page: Page, secret: str) -> None:
    """Give a key."""
    page.get_by_label("Votre clé").fill(secret)
    page.get_by_role("button", name="Entrer").click()


def test_a_key_is_asked_for_once_and_leads_where_one_was_going(
    visit_locked: Visits, locked_service: Locked
) -> None:
    visit_locked.watch.expect("403")
    page = visit_locked("/documents?q=cantine")
    expect(page).to_have_url("/session?to=%2Fdocuments%3Fq%3Dcantine")
    enter(page, "src_" + "x" * 43)
    expect(page.get_by_text("Cette clé est inconnue ou révoquée.")).to_be_visible()
    expect(page.get_by_label("Votre clé")).to_be_focused()
    expect(page.get_by_label("Votre clé")).to_have_value("")
    enter(page, locked_service.keys["lectrice"])
    expect(page).to_have_url("/documents?q=cantine")
    expect(page.locator(".document")).to_have_count(1)
    expect(page.get_by_role("link", name="Clé lectrice")).to_be_visible()
    assert page.evaluate("document.cookie") == ""


def test_a_reader_is_offered_only_what_the_key_may_do(
    visit_locked: Visits, locked_service: Locked
) -> None:
    visit_locked.watch.expect("403")
    page = visit_locked("/documents")
    enter(page, locked_service.keys["lectrice"])
    expect(page.locator(".document").first).to_be_visible()
    expect(page.get_by_text("Le barrage de Serre-Ponçon")).to_have_count(0)
    for name in ("Ajouter des fichiers", "Supprimer", "Remplacer", "Nouvelle collection"):
        expect(page.get_by_text(name)).to_have_count(0)
    page.goto("/")
    expect(ask(page, asking.DAM).locator(".silence")).to_be_visible()
    page.goto("/quality")
    expect(page.get_by_role("heading", name="Aucune évaluation pour le moment")).to_be_visible()


def test_another_key_does_not_see_the_conversations_of_the_first(
    visit_locked: Visits, locked_service: Locked
) -> None:
    page = visit_locked("/")
    enter(page, locked_service.keys["lectrice"])
    ask(page, asking.OPENING)
    page.get_by_role("link", name="Clé lectrice").click()
    page.get_by_role("button", name="Oublier cette clé").click()
    page.goto("/")
    enter(page, locked_service.keys["gérante"])
    expect(page.locator("#question")).to_be_visible()
    expect(page.get_by_role("button", name="Conversations", exact=True)).to_be_hidden()


def test_a_key_that_is_forgotten_meanwhile_is_asked_for_again(
    visit_locked: Visits, locked_service: Locked
) -> None:
    visit_locked.watch.expect("401")
    page = visit_locked("/")
    enter(page, locked_service.keys["lectrice"])
    ask(page, asking.OPENING)
    page.context.clear_cookies()
    page.locator("#question").fill(asking.FAIR)
    page.locator("#question").press("Enter")
    expect(page.get_by_label("Votre clé")).to_be_visible()
    enter(page, locked_service.keys["lectrice"])
    expect(page.locator("#question")).to_have_value(asking.FAIR)
    expect(page.locator(".turn")).to_have_count(1)


def ask_as_the_key_goes(visit_locked: Visits, locked_service: Locked) -> Page:
    """A page that asks for a key, a first question having been asked without one."""
    visit_locked.watch.expect("401")
    page = visit_locked("/")
    enter(page, locked_service.keys["lectrice"])
    expect(page.locator("#question")).to_be_visible()
    page.context.clear_cookies()
    page.locator("#question").fill(asking.FAIR)
    page.locator("#question").press("Enter")
    return page


def test_the_first_question_outlives_its_key(
    visit_locked: Visits, locked_service: Locked
) -> None:
    page = ask_as_the_key_goes(visit_locked, locked_service)
    enter(page, locked_service.keys["lectrice"])
    expect(page.locator("#question")).to_have_value(asking.FAIR)
    expect(page.locator("#missing")).to_have_count(0)
    ask(page, asking.OPENING)


def test_a_question_is_not_shown_to_whoever_comes_with_another_key(
    visit_locked: Visits, locked_service: Locked
) -> None:
    page = ask_as_the_key_goes(visit_locked, locked_service)
    enter(page, locked_service.keys["gérante"])
    expect(page.locator("#missing")).to_have_count(1)
    expect(page.locator("#question")).to_have_value("")
