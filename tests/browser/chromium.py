"""Where the browser of the tests is found."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest

NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NOT_FOUND: Final = (
    "no Chromium on this machine: `apt-get install chromium` on Debian, or CHROMIUM=/path/to/it"
)
# The first keeps a stray request from leaving; the others, the browser's own.
ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> Path:
    """The browser that ``CHROMIUM`` names, or else the first one known that is installed.

    Without any the test is skipped, or failed where ``BROWSER_TESTS=required``.
    """
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(NOT_FOUND)
    pytest.skip(NOT_FOUND)
