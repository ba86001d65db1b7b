import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import RateLimitError, UploadTooLargeError
from rag.settings import ServerSettings
from rag.web.http.limits import Limits, RateLimits
from rag.web.http.problems import Refused, problem_of, respond
from tests.web.asgi import exchange, run, scope

SMALL = ServerSettings(body_bytes=1000, upload_bytes=5000, read_seconds=0.05)


async def reading(asked: Scope, receive: Receive, send: Send) -> None:
    """Reads all of the body, and answers its length or the problem with it."""
    try:
        body = await Request(asked, receive).body()
    except (UploadTooLargeError, Refused) as error:
        await respond(problem_of(error), asked)(asked, receive, send)
        return
    await Response(str(len(body)))(asked, receive, send)


async def deaf(asked: Scope, receive: Receive, send: Send) -> None:
    await Response("deaf")(asked, receive, send)


def limited(app: ASGIApp = reading) -> Limits:
    return Limits(app, SMALL)


def test_a_body_within_the_limit_goes_through() -> None:
    done = run(limited(), scope("POST"), [b"a" * 400, b"b" * 600])
    assert (done.status, done.body) == (200, b"1000")


def test_one_byte_more_is_too_much_whatever_was_announced() -> None:
    assert run(limited(), scope("POST"), [b"a" * 400, b"b" * 601]).status == 413
    lying = scope("POST", headers={"content-length": "10"})
    assert run(limited(), lying, [b"a" * 1001]).status == 413


def test_a_body_announced_too_long_is_refused_before_it_is_read() -> None:
    announced = scope("POST", headers={"content-length": "50000000"})
    done = run(limited(deaf), announced, [b"a"])
    assert done.status == 413
    assert done.headers["connection"] == "close"
    assert b"1000 octets" in done.body


def test_the_refusal_comes_first_then_the_client_is_let_finish() -> None:
    announced = scope("POST", headers={"content-length": "50000000"})
    done = run(limited(), announced, [b"a" * 1000] * 100)
    bodies = [message for message in done.sent if message["type"] == "http.response.body"]
    assert done.read == 100
    assert [message.get("more_body", False) for message in bodies] == [True, False]
    assert bodies[-1]["body"] == b""


def test_uploads_may_be_larger() -> None:
    for path, status in [("/v1/documents", 200), ("/v1/documents/x", 200), ("/v1/ask", 413)]:
        assert run(limited(), scope("POST", path), [b"a" * 4000]).status == status
    assert run(limited(), scope("POST", "/v1/documents"), [b"a" * 5001]).status == 413


@pytest.mark.parametrize("length", ["", "x", "-1", "1e9", "٣", "9" * 5000])
def test_an_absurd_length_is_no_crash(length: str) -> None:
    asked = scope("POST")
    asked["headers"].append((b"content-length", length.encode()))
    assert run(limited(), asked, [b"a"]).status == 200


def test_a_client_that_falls_silent_in_the_middle_is_told_so() -> None:
    done = run(limited(), scope("POST"), [b"a"], endless=True)
    assert done.status == 408
    assert done.headers["connection"] == "close"


def test_a_client_that_dribbles_is_not_waited_for_either() -> None:
    done = run(limited(), scope("POST"), [b"a"] * 100, pause=SMALL.read_seconds / 5)
    assert done.status == 408
    assert done.read < 100


def test_waiting_for_the_client_to_leave_has_no_end() -> None:
    """A watch for the client's going away outlasts the time given to a body."""

    async def watching(asked: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), SMALL.read_seconds * 3)
        await Response("still there")(asked, receive, send)

    assert run(limited(watching), scope("POST"), [b"a"]).body == b"still there"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_key_may_ask_so_often_and_then_has_to_wait() -> None:
    clock = Clock()
    limits = RateLimits(60, clock=clock)
    for _ in range(60):
        limits.take("a")
    with pytest.raises(RateLimitError) as raised:
        limits.take("a")
    assert raised.value.retry_after == 1
    limits.take("b")
    clock.now = 1.0
    limits.take("a")
    with pytest.raises(RateLimitError):
        limits.take("a")


def test_when_to_come_back_is_true() -> None:
    clock = Clock()
    limits = RateLimits(2, clock=clock)
    limits.take("a")
    limits.take("a")
    with pytest.raises(RateLimitError) as raised:
        limits.take("a")
    assert raised.value.retry_after == 30
    clock.now = 30.0
    limits.take("a")


def test_zero_is_no_limit() -> None:
    limits = RateLimits(0)
    for _ in range(1000):
        limits.take("a")


@given(st.lists(st.floats(0.0, 100.0), max_size=200), st.integers(1, 50))
def test_no_key_ever_gets_more_than_a_burst_and_what_time_gives(
    pauses: list[float], per_minute: int
) -> None:
    clock = Clock()
    limits = RateLimits(per_minute, clock=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        try:
            limits.take("a")
        except RateLimitError:
            continue
        taken += 1
    assert taken <= per_minute + per_minute / 60 * clock.now + 1e-6


def test_only_so_many_keys_are_remembered() -> None:
    limits = RateLimits(1, most=2, clock=Clock())
    limits.take("a")
    limits.take("b")
    with pytest.raises(RateLimitError):
        limits.take("a")
    limits.take("c")
    with pytest.raises(RateLimitError):
        limits.take("a")
    limits.take("b")


def test_each_request_is_counted_apart() -> None:
    async def both() -> list[int]:
        app = limited()
        done = await asyncio.gather(
            *(exchange(app, scope("POST"), [b"a" * 600]) for _ in range(5))
        )
        return [each.status for each in done]

    assert asyncio.run(both()) == [200] * 5
