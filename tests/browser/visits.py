"""Visits to the service by a browser that is watched: what it says, and whom it calls."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 360, "height": 740}
LOCAL_SCHEMES: Final = ("data", "blob")


@dataclass
class Watch:
    """Everything that went wrong, or out, since the browser came in."""

    home: str
    console: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.console.append(str(error.error)))
        context.on("request", self._see)
        context.on("dialog", self._dismiss)

    def expect(self, part: str) -> None:
        """Let the console say something that has this in it: the test means it to."""
        self.expected.append(part)

    def check(self) -> None:
        """Nothing was said, nobody else was called, nothing of a document was run."""
        said = [each for each in self.console if not any(e in each for e in self.expected)]
        assert said == []
        assert self.strangers == []
        assert self.dialogs == []

    def _hear(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _see(self, request: Request) -> None:
        same = urlsplit(request.url)[:2] == urlsplit(self.home)[:2]
        if not same and urlsplit(request.url).scheme not in LOCAL_SCHEMES:
            self.strangers.append(request.url)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Visits:
    """Opens pages of one service, each in a browser that has never been there."""

    def __init__(self, browser: Browser, home: str) -> None:
        self._browser = browser
        self.home = home
        self.watch = Watch(home)
        self._contexts: list[BrowserContext] = []

    def come(
        self, *, narrow: bool = False, scripts: bool = True, locale: str = "fr-FR", **more: Any
    ) -> BrowserContext:
        """A browser with nothing kept in it; animations are off unless told otherwise."""
        settings = {"reduced_motion": "reduce", "base_url": self.home, **more}
        context = self._browser.new_context(
            viewport=NARROW if narrow else WIDE,
            java_script_enabled=scripts,
            locale=locale,
            **settings,
        )
        self.watch.over(context)
        self._contexts.append(context)
        return context

    def __call__(self, path: str = "/", **settings: Any) -> Page:
        """A page of the service, loaded, in a browser of its own; see `come`."""
        page = self.come(**settings).new_page()
        page.goto(path)
        return page

    def end(self) -> None:
        """Close everything."""
        for context in self._contexts:
            context.close()
