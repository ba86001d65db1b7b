import re

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rag.web.http.request_context import ResponseHeaders, current
from tests.web.asgi import run, scope


async def plain(asked: Scope, receive: Receive, send: Send) -> None:
    await Response(current().id)(asked, receive, send)


async def opinionated(asked: Scope, receive: Receive, send: Send) -> None:
    headers = {"Content-Security-Policy": "sandbox", "Cache-Control": "max-age=60"}
    await Response("", headers=headers)(asked, receive, send)


def test_every_response_is_data_that_no_page_may_frame_nor_cache_keep() -> None:
    given = run(ResponseHeaders(plain), scope()).headers
    assert given["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert given["x-content-type-options"] == "nosniff"
    assert given["cache-control"] == "no-store"
    assert given["referrer-policy"] == "no-referrer"
    assert given["cross-origin-resource-policy"] == "same-origin"


def test_what_a_route_says_of_itself_is_left() -> None:
    sent = run(ResponseHeaders(opinionated), scope()).sent[0]["headers"]
    assert [value for name, value in sent if name == b"content-security-policy"] == [b"sandbox"]
    assert [value for name, value in sent if name == b"cache-control"] == [b"max-age=60"]


def test_a_plain_request_id_is_taken() -> None:
    done = run(ResponseHeaders(plain), scope(headers={"x-request-id": "trace-42.a_B"}))
    assert done.headers["x-request-id"] == "trace-42.a_B"
    assert done.body == b"trace-42.a_B"


@pytest.mark.parametrize("given", ["", "a" * 65, "deux mots", "a\r\nset-cookie: x", "é", "<b>"])
def test_any_other_is_replaced(given: str) -> None:
    asked = scope()
    asked["headers"].append((b"x-request-id", given.encode()))
    assert re.fullmatch(
        "[0-9a-f]{16}", run(ResponseHeaders(plain), asked).headers["x-request-id"]
    )


def test_two_requests_have_two_ids() -> None:
    ids = {run(ResponseHeaders(plain), scope()).headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20
