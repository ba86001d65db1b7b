"""What goes wrong around a real server process, and what it does about it."""

import json
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.web.serving import RunningServer, serving

QUESTION = {"question": "Quand ouvre le Salon de la donnée ?"}
BODY = json.dumps(QUESTION).encode()
MEGABYTE = 1_000_000
HASTY = {"SOURCIER_SERVER__READ_SECONDS": "1.0"}


@pytest.fixture
def own_index(real_index: Path, tmp_path: Path) -> Path:
    """An index that a test may change."""
    return Path(shutil.copytree(real_index, tmp_path / "index"))


@pytest.fixture(scope="module")
def hasty(
    real_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server that waits for nobody longer than a second, over an index of its own."""
    index = tmp_path_factory.mktemp("hasty") / "index"
    with serving(Path(shutil.copytree(real_index, index)), environment=HASTY) as server:
        yield server


def head(length: int, path: str = "/v1/ask") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {length}\r\nconnection: close\r\n\r\n"
    ).encode()


def everything(sent: socket.socket) -> bytes:
    """All that comes until the server hangs up, in a minute at most."""
    sent.settimeout(60)
    gathered = b""
    while part := sent.recv(65_536):
        gathered += part
    return gathered


def status(server: RunningServer, path: str = "/readyz") -> int:
    with server.client() as client:
        return client.get(path).status_code


def asked(server: RunningServer) -> int:
    with server.client() as client:
        return client.post("/v1/ask", json=QUESTION).status_code


def test_what_is_under_way_ends_before_the_server_does(own_index: Path) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        server = stack.enter_context(serving(own_index))
        halves = [
            stack.enter_context(socket.create_connection(server.address)) for _ in range(16)
        ]
        for each in halves:
            each.sendall(head(len(BODY)) + BODY[:10])
        # An answer that comes after those bytes were sent: the server has them too.
        assert asked(server) == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_log("Shutting down")
        with pytest.raises(OSError, match=r"refused|reset"):
            socket.create_connection(server.address).close()
        for each in halves:
            each.sendall(BODY[10:])
        for answer in pool.map(everything, halves):
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["answered"]
        assert server.process.wait(60) == 0


def test_who_never_finishes_does_not_keep_it_from_stopping(own_index: Path) -> None:
    environment = {
        "SOURCIER_SERVER__SHUTDOWN_SECONDS": "1",
        "SOURCIER_SERVER__LOG_QUESTIONS": "true",
    }
    with (
        serving(own_index, environment=environment) as server,
        socket.create_connection(server.address) as stuck,
    ):
        stuck.sendall(head(1000) + b"{")
        assert asked(server) == 200
        assert server.stop() == 0
    assert any(QUESTION["question"] in line for line in server.log)


def test_fifty_megabytes_are_refused_and_not_kept(running_server: RunningServer) -> None:
    process = psutil.Process(running_server.process.pid)
    assert asked(running_server) == 200
    before = process.memory_info().rss
    with running_server.client() as client:
        for _ in range(3):
            announced = client.post("/v1/ask", content=b"x" * 50 * MEGABYTE)
            assert announced.status_code == 413
            assert announced.json()["type"] == "urn:sourcier:problem:too-large"
            unannounced = client.post(
                "/v1/ask",
                content=(b"x" * MEGABYTE for _ in range(50)),
                headers={"content-type": "application/json"},
            )
            assert unannounced.status_code == 413
    assert process.memory_info().rss - before < 40 * MEGABYTE
    assert asked(running_server) == 200


def test_slow_clients_are_told_so_and_keep_nobody_waiting(hasty: RunningServer) -> None:
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(hasty.address)) for _ in range(100)
        ]
        for number, each in enumerate(slow):
            each.sendall(head(1000) + b"{" if number % 2 else b"POST /v1/ask HTTP/1.1\r\nx:")
        assert [asked(hasty) for _ in range(5)] == [200] * 5
        answers = [everything(each) for each in slow]
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers[1::2])
    assert all(answer == b"" for answer in answers[::2])


def test_clients_that_leave_take_their_questions_with_them(
    running_server: RunningServer,
) -> None:
    for _ in range(50):
        with socket.create_connection(running_server.address) as leaving:
            leaving.sendall(head(len(BODY)) + BODY)
    assert asked(running_server) == 200
    with running_server.client() as client:
        assert "sourcier_questions_waiting 0.0" in client.get("/metrics").text
    assert not [line for line in running_server.log if "sourcier.failure" in line]


def test_an_index_comes_goes_and_comes_back_under_a_server(
    real_index: Path, tmp_path: Path
) -> None:
    index, aside = tmp_path / "index", tmp_path / "aside"
    with serving(index) as server:
        assert [status(server), status(server, "/healthz")] == [503, 200]
        shutil.copytree(real_index, index, dirs_exist_ok=True)
        server.wait_until(lambda: status(server) == 200)
        assert asked(server) == 200
        index.rename(aside)
        assert asked(server) == 503
        assert [status(server), status(server, "/healthz")] == [503, 200]
        aside.rename(index)
        server.wait_until(lambda: status(server) == 200)
        assert asked(server) == 200
        assert server.stop(signal.SIGINT) == 0
    assert "arrêté" in server.log[-1]
    lines = [json.loads(line) for line in server.log[:-1]]
    requests = [line for line in lines if line["logger"] == "sourcier.request"]
    assert [line["status"] for line in requests if line["route"] == "/v1/ask"] == [
        200,
        503,
        200,
    ]
    assert len({line["request_id"] for line in requests}) == len(requests)
    assert "Salon" not in "".join(server.log)


def test_what_is_sent_to_one_server_is_answered_by_another(hasty: RunningServer) -> None:
    content = "# Cantine\n\nLa cantine ferme à 15 heures.\n"
    with serving(hasty.index) as other:
        assert asked(hasty) == asked(other) == 200
        with hasty.client() as client:
            sent = client.post("/v1/documents", files={"files": ("cantine.md", content)})
            assert sent.status_code == 202
            hasty.wait_until(lambda: state(hasty, sent.headers["location"]) == "done")
        for server in (hasty, other):
            server.wait_until(lambda: documents(server) == 3)  # noqa: B023
            assert asked(server) == 200


def state(server: RunningServer, job: str) -> str:
    with server.client() as client:
        return str(client.get(job).json()["state"])


def documents(server: RunningServer) -> int:
    server.wait_until(lambda: status(server) == 200)
    with server.client() as client:
        return int(client.get("/readyz").json()["documents"])


def test_many_at_once_are_all_answered(running_server: RunningServer) -> None:
    barrier = threading.Barrier(16)

    def one(_: int) -> int:
        barrier.wait(60)
        return asked(running_server)

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(16))) == [200] * 16
