"""Visits to the service by a browser that is watched: what it says, and whom it calls."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import WebError as PageError

WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 360, "height": 740}
LOCAL_SCHEMES: Final = ("data", "blob")

KeptPages = dict[tuple[str, bool], Page]
"""Pages at rest, by the service they are of and whether they are narrow."""


@dataclass
class Watch:
    """Everything that went wrong, or out, since the browser came in."""

    home: str
    console: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def begin(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("console", self._hear)
        context.on("weberror", self._fail)
        context.on("request", self._see)
        context.on("dialog", self._dismiss)

    def end(self, context: BrowserContext) -> None:
        """Watch it no more."""
        context.remove_listener("console", self._hear)
        context.remove_listener("weberror", self._fail)
        context.remove_listener("request", self._see)
        context.remove_listener("dialog", self._dismiss)

    def expect(self, *parts: str) -> None:
        """Let the console say something that has one of these in it: the test means it to."""
        self.expected.extend(parts)

    def check(self) -> None:
        """Nothing was said, nobody else was called, nothing of a document was run."""
        said = [each for each in self.console if not any(e in each for e in self.expected)]
        assert said == []
        assert self.strangers == []
        assert self.dialogs == []

    def _hear(self, message: ConsoleMessage) -> None:
        # A test may be quicker to its field than the browser, which then says that it was.
        if message.type == "info" and message.text.startswith("Autofocus"):
            return
        self.console.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _fail(self, error: PageError) -> None:
        self.console.append(str(error.error))

    def _see(self, request: Request) -> None:
        same = urlsplit(request.url)[:2] == urlsplit(self.home)[:2]
        if not same and urlsplit(request.url).scheme not in LOCAL_SCHEMES:
            self.strangers.append(request.url)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Visits:
    """Opens pages of one service, each in a browser that knows nothing of it."""

    def __init__(self, browser: Browser, home: str, kept: KeptPages) -> None:
        self._browser = browser
        self._kept = kept
        self._plain: list[tuple[tuple[str, bool], Page]] = []
        self._contexts: list[BrowserContext] = []
        self.home = home
        self.watch = Watch(home)

    def come(
        self,
        *,
        narrow: bool = False,
        scripts: bool = True,
        **more: Any,  # noqa: ANN401 - whatever Playwright takes
    ) -> BrowserContext:
        """A new French browser, in which nothing moves.

        Args:
            narrow: as wide as a telephone.
            scripts: whether those of pages are run.
            more: what else to tell Playwright of it, or to tell it otherwise.
        """
        settings = {
            "base_url": self.home,
            "java_script_enabled": scripts,
            "locale": "fr-FR",
            "reduced_motion": "reduce",
            "viewport": NARROW if narrow else WIDE,
        }
        context = self._browser.new_context(**(settings | more))
        self.watch.begin(context)
        self._contexts.append(context)
        return context

    def __call__(
        self,
        path: str = "/",
        *,
        narrow: bool = False,
        **more: Any,  # noqa: ANN401 - as for `come`
    ) -> Page:
        """A page of the service, loaded, in a browser of its own; see `come`."""
        if more:
            page = self.come(narrow=narrow, **more).new_page()
        else:
            page = self._plainest(narrow)
        page.goto(path)
        return page

    def end(self) -> None:
        """Close everything, but for the plainest pages: a new one takes half a second."""
        for key, page in self._plain:
            self.watch.end(page.context)
            try:
                _forget(page, *key)
            except BrowserError:
                page.context.close()
            else:
                self._kept[key] = page
        for context in self._contexts:
            context.close()

    def _plainest(self, narrow: bool) -> Page:
        key = (self.home, narrow)
        page = self._kept.pop(key, None)
        if page is None:
            page = self.come(narrow=narrow).new_page()
            self._contexts.remove(page.context)
        else:
            self.watch.begin(page.context)
        self._plain.append((key, page))
        return page


def _forget(page: Page, home: str, narrow: bool) -> None:
    """Leave a page as if nobody had been there."""
    context = page.context
    for other in context.pages:
        if other is not page:
            other.close()
    page.unroute_all(behavior="ignoreErrors")
    # A place with no scripts, of the same origin: so that the browser goes on in one process.
    page.goto("/healthz")
    context.clear_cookies()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": home, "storageTypes": "all"})
    session.detach()
    page.emulate_media(media="null", color_scheme="null")
    page.set_viewport_size(NARROW if narrow else WIDE)
