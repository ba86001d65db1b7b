"""Looks at pages as a browser would, and waits for what forms have set going."""

import time

import httpx2
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from rag.library.job import FINISHED
from rag.service.service import Service

PAGE = {"Accept": "text/html"}
_SECONDS = 60.0
_PAUSE = 0.02


def seen(response: httpx2.Response, status: int = 200) -> LexborHTMLParser:
    """The page that a response is."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("text/html")
    return LexborHTMLParser(response.text)


def look(
    client: TestClient, path: str, headers: dict[str, str] | None = None
) -> LexborHTMLParser:
    """The page at an address."""
    return seen(client.get(path, headers={**PAGE, **(headers or {})}))


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    """What is written in each place of a page, white space aside."""
    return [" ".join(node.text().split()) for node in page.css(selector)]


def settle(service: Service, client: TestClient) -> None:
    """Wait until no change is under way, and until the service answers with the last one."""
    deadline = time.monotonic() + _SECONDS
    while any(job.state not in FINISHED for job in service.jobs.recent()):
        assert time.monotonic() < deadline, "the jobs did not end"
        time.sleep(_PAUSE)
    for job in service.jobs.recent():
        client.get(f"/v1/jobs/{job.id}")
