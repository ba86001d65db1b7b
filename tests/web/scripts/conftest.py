"""Pages of the service in a real browser, without any port between the two."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from starlette.testclient import TestClient

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.web.conftest import LOCAL

_MILLISECONDS = 20_000
_KEPT = {"accept", "accept-language", "content-type", "cookie"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of a module: its event loop must not outlive them."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser, client: TestClient) -> Iterator[BrowserContext]:
    """A browser's memory, French, whose every request goes to the service of `client`."""
    opened = browser.new_context(locale="fr-FR", base_url=LOCAL)
    opened.set_default_timeout(_MILLISECONDS)
    opened.grant_permissions(["clipboard-read", "clipboard-write"], origin=LOCAL)
    opened.route("**/*", lambda route: _pass_on(route, client))
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of it, not gone anywhere yet; no script may fail in it."""
    opened = context.new_page()
    failures: list[object] = []
    opened.on("pageerror", lambda error: failures.append(error))
    yield opened
    assert failures == []


def _pass_on(route: Route, client: TestClient) -> None:
    asked = route.request
    address = urlsplit(asked.url)
    assert f"{address.scheme}://{address.netloc}" == LOCAL, asked.url
    response = client.request(
        asked.method,
        f"{address.path}?{address.query}" if address.query else address.path,
        headers={name: value for name, value in asked.headers.items() if name in _KEPT},
        content=asked.post_data_buffer,
        follow_redirects=False,
    )
    headers = {
        name: value for name, value in response.headers.items() if name != "content-length"
    }
    route.fulfill(status=response.status_code, headers=headers, body=response.content)
