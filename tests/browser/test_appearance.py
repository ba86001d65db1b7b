"""Language, light and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Visits

PAGES = ("/", "/documents", "/quality", "/session")


@pytest.mark.parametrize("path", PAGES)
def test_french_comes_first_and_english_where_the_browser_prefers_it(
    visit: Visits, path: str
) -> None:
    for locale, language in (("de-DE", "fr"), ("en-GB", "en")):
        page = visit(path, locale=locale)
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_language_is_chosen_and_kept(visit: Visits) -> None:
    page = visit("/?q=cantine")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("link", name="Documents").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("button", name="Chercher")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_system_appearance_is_followed_until_another_is_chosen(
    visit: Visits, scheme: str
) -> None:
    page = visit(color_scheme=scheme)
    back = "getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(back)
    page.locator("#theme-switch").click()
    after = page.evaluate(back)
    assert after != before
    page.goto("/documents", wait_until="commit")
    page.locator("body").wait_for()
    assert page.evaluate(back) == after
    page.locator("#theme-switch").click()
    assert page.evaluate(back) == before
