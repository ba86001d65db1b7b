"""Every page in every state that it can be seen in, each reached as a person would."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser import asking, documents, shelves
from tests.browser.asking import ask, begin

State = Callable[[Page], None]


def _answered(page: Page) -> None:
    ask(page, asking.FAIR)


def _several(page: Page) -> None:
    ask(page, asking.PROGRAMME)
    turn = ask(page, asking.PRICE)
    turn.locator(".cite").first.focus()


def _silent(page: Page) -> None:
    ask(page, asking.NOWHERE)


def _hostile(page: Page) -> None:
    ask(page, asking.DAM)
    ask(page, asking.TURBINE)


def _english(page: Page) -> None:
    ask(page, asking.BADGE)


def _pending(page: Page) -> None:
    page.route("**/v1/ask", lambda route: None)
    expect(begin(page, asking.OPENING).locator(".pending")).to_be_visible()


def _failed(page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.abort())
    expect(begin(page, asking.OPENING).locator(".notice")).to_be_visible()


def _judged(page: Page) -> None:
    form = ask(page, asking.OPENING).locator(".feedback")
    form.get_by_role("button", name="Non", exact=True).click()
    expect(form.get_by_role("textbox")).to_be_visible()


def _drawer(page: Page) -> None:
    ask(page, asking.OPENING)
    page.get_by_role("link", name="Nouvelle question").first.click()
    page.goto("/")
    ask(page, asking.FAIR)
    page.get_by_role("button", name="Conversations", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Supprimer").nth(1).click()
    dialog.get_by_role("button", name="Renommer").first.click()
    expect(dialog.get_by_label("Nom de la conversation")).to_be_focused()


def _cited(page: Page) -> None:
    turn = ask(page, asking.OPENING)
    turn.get_by_role("link", name="Lire dans le document").click()
    expect(page.locator("#citation")).to_be_visible()


def _cited_in_pdf(page: Page) -> None:
    turn = ask(page, asking.DOGS)
    turn.get_by_role("link", name="Lire dans le document").click()
    expect(page.locator("#citation")).to_be_visible()


def _read(title: str, place: str = "") -> State:
    def open_it(page: Page) -> None:
        link = shelves.document(page, title).locator(".document-title").first
        page.goto(f"{link.get_attribute('href')}{place}")

    return open_it


def _nothing_found(page: Page) -> None:
    page.get_by_label("Titre ou nom de fichier").fill("rien de tel")
    expect(page.locator(".documents .document")).to_have_count(0)


def _opened(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def _removing(page: Page) -> None:
    shelves.document(page, "La cantine").get_by_role("link", name="Supprimer").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _refused(page: Page) -> None:
    page.locator("#upload-files").set_input_files(
        {"name": "cantine.md", "mimeType": "text/markdown", "buffer": b"# Autre"}
    )
    shelves.ended(page, "cantine.md", "Non ajouté")


def _to_remove(page: Page) -> None:
    link = shelves.document(page, "La cantine").get_by_role("link", name="Supprimer")
    page.goto(link.get_attribute("href") or "")


def _as_it_is(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible()


STATES: Final[Mapping[str, tuple[str, State]]] = MappingProxyType(
    {
        "ask": ("/", _as_it_is),
        "ask answered": ("/", _answered),
        "ask several": ("/", _several),
        "ask silent": ("/", _silent),
        "ask hostile": ("/", _hostile),
        "ask english": ("/", _english),
        "ask pending": ("/", _pending),
        "ask failed": ("/", _failed),
        "ask judged": ("/", _judged),
        "ask refused": ("/?q=%3F!", _as_it_is),
        "conversations": ("/", _drawer),
        "read": ("/documents", _read("Salon de la donnée")),
        "read cited": ("/", _cited),
        "read cited pdf": ("/", _cited_in_pdf),
        "read lost": ("/documents", _read("La cantine", "?start=1&end=99999")),
        "read hostile": ("/documents", _read(documents.TRAP_TITLE.replace("\u202e", ""))),
        "library": ("/documents", _as_it_is),
        "library opened": ("/documents", _opened),
        "library nothing": ("/documents", _nothing_found),
        "library removing": ("/documents", _removing),
        "library refused": ("/documents", _refused),
        "library remove page": ("/documents", _to_remove),
        "quality": ("/quality", _as_it_is),
        "quality opened": ("/quality", _opened),
        "session open": ("/session", _as_it_is),
        "fault": ("/documents/none", _as_it_is),
    }
)
"""By name, the address where each begins and what is done from there."""
