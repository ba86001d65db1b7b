"""The HTTP service under load: ``python -m eval.bench.load``.

Serves ``documents/`` as `sourcier serve` does, from an index of its own, and asks it the
questions of our set (dev split, histories included) from 1, 4, 16 and 64 clients at once,
each sending its next question as soon as the last one is answered. Levels are gone through
in turn, several times, and ratios are taken within a round: a shared machine drifts. The
clients run in a process of their own, whose share of the processor is told: on two cores it
is taken from the server. About two minutes; ``--requests 10000`` instead sends so many from
16 clients, and watches the server's memory.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Final

from eval.bench.clients import Load, Plan, drive
from eval.bench.machine import describe_machine, heading
from eval.bench.server import Server, running_server
from rag.service import Watcher, update_index
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest

_EVAL: Final = Path(__file__).parent.parent
_DOCUMENTS: Final = _EVAL.parent / "documents"
_WARM_UP: Final = 200
_STEPS: Final = 10
_MANY: Final = 16

Driver = Callable[[Plan], Load]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=_levels, default=[1, 4, 16, 64], help="1,4,16,64")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each level, a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, help="send so many, and watch the memory")
    parser.add_argument("--path", default="/v1/ask", help="the path asked, /v1/search say")
    arguments = parser.parse_args()
    describe_machine()
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        index = _index(Path(folder))
        with running_server(index) as server:

            def run(plan: Plan) -> Load:
                return pool.submit(drive, plan).result()

            plan = Plan(
                server.host, server.port, bodies(arguments.path), 1, path=arguments.path
            )
            _warm_up(server, plan, run)
            if arguments.requests:
                watch_memory(server, plan, arguments.requests, run)
            else:
                measure_levels(server, plan, arguments, run)


def bodies(path: str) -> list[bytes]:
    """What is sent: each question of the dev split, with the turns before it."""
    lines = (_EVAL / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [line for line in map(json.loads, lines) if line["split"] == "dev"]
    name = "query" if path.endswith("search") else "question"
    return [
        json.dumps({name: line["question"], "history": line.get("history", [])}).encode()
        for line in asked
    ]


def measure_levels(
    server: Server, plan: Plan, arguments: argparse.Namespace, run: Driver
) -> None:
    """Throughput and latencies at each number of clients."""
    levels: list[int] = arguments.clients
    loads: dict[int, list[Load]] = {clients: [] for clients in levels}
    shares: dict[int, list[float]] = {clients: [] for clients in levels}
    resident = {0: server.resident}
    for _ in range(arguments.rounds):
        for clients in levels:
            before = server.cpu
            load = run(_with(plan, clients, seconds=arguments.seconds))
            loads[clients].append(load)
            shares[clients].append((server.cpu - before) / load.wall)
            resident[clients] = server.resident
    heading(
        f"{plan.path}, {len(plan.bodies)} questions, {arguments.rounds} rounds of "
        f"{arguments.seconds:g} s a level"
    )
    print(" clients  answers/s   × first      p50      p95      p99  errors  cores  clients'")
    for clients in levels:
        _print_level(clients, loads[clients], loads[levels[0]], shares[clients])
    print(
        f"resident memory: {resident[0]:.0f} MiB warm, then "
        + ", ".join(f"{resident[clients]:.0f} after {clients}" for clients in levels)
    )


def watch_memory(server: Server, plan: Plan, requests: int, run: Driver) -> None:
    """Resident memory as many requests go by."""
    heading(f"{requests} requests to {plan.path} from {_MANY} clients")
    print("     sent  answers/s  errors  resident")
    step = max(requests // _STEPS, 1)
    readings = [server.resident]
    errors = 0
    for sent in range(step, requests + 1, step):
        load = run(_with(plan, _MANY, requests=step))
        errors += load.errors
        readings.append(server.resident)
        print(f"  {sent:7} {load.throughput:10.1f} {errors:7} {readings[-1]:5.0f} MiB")
    print(
        f"{readings[0]:.0f} MiB when warm, {readings[-1] - readings[1]:+.1f} MiB from the "
        "first tenth to the last"
    )


def _warm_up(server: Server, plan: Plan, run: Driver) -> None:
    """Every thread and cache in place: at one client, then at many."""
    cold = server.resident
    for clients in (1, _MANY):
        load = run(_with(plan, clients, requests=_WARM_UP))
        if load.errors:
            raise SystemExit(f"Not served: {dict(load.statuses)}")
    print(f"resident memory: {cold:.0f} MiB ready, {server.resident:.0f} MiB warm")


def _with(
    plan: Plan, clients: int, seconds: float = float("inf"), requests: int | None = None
) -> Plan:
    return Plan(plan.host, plan.port, plan.bodies, clients, seconds, requests, plan.path)


def _print_level(
    clients: int, loads: list[Load], alone: list[Load], cores: list[float]
) -> None:
    taken = sorted(second * 1000 for load in loads for second in load.latencies)
    ratio = median(a.throughput / b.throughput for a, b in zip(loads, alone, strict=True))
    print(
        f"{clients:8} {median(load.throughput for load in loads):10.1f} {ratio:9.2f}"
        + "".join(f" {_quantile(taken, share):5.0f} ms" for share in (0.5, 0.95, 0.99))
        + f" {sum(load.errors for load in loads):7} {median(cores):6.2f}"
        + f" {median(load.cpu / load.wall for load in loads):9.2f}"
    )


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def _index(folder: Path) -> Path:
    plain = Settings()
    index = plain.index.model_copy(update={"directory": folder / "index"})
    settings = plain.model_copy(update={"index": index})
    update_index(settings, SyncRequest([_DOCUMENTS], "documents"), Watcher())
    return folder / "index"


def _levels(text: str) -> list[int]:
    levels = [int(part) for part in text.split(",")]
    if min(levels) < 1:
        raise argparse.ArgumentTypeError("a level is at least one client")
    return levels


if __name__ == "__main__":
    main()
