"""How long a question's stages take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rag.types import Timings

Stage = Literal["embed", "retrieve", "read", "compose"]


class Stopwatch:
    """What a question's stages take, from now on; ``embed`` seconds of it are over already.

    In any thread, one at a time. A stage within another counts for itself alone.
    """

    def __init__(self, embed: float = 0.0) -> None:
        self._started = time.perf_counter() - embed
        self._seconds: dict[Stage, float] = {
            "embed": embed,
            "retrieve": 0.0,
            "read": 0.0,
            "compose": 0.0,
        }
        self._within = 0.0

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Count the body's time as that of a stage."""
        began, before = time.perf_counter(), self._within
        self._within = 0.0
        try:
            yield
        finally:
            taken = time.perf_counter() - began
            self._seconds[stage] += taken - self._within
            self._within = before + taken

    def timings(self) -> Timings:
        """The stages so far, and all the time since the question was put."""
        total = time.perf_counter() - self._started
        return Timings(
            **{stage: _ms(taken) for stage, taken in self._seconds.items()}, total=_ms(total)
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
