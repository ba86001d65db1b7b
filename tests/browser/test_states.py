"""Every page in every state: nothing that axe-core finds wrong, nothing out of the window."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking, axe
from tests.browser.asking import ask
from tests.browser.layout import DOUBLE, SPACED, overflows
from tests.browser.locked import Locked
from tests.browser.states import STATES
from tests.browser.visits import NARROW, Visits

# The console says that a request failed, or was refused, where the state is just that.
MEANT = ("404", "409", "422", "net::ERR_FAILED")


def check(page: Page) -> None:
    """From 320 pixels to a large screen; light, then narrow and dark."""
    assert axe.violations(page) == []
    for width in (320, 768, 1920):
        assert overflows(page, width) == []
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    assert axe.violations(page) == []


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_accessible_and_fits_in_the_window(visit: Visits, name: str) -> None:
    visit.watch.expect(*MEANT)
    address, reach = STATES[name]
    page = visit(address)
    reach(page)
    check(page)
    assert overflows(page, 360, SPACED) == []
    assert overflows(page, 768, DOUBLE) == []


def test_the_report_has_no_violation_either(visit: Visits) -> None:
    # Its own policy lets no script run in it, axe-core's included.
    page = visit("/quality", bypass_csp=True)
    page.get_by_role("link", name="Lire le rapport complet").click()
    expect(page).to_have_url("/quality/report/report.html")
    assert axe.violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe.violations(page) == []


@pytest.mark.parametrize("path", ["/", "/documents", "/quality", "/session"])
def test_so_is_every_page_in_english(visit: Visits, path: str) -> None:
    check(visit(path, locale="en-GB"))


def test_so_are_the_pages_without_scripts(visit: Visits) -> None:
    """Those of the pages do not arrive here: where all are off, axe-core's are too."""
    visit.watch.expect("net::ERR_FAILED")
    context = visit.come()
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto("/")
    page.locator("#question").fill(asking.PRICE)
    page.get_by_role("button", name="Demander").click()
    expect(page.locator(".turn")).to_have_count(1)
    check(page)
    page.get_by_role("button", name="Oui").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci de votre avis")
    check(page)
    page.goto("/documents")
    check(page)


def test_so_are_the_pages_of_keys(visit_locked: Visits, locked_service: Locked) -> None:
    visit_locked.watch.expect("403")
    page = visit_locked("/")
    check(page)
    page.get_by_label("Votre clé").fill("src_no")
    page.get_by_role("button", name="Entrer").click()
    expect(page.locator("#key-fault")).to_be_visible()
    check(page)
    page.get_by_label("Votre clé").fill(locked_service.keys["lectrice"])
    page.get_by_role("button", name="Entrer").click()
    ask(page, asking.OPENING)
    for path in ("/session", "/documents", "/quality"):
        page.goto(path)
        check(page)
