"""The time of one question, by stage, and the memory it takes to answer."""

import json
import time
from pathlib import Path
from statistics import median, quantiles

import psutil

from eval.bench.machine import heading
from rag.embedding.factory import open_embedder
from rag.service import Searcher
from rag.settings import Settings
from rag.types import Answer

QUESTIONS = Path(__file__).parent.parent / "questions.jsonl"
_WARM_UP = 10


def measure_asking(settings: Settings) -> None:
    """Ask every question of our set, each beside its embedding alone."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    embedder = open_embedder(settings.embedding)
    with Searcher.open(settings) as searcher:
        for question in questions[:_WARM_UP]:
            searcher.ask(question)
        answers, alone, whole = [], [], []
        for question in questions:
            text = searcher.read(question).search_text
            started = time.perf_counter()
            embedder.embed_queries([text])
            embedded = time.perf_counter()
            answers.append(searcher.ask(question))
            whole.append((time.perf_counter() - embedded) * 1000)
            alone.append((embedded - started) * 1000)
    heading(f"One question, {len(questions)} asked one after the other")
    _print_stage("embedding alone", alone)
    for stage in ("embed", "retrieve", "compose"):
        _print_stage(stage, [_stage(answer, stage) for answer in answers])
    _print_stage("end to end", whole)
    ratio = median(a / b for a, b in zip(whole, alone, strict=True))
    print(f"  end to end is {ratio:.2f} times the embedding alone (median of pairs)")
    resident = psutil.Process().memory_info().rss / 2**20
    print(f"  resident memory of this process, benchmark included: {resident:.0f} MiB")


def _stage(answer: Answer, name: str) -> float:
    value = getattr(answer.timings_ms, name)
    assert isinstance(value, float)  # noqa: S101 – a field of Timings
    return value


def _print_stage(name: str, milliseconds: list[float]) -> None:
    p95 = quantiles(milliseconds, n=20)[-1]
    print(f"  {name:18} p50 {median(milliseconds):7.2f} ms   p95 {p95:7.2f} ms")
