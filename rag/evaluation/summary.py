"""The figures of a run: every measure over the whole set, and by category."""

from collections.abc import Mapping, Sequence

import numpy as np

from rag.evaluation.metrics.names import METRICS, Metric
from rag.evaluation.metrics.sets import SET_MEASURES, Column, table_of
from rag.evaluation.records import Figure, Outcome, Summary
from rag.evaluation.statistics import (
    RESAMPLES,
    Interval,
    bootstrap_means,
    bootstrap_statistic,
)


def summarise(
    outcomes: Sequence[Outcome], seed: int = 0, resamples: int = RESAMPLES
) -> Summary:
    """All figures of a run whose outcomes have their values.

    Metrics stand in the order of `METRICS`, categories in alphabetical order. A metric that
    applies to no question is not there; a category has those that tell something of one
    category alone. ``count`` is the number of questions that a figure is over.

    Args:
        outcomes: the questions with what came of them and their ``values``.
        seed: what the bootstrap starts from.
        resamples: how many times it draws the questions.
    """
    names = sorted({outcome.query.category for outcome in outcomes})
    by_category = {
        name: [outcome for outcome in outcomes if outcome.query.category == name]
        for name in names
    }
    apart = [metric for metric in METRICS if metric.by_category]
    return Summary(
        overall=_figures(outcomes, METRICS, seed, resamples),
        categories={
            name: _figures(chosen, apart, seed, resamples)
            for name, chosen in by_category.items()
        },
    )


def _figures(
    outcomes: Sequence[Outcome], metrics: Sequence[Metric], seed: int, resamples: int
) -> Mapping[str, Figure]:
    if not outcomes:
        return {}
    single = [metric.name for metric in metrics if metric.name not in SET_MEASURES]
    found = _means(outcomes, single, seed, resamples)
    # A bootstrap replays the order of the rows; sorted, each measure's own sort is quick.
    table = table_of(outcomes)
    table = table[np.argsort(-table[:, Column.CONFIDENCE], kind="stable")]
    for name in [metric.name for metric in metrics if metric.name in SET_MEASURES]:
        measure = SET_MEASURES[name]
        interval = bootstrap_statistic(table, measure, seed)
        if interval is not None:
            found[name] = _figure(interval, measure.count(table))
    return {metric.name: found[metric.name] for metric in metrics if metric.name in found}


def _means(
    outcomes: Sequence[Outcome], names: Sequence[str], seed: int, resamples: int
) -> dict[str, Figure]:
    values = np.array(
        [[outcome.values.get(name, np.nan) for name in names] for outcome in outcomes],
        dtype=np.float64,
    )
    counts = (~np.isnan(values)).sum(axis=0)
    intervals = bootstrap_means(values, seed, resamples)
    return {
        name: _figure(interval, int(count))
        for name, interval, count in zip(names, intervals, counts, strict=True)
        if interval is not None
    }


def _figure(interval: Interval, count: int) -> Figure:
    return Figure(interval.value, interval.low, interval.high, count)
