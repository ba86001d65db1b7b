"""``docs/api.md`` tells of every path that there is, and of no other."""

import re
from pathlib import Path

import pytest

from rag.service.service import Service
from rag.web.app import create_app

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
PART = r"[^/\s\"'`?#|)]+"


@pytest.fixture
def paths(service: Service) -> list[str]:
    return sorted(create_app(service).openapi()["paths"])


def pattern(path: str) -> re.Pattern[str]:
    """What a path looks like where it is called."""
    parts = re.split(r"\{[^}]*\}", path.replace(":path}", "}"))
    return re.compile(PART.join(map(re.escape, parts)) + r"(?![\w/-])")


def test_every_path_is_told_of(paths: list[str]) -> None:
    tails = {"/text", "/passages", "/original"}
    missing = [path for path in paths if not pattern(path).search(PAGE)]
    assert not [path for path in missing if not path.endswith(tuple(tails))]
    assert all(f"`{tail}`" in PAGE for tail in tails)


def test_every_call_shown_is_to_a_path_that_there_is(paths: list[str]) -> None:
    called = re.findall(r"http://127\.0\.0\.1:8000(/[^\s'?\"`]*)", PAGE)
    known = [pattern(path) for path in paths]
    # The base address of the client of OpenAI, to which it adds its own paths.
    unknown = {call for call in called if not any(each.fullmatch(call) for each in known)}
    assert called
    assert unknown <= {"/v1"}
