"""Pictures of every page over the project's own documents, for somebody to look at.

``SCREENSHOTS=<folder>`` takes them; without it there is nothing to do. (The name has no
``SOURCIER_`` before it: those are settings of the service, which refuses the ones it does
not know.)
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.asking import ask
from tests.browser.visits import Visits
from tests.web.serving import index_for_real, serving

FOLDER: Final = os.environ.get("SCREENSHOTS", "")
ROOT: Final = Path(__file__).parents[2]
COPY: Final = (
    "Combien coûte au maximum la photocopie d'une page en noir et blanc quand je réclame un "
    "dossier à ma mairie ?"
)
FINE: Final = "Que prévoit NIS 2 comme amende pour une entité importante ?"
CALENDAR: Final = "Quand le règlement européen sur l'IA s'applique-t-il ?"
SILENT: Final = "Quelle est la capitale de la Mongolie ?"
WIDTHS: Final = {"wide": 1280, "narrow": 360}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    """A service over the project's documents, with its last report if there is one."""
    index = tmp_path_factory.mktemp("shown") / "index"
    index_for_real(ROOT / "documents", index)
    report = {"SOURCIER_SERVER__REPORT": str(ROOT / "build" / "evaluation")}
    with serving(index, environment=report) as server:
        yield server.url


class Pictures:
    """Takes pictures of a page at one width, in one theme."""

    def __init__(self, page: Page, suffix: str) -> None:
        self._page = page
        self._suffix = suffix

    def take(self, name: str, whole: bool = True) -> None:
        path = Path(FOLDER) / f"{name}-{self._suffix}.png"
        self._page.screenshot(path=path, full_page=whole)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_pictured(browser: Browser, home: str, width: str, theme: str) -> None:
    visits = Visits(browser, home, {})
    viewport = {"width": WIDTHS[width], "height": 900}
    page = visits(viewport=viewport, color_scheme=theme)
    pictures = Pictures(page, f"{width}-{theme}")
    for picture in (_asking, _conversations, _reading, _library, _others):
        picture(page, pictures)
    visits.end()


def _asking(page: Page, pictures: Pictures) -> None:
    pictures.take("ask")
    ask(page, COPY).locator(".cite").first.hover()
    pictures.take("ask-answer", whole=False)
    ask(page, CALENDAR)
    ask(page, FINE)
    pictures.take("ask-several")
    page.goto("/")
    ask(page, SILENT)
    pictures.take("ask-silent")
    page.get_by_role("button", name="Non", exact=True).click()
    pictures.take("ask-feedback", whole=False)


def _conversations(page: Page, pictures: Pictures) -> None:
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Renommer").first.click()
    pictures.take("conversations", whole=False)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def _reading(page: Page, pictures: Pictures) -> None:
    for name, question in (("reading", COPY), ("reading-pdf", FINE)):
        page.goto("/")
        ask(page, question).get_by_role("link", name="Lire dans le document").first.click()
        expect(page.locator("#citation")).to_be_visible()
        pictures.take(f"{name}-place", whole=False)
        pictures.take(name)


def _library(page: Page, pictures: Pictures) -> None:
    page.goto("/documents")
    pictures.take("library")
    page.get_by_text("Nouvelle collection").click()
    page.locator("#upload-files").set_input_files(
        [{"name": "vide.md", "mimeType": "text/markdown", "buffer": b""}]
    )
    expect(page.locator(".activity-row").last).to_contain_text("Ce fichier est vide.")
    pictures.take("library-adding", whole=False)
    page.get_by_role("link", name="Supprimer").first.click()
    pictures.take("library-removing", whole=False)
    page.keyboard.press("Escape")
    page.goto("/documents?q=rien+de+tel")
    pictures.take("library-nothing")


def _others(page: Page, pictures: Pictures) -> None:
    page.goto("/quality")
    pictures.take("quality")
    for summary in page.locator(".failure-group summary").all()[:1]:
        summary.click()
        summary.scroll_into_view_if_needed()
        pictures.take("quality-failures", whole=False)
    page.goto("/documents/none")
    pictures.take("fault")
    page.goto("/session")
    pictures.take("session")
