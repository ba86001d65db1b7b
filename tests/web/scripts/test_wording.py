"""What scripts say, against the catalogue."""

import re
from pathlib import Path

import pytest

from rag.web.pages.wording import LANGUAGES, wording

FOLDER = Path(__file__).parents[3] / "rag" / "web" / "static"
_SAID = re.compile(r"""say\(\s*["'`]((?:ask|answer|common|feedback)\.[\w.-]+)["']""")
_NAMED = re.compile(r"""["'`](ask\.script\.[\w.-]+)""")
_BUILT = ("rename", "export", "remove")
"""Said by the name of the button that does it."""


def _scripts() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_scripts_name_is_in_the_catalogue(language: str) -> None:
    entries = wording(language).entries
    assert [key for key in _SAID.findall(_scripts()) if key not in entries] == []


def test_nothing_in_the_catalogue_is_left_unsaid() -> None:
    templates = "".join(
        path.read_text("utf-8") for path in (FOLDER.parent / "templates").rglob("*.html")
    )
    named = {*_NAMED.findall(_scripts()), *_NAMED.findall(templates)}
    built = {f"ask.script.{each}" for each in _BUILT}
    lists = ("ask.script.fault.", "ask.script.feedback_fault.")
    keys = [key for key in wording("fr").entries if key.startswith("ask.script.")]
    assert [key for key in keys if key not in named | built and not key.startswith(lists)] == []
