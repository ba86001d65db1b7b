"""A real browser before a real service: one of each for a worker, on an index of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.evaluation.report.writing import write_report
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.documents import write_documents
from tests.browser.locked import Locked, locked
from tests.browser.visits import KeptPages, Visits
from tests.evaluation.report import sample
from tests.web.serving import RunningServer, serving

HERE = Path(__file__).parent
PATIENCE = 20_000
PARTLY = 3

# Pictures are for somebody to look at: nothing to skip where nobody wants them.
collect_ignore = [] if os.environ.get("SCREENSHOTS") else ["test_screenshots.py"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put these tests last, and together.

    Playwright keeps an event loop on the thread as long as it runs, and other tests bring
    theirs: so that it need be started only once.
    """
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> Path:
    return find_chromium()


@pytest.fixture(scope="package")
def browser(chromium: Path) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """An index of two collections, made by the command as anybody would."""
    folder = tmp_path_factory.mktemp("browsed")
    ordinary, hostile = write_documents(folder)
    for files in (ordinary, hostile):
        options = ["--index", folder / "index", "--collection", files.name]
        made = subprocess.run(
            [sys.executable, "-m", "rag", "index", files, *options], capture_output=True
        )
        assert made.returncode in (0, PARTLY), made.stderr.decode()
    return folder / "index"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of an evaluation in which every kind of failure occurs."""
    folder = tmp_path_factory.mktemp("report")
    write_report(folder, sample.run(), sample.summary())
    return folder


@pytest.fixture(scope="session")
def server(
    chromium: Path, indexed: Path, report: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A service that asks for no key; a test takes away again what it adds."""
    index = shutil.copytree(indexed, tmp_path_factory.mktemp("open") / "index")
    with serving(index, environment={"SOURCIER_SERVER__REPORT": str(report)}) as running:
        yield running


@pytest.fixture(scope="session")
def ids(server: RunningServer) -> dict[str, str]:
    """The ids of the documents by their paths."""
    with server.client() as client:
        listed = client.get("/v1/documents").json()["documents"]
    return {each["path"]: each["id"] for each in listed}


@pytest.fixture(scope="package")
def kept_pages(browser: Browser) -> KeptPages:
    """Pages that tests leave to those that follow."""
    return {}


@pytest.fixture
def visit(browser: Browser, server: RunningServer, kept_pages: KeptPages) -> Iterator[Visits]:
    """Opens pages; at the end nothing must have been said or called that ought not be."""
    visits = Visits(browser, server.url, kept_pages)
    yield visits
    visits.end()
    visits.watch.check()


@pytest.fixture
def page(visit: Visits) -> Page:
    """The first page, wide, in French, with scripts."""
    return visit()


@pytest.fixture(scope="session")
def locked_service(
    chromium: Path, indexed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Locked]:
    """A service that demands keys."""
    with locked(indexed, tmp_path_factory.mktemp("locked")) as service:
        yield service


@pytest.fixture
def visit_locked(
    browser: Browser, locked_service: Locked, kept_pages: KeptPages
) -> Iterator[Visits]:
    """Like `visit`, of the service that demands keys."""
    visits = Visits(browser, locked_service.server.url, kept_pages)
    yield visits
    visits.end()
    visits.watch.check()
