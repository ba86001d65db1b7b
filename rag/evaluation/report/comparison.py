"""What changed since an accepted run."""

from collections.abc import Mapping
from dataclasses import dataclass

from rag.evaluation.records import Conditions
from rag.evaluation.statistics import Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run held against a baseline of the same questions.

    ``baseline`` is what the baseline was made with. Differences are by metric over the
    whole set, and by category then metric. ``worse`` and ``better`` are the ids of the
    questions that fail anew, or no longer.
    """

    baseline: Conditions
    overall: Mapping[str, Difference]
    categories: Mapping[str, Mapping[str, Difference]]
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
