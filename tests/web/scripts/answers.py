"""Answers made by hand, as the service writes them, and what a browser is given of them."""

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, Route

Answer = dict[str, Any]


def citation(number: int, quote: str, **more: object) -> dict[str, Any]:
    """A citation; ``more`` replaces what it says."""
    return {
        "number": number,
        "document_id": "d1",
        "document_version": "sha256:1",
        "title": "Titre",
        "source": None,
        "source_url": None,
        "date": None,
        "page": None,
        "headings": [],
        "start": 0,
        "end": len(quote),
        "quote": quote,
        "also_in": [],
        **more,
    }


def answer(
    *quotes: str, marks: Sequence[tuple[int, int]] = (), **more: object
) -> dict[str, Any]:
    """An answer of quotes, each with a citation of its own; without any, a silence."""
    text, segments = "", []
    for number, quote in enumerate(quotes, 1):
        start = len(text) + bool(text)
        text += f"{chr(10) if text else ''}{quote} [{number}]"
        end = start + len(quote)
        held = {"citations": [number], "support": "verbatim"}
        segments.append({"text": quote, "start": start, "end": end, **held})
    cited = [citation(number, quote) for number, quote in enumerate(quotes, 1)]
    return {
        "id": f"a{len(text)}",
        "question": "?",
        "asked_as": None,
        "answered": bool(quotes),
        "verdict": "answered" if quotes else "none",
        "confidence": 0.95,
        "mode": "extractive",
        "text": text or "Rien trouvé.",
        "segments": segments,
        "highlights": [{"start": start, "end": end} for start, end in marks],
        "citations": cited,
        "hits": [],
        "index": {"generation": "g", "model": "m"},
        "timings_ms": {"embed": 0, "retrieve": 0, "read": 0, "compose": 0, "total": 0},
        **more,
    }


def events(answered: Answer) -> list[str]:
    """The events that an answer comes in."""
    told = [("hits", {"hits": answered["hits"]})]
    for segment, cited in zip(answered["segments"], answered["citations"], strict=True):
        told += [("citation", cited), ("segment", segment)]
    told.append(("answer", answered))
    return [
        f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        for name, data in told
    ]


def let_answer(page: Page, *answers: Answer) -> list[dict[str, Any]]:
    """Have questions answered by these, in turn, the last for ever; what was asked."""
    asked: list[dict[str, Any]] = []

    def respond(route: Route) -> None:
        asked.append(route.request.post_data_json or {})
        given = answers[min(len(asked), len(answers)) - 1]
        route.fulfill(content_type="text/event-stream", body="".join(events(given)))

    page.route("**/v1/ask", respond)
    page.route("**/v1/documents/d*", lambda route: route.fulfill(json=document()))
    return asked


def let_fail(page: Page, slug: str, status: int, **told: object) -> None:
    """Have questions refused with a problem."""
    body = {"type": f"urn:sourcier:problem:{slug}", "status": status, "detail": "", **told}
    page.route("**/v1/ask", lambda route: route.fulfill(status=status, json=body))


def document(**more: object) -> dict[str, Any]:
    """What the service says of the document that is cited."""
    return {"version": "sha256:1", "metadata": {"language": "fr"}, **more}


def ask(page: Page, question: str = "Quand ?") -> None:
    """Ask, and wait for the answer."""
    before = page.locator(".turn").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.locator(".turn").nth(before).locator(".feedback").wait_for()


def kept(page: Page) -> list[dict[str, Any]]:
    """The conversations that the browser keeps."""
    found = page.evaluate("localStorage.getItem('sourcier.conversations')")
    return list(json.loads(found)["conversations"]) if found else []
