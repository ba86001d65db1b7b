"""Measures that a whole set has and a single question has not, by name.

They read a table with a row for each question, so that a bootstrap can count rows more
than once and a randomisation test can exchange those of two runs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from rag.evaluation.metrics.confidence import (
    Floats,
    aurc,
    auroc,
    brier,
    coverage_at_risk,
    ece,
)
from rag.evaluation.metrics.decisions import composed_right
from rag.evaluation.metrics.facts import is_judged
from rag.evaluation.records import Outcome
from rag.evaluation.statistics import Statistic


class Column(IntEnum):
    """A column of the table of a set.

    ``JUDGED`` is 1 where an answer can be told right or wrong, ``PUT`` where the question
    could be put at all; times are in milliseconds, 0 where it could not.
    """

    CONFIDENCE = 0
    RIGHT = 1
    ANSWERABLE = 2
    ANSWERED = 3
    JUDGED = 4
    PUT = 5
    TOTAL = 6
    EMBED = 7


@dataclass(frozen=True, slots=True)
class SetMeasure:
    """A measure of a set: called with a table and how often each of its rows counts.

    ``statistic`` is taken over the rows that hold 1 in every column of ``over``.
    """

    statistic: Statistic
    over: tuple[Column, ...] = ()

    def __call__(self, table: Floats, weights: Floats) -> float | None:
        """The measure of a table, rows counted ``weights`` times; None where untold."""
        return self.statistic(table, weights * self._rows(table))

    def count(self, table: Floats) -> int:
        """How many questions of a table it is over."""
        return int(self._rows(table).sum())

    def _rows(self, table: Floats) -> Floats:
        rows: Floats = table[:, self.over].prod(axis=1)
        return rows


def table_of(outcomes: Iterable[Outcome]) -> Floats:
    """The table of a set, shape ``(n, 8)``, columns as in `Column`.

    A question that could not be put has confidence 0 and is not answered.
    """
    rows = [_row(outcome) for outcome in outcomes]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(Column))


def percentile(values: Floats, share: float, weights: Floats) -> float | None:
    """The least value that at least a share of the weight does not exceed (nearest rank).

    None where nothing weighs. ``share`` is 0 to 1.
    """
    if not weights.sum():
        return None
    return float(np.quantile(values, share, method="inverted_cdf", weights=weights))


def _row(outcome: Outcome) -> list[float]:
    judged, answerable = is_judged(outcome.query), outcome.query.answerable
    if outcome.examination is None:
        return [0.0, 0.0, answerable, 0.0, judged, 0.0, 0.0, 0.0]
    answer = outcome.examination.answer
    right, times = composed_right(outcome), answer.timings_ms
    known = answer.confidence, right, answerable, outcome.answered, judged
    return [*map(float, known), 1.0, times.total, times.embed]


def _risk(table: Floats, weights: Floats) -> float | None:
    total = float(weights.sum())
    return float((weights * (1 - table[:, Column.RIGHT])).sum()) / total if total else None


def _auroc(positive: Column) -> Statistic:
    return lambda table, weights: auroc(
        table[:, Column.CONFIDENCE], table[:, positive], weights
    )


def _graded(measure: Callable[[Floats, Floats, Floats], float | None]) -> Statistic:
    return lambda table, weights: measure(
        table[:, Column.CONFIDENCE], table[:, Column.RIGHT], weights
    )


def _coverage(risk: float) -> Statistic:
    return lambda table, weights: coverage_at_risk(
        table[:, Column.CONFIDENCE],
        table[:, Column.RIGHT],
        table[:, Column.ANSWERABLE],
        risk,
        weights,
    )


def _time(column: Column, share: float) -> Statistic:
    return lambda table, weights: percentile(table[:, column], share, weights)


_JUDGED: Final = (Column.JUDGED,)
_PUT: Final = (Column.PUT,)

SET_MEASURES: Final[Mapping[str, SetMeasure]] = MappingProxyType(
    {
        "risk": SetMeasure(_risk, (Column.JUDGED, Column.ANSWERED)),
        "auroc_answerable": SetMeasure(_auroc(Column.ANSWERABLE)),
        "auroc_right": SetMeasure(_auroc(Column.RIGHT), _JUDGED),
        "aurc": SetMeasure(_graded(aurc), _JUDGED),
        "coverage@risk5": SetMeasure(_coverage(0.05), _JUDGED),
        "coverage@risk10": SetMeasure(_coverage(0.10), _JUDGED),
        "brier": SetMeasure(_graded(brier), _JUDGED),
        "ece": SetMeasure(_graded(ece), _JUDGED),
        "latency_p50": SetMeasure(_time(Column.TOTAL, 0.50), _PUT),
        "latency_p95": SetMeasure(_time(Column.TOTAL, 0.95), _PUT),
        "embed_p50": SetMeasure(_time(Column.EMBED, 0.50), _PUT),
        "embed_p95": SetMeasure(_time(Column.EMBED, 0.95), _PUT),
    }
)
"""Each measure of a set by its name."""
