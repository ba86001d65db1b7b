"""What no run may fall short of, whatever the accepted one reached: floors and ceilings.

A baseline that is accepted again and again may sink by small steps; its bounds do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.run_record import RecordedQuestion

MARGIN: Final = 0.05
"""How far a bound stands from what was measured when it was set, in the worse direction."""

_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class BoundedMeasure:
    """A measure with a bound: ``metric`` over the categories that begin with ``prefix``."""

    name: str
    metric: str
    prefix: str = ""

    def value(self, questions: Sequence[RecordedQuestion]) -> float | None:
        """The mean over the questions that it applies to; None where there is none."""
        values = [
            each.values[self.metric]
            for each in questions
            if self.metric in each.values and each.category.startswith(self.prefix)
        ]
        return float(np.mean(values)) if values else None

    @property
    def is_floor(self) -> bool:
        """Whether values under the bound are too bad; those over it, else."""
        return METRIC[self.metric].higher_is_better is True

    @property
    def label(self) -> str:
        """The measure in French, with the questions that it is over."""
        return f"{METRIC[self.metric].label}{_OVER[self.prefix]}"


_OVER: Final = {"": "", "near": " (sujet voisin)", "far": " (autre sujet)"}

BOUNDED: Final = (
    BoundedMeasure("given_right", "given_right"),
    BoundedMeasure("clean_right", "clean_right"),
    BoundedMeasure("noise", "noise"),
    BoundedMeasure("invented_near", "invented", "near"),
    BoundedMeasure("invented_far", "invented", "far"),
)
"""What is bounded; ``docs/evaluation.md`` says why."""


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A measure held against its bound; ``value`` is None where nothing was measured."""

    measure: BoundedMeasure
    bound: float
    value: float | None

    @property
    def failed(self) -> bool:
        """Worse than the bound, or not measured."""
        if self.value is None:
            return True
        return self.value < self.bound if self.measure.is_floor else self.value > self.bound


def check_bounds(
    bounds: Mapping[str, float], questions: Sequence[RecordedQuestion]
) -> tuple[BoundCheck, ...]:
    """Each bounded measure that has a bound, in the order of `BOUNDED`."""
    return tuple(
        BoundCheck(measure, bounds[measure.name], measure.value(questions))
        for measure in BOUNDED
        if measure.name in bounds
    )


def tightened(
    bounds: Mapping[str, float], questions: Sequence[RecordedQuestion]
) -> dict[str, float]:
    """The bounds after a run is accepted: each within `MARGIN` of it, and never loosened.

    To loosen one, its number is changed in the file, by hand and for all to see.
    """
    found = {measure.name: _set_by(measure, questions) for measure in BOUNDED}
    tight = {**bounds, **{name: bound for name, bound in found.items() if bound is not None}}
    for measure in BOUNDED:
        if measure.name in bounds:
            best = max if measure.is_floor else min
            former = bounds[measure.name]
            tight[measure.name] = best(former, tight[measure.name])
    return tight


def _set_by(measure: BoundedMeasure, questions: Sequence[RecordedQuestion]) -> float | None:
    value = measure.value(questions)
    if value is None:
        return None
    bound = value - MARGIN if measure.is_floor else value + MARGIN
    return round(min(1.0, max(0.0, bound)), _DIGITS)
