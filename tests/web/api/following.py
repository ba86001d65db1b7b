"""Follows a job to its end, as a client would."""

import time
from typing import Any

import httpx2
from starlette.testclient import TestClient

from rag.library.job import FINISHED

_SECONDS = 60.0
_PAUSE = 0.02


def finished(
    client: TestClient, response: httpx2.Response, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The job that a response tells of, once it has ended."""
    assert response.status_code == 202, response.text
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(response.headers["location"], headers=headers).json()
        if job["state"] in FINISHED:
            return job
        time.sleep(_PAUSE)
    raise AssertionError(f"it did not end: {job}")


def part(name: str, content: str | bytes) -> tuple[str, tuple[str, bytes]]:
    """A file of a multipart form."""
    data = content.encode() if isinstance(content, str) else content
    return "files", (name, data)
