"""What is put on paper: the words and what is cited of them, without what can be pressed."""

from playwright.sync_api import Page, expect

from tests.browser import asking
from tests.browser.asking import ask
from tests.browser.visits import Visits

PRESSED = "main a.button, main button, main label.button, main select"
STYLE = """(mark) => {
  const { printColorAdjust, textDecorationLine, fontWeight } = getComputedStyle(mark);
  return [printColorAdjust, textDecorationLine, Number(fontWeight) >= 600];
}"""
# A printer may leave the colour out: something else must tell what is marked.
MARKED = ["exact", "underline", True]
INK = "rgb(27, 36, 48)"


def hidden(page: Page) -> None:
    """Nothing that can be pressed is seen."""
    for each in page.locator(PRESSED).all():
        expect(each).to_be_hidden()


def test_an_answer_and_its_document_are_printed_with_what_is_marked(page: Page) -> None:
    turn = ask(page, asking.PRICE)
    page.emulate_media(media="print")
    assert turn.locator(".segment mark").first.evaluate(STYLE) == MARKED

    place = turn.get_by_role("link", name="Lire dans le document").first.get_attribute("href")
    page.goto(place or "")
    hidden(page)
    assert page.locator(".sheet mark").first.evaluate(STYLE) == MARKED
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    ink = page.locator(".sheet").evaluate("(sheet) => getComputedStyle(sheet).color")
    assert ink == INK


def test_the_list_of_documents_is_printed_without_buttons(visit: Visits) -> None:
    page = visit("/documents")
    page.emulate_media(media="print")

    hidden(page)
    expect(page.locator(".document").first).to_be_visible()
