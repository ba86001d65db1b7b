"""What changed between two runs on the same questions: every measure, and each verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.evaluation.metrics.confidence import Floats
from rag.evaluation.metrics.names import METRICS, Metric, MetricUnit
from rag.evaluation.metrics.sets import SET_MEASURES
from rag.evaluation.pairing import Pair, Results, pairs_of, table_of_questions, values_of
from rag.evaluation.report.comparison import Comparison
from rag.evaluation.report.verdicts import FAILURES, Verdict
from rag.evaluation.statistics import (
    RESAMPLES,
    SET_RESAMPLES,
    Difference,
    paired_difference,
    paired_statistic,
)

COMPARED: Final = tuple(each for each in METRICS if each.unit is not MetricUnit.MILLISECONDS)
"""What is compared: all but times, which tell of the machine as much as of the run."""

_CATEGORY_RESAMPLES: Final = 500
_LEAST_RESAMPLES: Final = 500
_ROWS_OF_MEANS: Final = 20_000_000
_ROWS_OF_SETS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question whose verdict is not what it was."""

    id: str
    question: str
    category: str
    before: Verdict
    after: Verdict


def compare(baseline: Results, run: Results, seed: int = 0) -> Comparison:
    """How a run differs from a baseline, over the whole set and by category.

    A difference is the run less the baseline, over the questions to which the measure
    applies in both. A category is that of the run. Questions are ``worse`` where they fail
    anew (`rag.evaluation.report.verdicts.FAILURES`), ``better`` where they no longer do.

    Args:
        baseline: what to compare with.
        run: what is compared.
        seed: what the random draws start from.

    Raises:
        BaselineError: the two are not of the same questions.
    """
    pairs = pairs_of(baseline, run)
    by_category: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_category.setdefault(pair.after.category, []).append(pair)
    apart = [metric for metric in COMPARED if metric.by_category]
    changed = changed_questions(pairs)
    return Comparison(
        baseline=baseline.conditions,
        overall=_differences(pairs, COMPARED, seed, SET_RESAMPLES),
        categories={
            name: _differences(by_category[name], apart, seed, _CATEGORY_RESAMPLES)
            for name in sorted(by_category)
        },
        worse=tuple(each.id for each in changed if _fails_anew(each.before, each.after)),
        better=tuple(each.id for each in changed if _fails_anew(each.after, each.before)),
    )


def changed_questions(pairs: Iterable[Pair]) -> tuple[ChangedQuestion, ...]:
    """The questions whose verdict changed, in their order."""
    return tuple(
        ChangedQuestion(
            pair.after.id,
            pair.after.question,
            pair.after.category,
            pair.before.verdict,
            pair.after.verdict,
        )
        for pair in pairs
        if pair.before.verdict is not pair.after.verdict
    )


def _fails_anew(before: Verdict, after: Verdict) -> bool:
    return before not in FAILURES and after in FAILURES


def _bounded(most: int, rows: int, questions: int) -> int:
    """At most ``most`` resamples, fewer where they would draw over ``rows`` questions."""
    return max(_LEAST_RESAMPLES, min(most, rows // max(questions, 1)))


def _differences(
    pairs: Sequence[Pair], metrics: Sequence[Metric], seed: int, set_resamples: int
) -> Mapping[str, Difference]:
    before = [pair.before for pair in pairs]
    after = [pair.after for pair in pairs]
    tables = table_of_questions(before), table_of_questions(after)
    found = {
        metric.name: (
            _of_set(metric.name, *tables, seed, set_resamples)
            if metric.name in SET_MEASURES
            else _of_means(values_of(before, metric.name), values_of(after, metric.name), seed)
        )
        for metric in metrics
    }
    return {name: each for name, each in found.items() if each is not None}


def _of_means(before: Floats, after: Floats, seed: int) -> Difference | None:
    differences = after - before
    count = int((~np.isnan(differences)).sum())
    if count and not np.nan_to_num(differences).any():
        return _none(count)
    resamples = _bounded(RESAMPLES, _ROWS_OF_MEANS, len(before))
    return paired_difference(before, after, seed, resamples)


def _of_set(
    name: str, before: Floats, after: Floats, seed: int, most: int
) -> Difference | None:
    measure = SET_MEASURES[name]
    if not np.array_equal(before, after):
        resamples = _bounded(most, _ROWS_OF_SETS, len(before))
        return paired_statistic(before, after, measure, seed, resamples)
    ones = np.ones(len(before))
    return None if measure(before, ones) is None else _none(len(before))


def _none(count: int) -> Difference:
    """No difference at all, which needs no draws."""
    return Difference(0.0, 0.0, 0.0, 1.0, count)
