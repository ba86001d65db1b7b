import socket
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eval.bench.clients import Load, Plan, drive
from eval.bench.load import bodies

_WRONG = b"wrong"
_CUT = b"cut"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == _CUT:
            self.close_connection = True
            return
        told = b"x" * 100_000
        self.send_response(503 if body == _WRONG else 200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def driven(port: int, *sent: bytes, clients: int = 3, requests: int | None = None) -> Load:
    return drive(Plan("127.0.0.1", port, sent, clients, requests=requests or 30))


def test_as_many_requests_are_sent_as_planned(port: int) -> None:
    load = driven(port, b"one", b"two")
    assert load.statuses == Counter({200: 30})
    assert (load.errors, len(load.latencies)) == (0, 30)
    assert load.received == 30 * 100_000
    assert load.throughput == pytest.approx(30 / load.wall)


def test_what_is_refused_is_an_error_and_has_no_latency(port: int) -> None:
    load = driven(port, b"one", _WRONG, clients=1, requests=10)
    assert load.statuses == Counter({200: 5, 503: 5})
    assert (load.errors, len(load.latencies)) == (5, 5)


def test_a_connection_cut_short_is_an_error_and_the_client_goes_on(port: int) -> None:
    load = driven(port, _CUT, b"one", clients=1, requests=10)
    assert load.statuses == Counter({0: 5, 200: 5})


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        load = driven(listener.getsockname()[1], b"one", requests=4)
    assert load.statuses == Counter({0: 4})


def test_the_questions_sent_are_those_of_the_dev_split() -> None:
    asked = bodies("/v1/ask")
    assert len(asked) > 100
    assert all(body.startswith(b'{"question": "') for body in asked)
    assert all(body.startswith(b'{"query": "') for body in bodies("/v1/search"))
