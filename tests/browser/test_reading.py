"""From an answer to its place in the document, and back."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking
from tests.browser.asking import ask
from tests.browser.visits import Visits
from tests.web.serving import RunningServer

BEFORE_AND_AFTER = """() => {
  const marks = [...document.querySelectorAll(".sheet mark")];
  const range = (from, to) => {
    const found = document.createRange();
    found.setStart(...from);
    found.setEnd(...to);
    return found.toString();
  };
  const [first, last] = [marks[0], marks.at(-1)];
  const place = (node, after) =>
    [node.parentNode, [...node.parentNode.childNodes].indexOf(node) + after];
  return [
    range([first.parentNode, 0], place(first, 0)),
    marks.map((each) => each.textContent).join("|"),
    range(place(last, 1), [last.parentNode, last.parentNode.childNodes.length]),
  ];
}"""


def read_first(page: Page, question: str) -> None:
    """Ask, and follow the first number to where it leads."""
    turn = ask(page, question)
    turn.locator(".cite").first.click()
    turn.locator(".quote .number").first.click()
    expect(page).to_have_url(re.compile(r"/documents/\w+\?start=\d+&end=\d+.*#citation$"))


def test_the_exact_characters_are_highlighted_whatever_comes_before(page: Page) -> None:
    read_first(page, asking.OPENING)
    before, marked, after = page.evaluate(BEFORE_AND_AFTER)
    assert before.startswith("Les plats du jour 🥕🥖 viennent")
    assert before.strip().endswith("ce qui est végétarien.")
    assert (marked, after) == (asking.OPENS, "")
    expect(page.locator("#citation")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_have_text("La cantine")


@pytest.mark.parametrize(
    "question", [asking.PRICE, asking.PROGRAMME, asking.FAIR, asking.BADGE]
)
def test_every_quote_is_what_its_place_highlights(page: Page, question: str) -> None:
    turn = ask(page, question)
    quotes = turn.locator("blockquote").all_text_contents()
    places = [each.get_attribute("href") or "" for each in turn.locator(".quote .number").all()]
    assert len(quotes) == len(places) > 0
    for quote, place in zip(quotes, places, strict=True):
        page.goto(place)
        marks = page.locator("mark.cited-text").all_text_contents()
        # Blocks are marked one by one: what stands between them is set, not marked.
        assert " ".join(marks).split() == quote.replace(" | ", " ").split()
        expect(page.locator("#citation")).to_be_in_viewport()


def test_a_pdf_says_the_page_of_what_is_cited(page: Page) -> None:
    turn = ask(page, asking.DOGS)
    expect(turn.locator(".source-page")).to_contain_text("p. 2")
    turn.get_by_role("link", name="Lire dans le document").click()
    expect(page.locator(".cited")).to_contain_text("Page 2")
    expect(page.locator("#page-2")).to_be_visible()
    expect(page.locator("#citation")).to_be_in_viewport()
    expect(page.locator("#citation")).to_contain_text("Les chiens sont admis en laisse")


def test_the_way_back_leads_to_the_conversation(page: Page) -> None:
    ask(page, asking.FAIR)
    read_first(page, asking.OPENING)
    page.get_by_role("link", name="Revenir à la réponse").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".segment").last).to_contain_text(asking.OPENS)


def test_the_original_and_the_source_are_linked_to(visit: Visits, ids: dict[str, str]) -> None:
    page = visit(f"/documents/{ids['salon.md']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Fichier d’origine").click()
    assert download.value.suggested_filename == "salon.md"
    source = page.get_by_role("link", name="À la source")
    expect(source).to_have_attribute("href", "https://agence.example/salon")
    expect(source).to_have_attribute("rel", re.compile("noopener.*noreferrer"))


def test_the_outline_leads_to_each_heading(visit: Visits, ids: dict[str, str]) -> None:
    page = visit(f"/documents/{ids['salon.md']}", narrow=True)
    outline = page.get_by_role("navigation", name="Plan du document")
    outline.get_by_text("Plan du document").click()
    outline.get_by_role("link", name="Lauréats").click()
    heading = page.get_by_role("heading", name="Lauréats")
    expect(heading).to_be_in_viewport()
    expect(page.locator("article").get_by_role("columnheader")).to_have_text(
        ["Projet", "Porteur", "Secteur"]
    )


def test_a_document_that_speaks_another_language_says_so(
    visit: Visits, ids: dict[str, str]
) -> None:
    page = visit(f"/documents/{ids['visitors.md']}")
    expect(page.locator("article.sheet")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


@pytest.mark.parametrize("place", [{"start": 1, "end": 10**6}, {"start": 9, "end": 2}])
def test_a_place_that_is_no_more_is_said(
    visit: Visits, ids: dict[str, str], place: dict[str, int]
) -> None:
    page = visit(f"/documents/{ids['salon.md']}?{urlencode(place)}#citation")
    expect(page.get_by_text("Le passage demandé n’est pas dans le texte")).to_be_visible()
    expect(page.locator("mark")).to_have_count(0)


def test_a_reference_is_copied_with_its_address(visit: Visits) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    read_first(page, asking.OPENING)
    page.get_by_role("button", name="Copier la référence").click()
    expect(page.get_by_text("Référence copiée.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == [
        f"«\u00a0{asking.OPENS}\u00a0»",
        "La cantine, Service intérieur, 2 février 2026",
        page.url,
    ]


def test_a_document_that_is_not_there_is_said_on_a_page(
    visit: Visits, server: RunningServer
) -> None:
    visit.watch.expect("404")
    page = visit("/documents/0000000000000000")
    expect(page.get_by_role("heading", level=1)).to_have_text("Introuvable")
    page.get_by_role("link", name="Voir les documents").click()
    expect(page.locator(".document").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Revenir aux questions").click()
    expect(page.locator("#question")).to_be_visible()


@pytest.mark.parametrize("cited", ["Projet", "MAGRITTE", "3 février 2026"])
def test_the_outline_says_the_section_of_what_is_cited(
    visit: Visits, server: RunningServer, ids: dict[str, str], cited: str
) -> None:
    with server.client() as client:
        text = client.get(f"/v1/documents/{ids['salon.md']}/text").text
    start = text.index(cited)
    section = "Dates et lieu" if cited[0].isdigit() else "Lauréats"
    for width, height in ((1280, 900), (1280, 360)):
        page = visit("/")
        page.set_viewport_size({"width": width, "height": height})
        place = urlencode({"start": start, "end": start + len(cited)})
        page.goto(f"/documents/{ids['salon.md']}?{place}#citation")
        expect(page.locator(".outline a[aria-current]")).to_have_text(section)
