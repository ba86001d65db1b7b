import time

import pytest

from rag.service.stopwatch import Stopwatch


def test_a_stage_within_another_counts_for_itself_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    watch = Stopwatch(embed=0.5)
    with watch.stage("retrieve"):
        now += 1.0
        for _ in range(2):
            with watch.stage("read"):
                now += 2.0
        now += 0.25
    with watch.stage("compose"):
        now += 3.0
    now += 1.0
    told = watch.timings()
    assert (told.embed, told.retrieve, told.read, told.compose) == (500, 1250, 4000, 3000)
    assert told.total == 9750


def test_a_stage_that_fails_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    watch = Stopwatch()

    def fail() -> None:
        nonlocal now
        with watch.stage("compose"):
            now += 1.0
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert watch.timings().compose == 1000
