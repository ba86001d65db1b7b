"""From a run to its plots."""

from typing import Final

import numpy as np

from rag.evaluation.metrics.confidence import Floats, reliability, risk_coverage
from rag.evaluation.metrics.sets import Column, table_of
from rag.evaluation.records import Run, Summary
from rag.evaluation.report.plots.canvas import Plot
from rag.evaluation.report.plots.confidence import (
    Bin,
    Operating,
    reliability_plot,
    risk_plot,
)
from rag.evaluation.report.plots.latency import latency_plot
from rag.evaluation.report.plots.recall import recall_plot

_POINTS: Final = 400


def plots_of(run: Run, summary: Summary) -> tuple[Plot, ...]:
    """The plots that the run has something to show for."""
    table = table_of(run.outcomes)
    judged = table[table[:, Column.JUDGED] > 0]
    times = table[table[:, Column.PUT] > 0, Column.TOTAL]
    drawn = (
        recall_plot(summary.overall),
        risk_plot(_curve(judged), _chosen(judged)),
        reliability_plot(_bins(judged)),
        latency_plot(times.tolist()),
    )
    return tuple(plot for plot in drawn if plot is not None)


def _curve(judged: Floats) -> list[Operating]:
    """At most `_POINTS` points: a page needs no more, however many questions there are."""
    curve = risk_coverage(judged[:, Column.CONFIDENCE], judged[:, Column.RIGHT])
    count = len(curve.coverage)
    kept = np.unique(np.linspace(0, count - 1, min(count, _POINTS)).round().astype(np.int64))
    return [Operating(float(curve.coverage[i]), float(curve.risk[i])) for i in kept]


def _chosen(judged: Floats) -> Operating | None:
    """What the threshold of the settings gives; None where nothing was answered."""
    answered = judged[judged[:, Column.ANSWERED] > 0]
    if not len(answered):
        return None
    right = float(answered[:, Column.RIGHT].mean())
    return Operating(len(answered) / len(judged), 1 - right)


def _bins(judged: Floats) -> list[Bin]:
    return [
        Bin(each.low, each.high, each.confidence, each.right, int(each.count))
        for each in reliability(judged[:, Column.CONFIDENCE], judged[:, Column.RIGHT])
        if each.confidence is not None and each.right is not None
    ]
