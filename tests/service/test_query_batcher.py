import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.protocols import FloatMatrix
from rag.service.query_batcher import QueryBatcher


class Gated:
    """Embeds a text as its length, when let through; keeps the batches it was given."""

    def __init__(self, opened: bool = False) -> None:
        self.batches: list[tuple[str, ...]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        if opened:
            self.gate.set()

    def __call__(self, texts: Sequence[str]) -> FloatMatrix:
        self.batches.append(tuple(texts))
        self.entered.release()
        self.gate.wait()
        if "poison" in texts:
            raise ValueError("poison")
        return np.array([[len(text)] for text in texts], np.float32)


async def _first_in(embed: Gated, batcher: QueryBatcher) -> asyncio.Task[FloatMatrix]:
    """A call whose batch is being computed."""
    first = asyncio.ensure_future(batcher.embed(["premier"]))
    await asyncio.to_thread(embed.entered.acquire)
    return first


def test_those_that_wait_are_embedded_together() -> None:
    embed = Gated()

    async def run() -> None:
        batcher = QueryBatcher(embed, 16)
        first = await _first_in(embed, batcher)
        rest = [asyncio.ensure_future(batcher.embed(["x" * n])) for n in (1, 2, 3)]
        await asyncio.sleep(0)
        embed.gate.set()
        assert (await first).tolist() == [[7.0]]
        assert [(await each).tolist() for each in rest] == [[[1.0]], [[2.0]], [[3.0]]]
        batcher.close()

    asyncio.run(run())
    assert embed.batches == [("premier",), ("x", "xx", "xxx")]


def test_a_batch_is_bounded_and_a_call_is_never_parted() -> None:
    embed = Gated()

    async def run() -> None:
        batcher = QueryBatcher(embed, 3)
        first = await _first_in(embed, batcher)
        calls = (["a", "b"], ["c", "d"], ["e"], ["f", "g", "h", "i"], ["j"])
        rest = [asyncio.ensure_future(batcher.embed(texts)) for texts in calls]
        await asyncio.sleep(0)
        embed.gate.set()
        await asyncio.gather(first, *rest)
        batcher.close()

    asyncio.run(run())
    assert embed.batches[1:] == [
        ("a", "b"),
        ("c", "d", "e"),
        ("f", "g", "h", "i"),
        ("j",),
    ]


def test_whoever_left_is_not_embedded() -> None:
    embed = Gated()

    async def run() -> None:
        batcher = QueryBatcher(embed, 16)
        first = await _first_in(embed, batcher)
        gone = asyncio.ensure_future(batcher.embed(["parti"]))
        stays = asyncio.ensure_future(batcher.embed(["reste"]))
        await asyncio.sleep(0)
        gone.cancel()
        first.cancel()
        await asyncio.wait({gone, first})
        embed.gate.set()
        assert (await stays).tolist() == [[5.0]]
        batcher.close()

    asyncio.run(run())
    assert embed.batches == [("premier",), ("reste",)]


def test_a_failure_reaches_those_of_its_batch_alone() -> None:
    embed = Gated()

    async def run() -> None:
        batcher = QueryBatcher(embed, 2)
        first = await _first_in(embed, batcher)
        tasks = [
            asyncio.ensure_future(batcher.embed([text])) for text in ("poison", "voisin", "va")
        ]
        await asyncio.sleep(0)
        embed.gate.set()
        await first
        for failed in tasks[:2]:
            with pytest.raises(ValueError, match="poison"):
                await failed
        assert (await tasks[2]).tolist() == [[2.0]]
        assert (await batcher.embed(["encore"])).tolist() == [[6.0]]
        batcher.close()

    asyncio.run(run())


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=4), max_size=20))
def test_everyone_gets_their_own(calls: list[list[str]]) -> None:
    async def run() -> list[FloatMatrix]:
        batcher = QueryBatcher(Gated(opened=True), 5)
        try:
            return await asyncio.gather(*(batcher.embed(texts) for texts in calls))
        finally:
            batcher.close()

    found = asyncio.run(run())
    assert [each[:, 0].tolist() for each in found] == [
        [float(len(text)) for text in texts] for texts in calls
    ]
