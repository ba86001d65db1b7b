import pytest
from starlette.responses import Response

from rag.settings import ServerSettings
from rag.web.http.host_checks import HostChecks, host_name, is_loopback
from tests.web.asgi import run, scope

LOCAL = ServerSettings()


def status(server: ServerSettings, method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return run(HostChecks(Response("ok"), server), scope(method, headers=named)).status


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "LOCALHOST.", "[::1]:8000"]
)
def test_the_names_of_this_machine_are_answered_to(host: str) -> None:
    assert status(LOCAL, host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "",
        "a b",
        "[::1",
    ],
)
def test_a_name_that_leads_here_by_trickery_is_not(host: str) -> None:
    assert status(LOCAL, host=host) == 421


def test_no_name_at_all_or_two_are_refused() -> None:
    asked = scope()
    asked["headers"] = []
    assert run(HostChecks(Response("ok"), LOCAL), asked).status == 421
    asked["headers"] = [(b"host", b"localhost"), (b"host", b"evil.example")]
    assert run(HostChecks(Response("ok"), LOCAL), asked).status == 421


def test_names_can_be_added() -> None:
    named = ServerSettings(hosts=("Sources.example",))
    assert status(named, host="sources.example") == 200
    assert status(named, host="127.0.0.1") == 200
    assert status(named, host="other.example") == 421
    assert status(ServerSettings(hosts=("*",)), host="other.example") == 200


def test_beyond_this_machine_any_name_is_taken_unless_some_are_set() -> None:
    assert status(ServerSettings(host="0.0.0.0"), host="any.example") == 200  # noqa: S104
    chosen = ServerSettings(host="0.0.0.0", hosts=("one.example",))  # noqa: S104
    assert status(chosen, host="any.example") == 421
    assert status(chosen, host="one.example") == 200


def test_clients_that_are_not_pages_may_change_things() -> None:
    assert status(LOCAL, "POST") == 200
    assert status(LOCAL, "DELETE", sec_fetch_site="none") == 200


def test_pages_of_others_may_not() -> None:
    foreign: tuple[dict[str, str], ...] = (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    )
    let_in = [
        (method, headers)
        for method in ("POST", "PUT", "DELETE", "PATCH")
        for headers in foreign
        if status(LOCAL, method, **headers) != 403
    ]
    assert let_in == []


def test_our_own_pages_may() -> None:
    assert status(LOCAL, "POST", origin="http://127.0.0.1:8000") == 200
    assert status(LOCAL, "POST", sec_fetch_site="same-origin") == 200
    named = ServerSettings(hosts=("sources.example",))
    assert (
        status(named, "POST", host="sources.example", origin="https://sources.example") == 200
    )


def test_origins_that_are_let_in_may() -> None:
    let_in = ServerSettings(origins=("https://intranet.example",))
    assert status(let_in, "POST", origin="https://intranet.example") == 200
    assert status(let_in, "POST", origin="https://intranet.example.evil") == 403


def test_reading_is_for_the_browser_to_refuse() -> None:
    assert status(LOCAL, "GET", origin="http://evil.example") == 200


def test_what_only_this_machine_reaches() -> None:
    local = ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost")
    reachable = ("0.0.0.0", "::", "192.168.0.1", "localhost.example")  # noqa: S104
    assert [host for host in local if not is_loopback(host)] == []
    assert [host for host in reachable if is_loopback(host)] == []


def test_a_port_is_no_part_of_a_name() -> None:
    assert host_name("Example.org:443") == "example.org"
    assert host_name("[2001:DB8::1]:80") == "[2001:db8::1]"
    assert host_name("a:b:c") is None
