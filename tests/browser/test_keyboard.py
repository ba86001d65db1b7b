"""Everything by the keyboard, and what has focus always seen."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking, shelves
from tests.browser.asking import ask
from tests.browser.visits import Visits

MOST_STOPS = 120
# What has focus: what it is, what frames it, and what of it is in the window and uncovered.
FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  // A field that is laid over its label, to be clicked, has the label framed instead.
  const shown = focused.type === "file" ? focused.closest(".upload-pick, .field") : focused;
  const framed = [focused, focused.nextElementSibling, focused.closest(".asking-field, .field")]
    .filter(Boolean).map((each) => getComputedStyle(each))
    .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  const box = shown.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.width >= 1 && box.height >= 1;
  const within = (at, size) => Math.min(Math.max(at, 0), size - 1);
  const x = within(box.left + box.width / 2, innerWidth);
  const above = document.elementFromPoint(x, within(box.top + 4, innerHeight));
  const bare = above !== null && (shown.contains(above) || above.contains(shown));
  return { name: focused.outerHTML.slice(0, 160), framed, seen, bare };
}"""

TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
}"""


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, from the top of the page until it leaves it."""
    found: list[dict[str, Any]] = []
    page.evaluate(TO_THE_TOP)
    while len(found) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (found and stop["name"] == found[0]["name"]):
            return found
        found.append(stop)
    raise AssertionError("Tab never leaves the page")


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", ["/", "/documents", "/quality", "/session"])
def test_what_has_focus_is_seen(visit: Visits, path: str, narrow: bool) -> None:
    page = visit(path, narrow=narrow)
    found = stops(page)
    assert len(found) > 5
    assert [each for each in found if not (each["framed"] and each["seen"])] == []


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_what_has_focus_in_an_answer_is_seen_and_nothing_covers_it(
    visit: Visits, narrow: bool
) -> None:
    page = visit(narrow=narrow)
    ask(page, asking.PROGRAMME)
    ask(page, asking.PRICE)
    found = stops(page)
    wrong = [each for each in found if not (each["framed"] and each["seen"] and each["bare"])]
    assert wrong == []


def test_a_question_is_asked_and_its_source_read_by_keyboard_alone(page: Page) -> None:
    page.keyboard.type(asking.OPENING)
    page.keyboard.press("Enter")
    cite = page.locator(".cite")
    expect(page.locator(".turn .feedback")).to_be_visible()
    while not cite.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".quote")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".quote .number")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#citation")).to_be_in_viewport()


def test_the_first_stop_leads_past_the_menu(visit: Visits) -> None:
    page = visit("/documents")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_new_line_is_written_with_shift(page: Page) -> None:
    page.locator("#question").press_sequentially("Un")
    page.keyboard.press("Shift+Enter")
    page.locator("#question").press_sequentially("Deux")
    expect(page.locator("#question")).to_have_value("Un\nDeux")
    expect(page.locator(".turn")).to_have_count(0)


def test_a_dialog_keeps_focus_and_gives_it_back(visit: Visits) -> None:
    page = visit("/documents")
    link = shelves.document(page, "La cantine").get_by_role("link", name="Supprimer")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Annuler")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Supprimer")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_the_list_of_conversations_gives_focus_back(page: Page) -> None:
    ask(page, asking.OPENING)
    button = page.get_by_role("button", name="Conversations", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
