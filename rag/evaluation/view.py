"""What is told of an evaluation, worked out once.

The terminal, the HTML report and the quality page each set it in their own words: the
figures chosen, verdicts counted, failures by category, what confidence is worth, what changed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import numpy as np

from rag.evaluation.metrics.set_measures import ReliabilityBin, reliability, risk_coverage
from rag.evaluation.run_comparison import ChangedQuestion
from rag.evaluation.runs import FAILURES, SERVED, Figure, Verdict
from rag.evaluation.statistics import Difference

TERMINAL_FIGURES: Final = (
    "given_right",
    "given_wrong",
    "invented",
    "utility@2",
    "right",
    "clean_right",
    "noise",
    "order",
    "completeness",
    "polarity",
    "contains_short",
    "quote_fidelity",
    "citation_precision",
    "citation_recall",
    "verbosity",
    "recall@1",
    "recall@5",
    "recall@10",
    "mrr@10",
    "ndcg@10",
    "span_recall@5",
    "sentence_hit@1",
    "sentence_hit@3",
    "auroc_answerable",
    "coverage@risk5",
    "coverage@risk10",
    "ece",
    "latency_p50",
    "latency_p95",
)
REPORT_FIGURES: Final = (
    "given_right",
    "given_wrong",
    "invented",
    "clean_right",
    "noise",
    "completeness",
    "quote_fidelity",
    "right",
    "recall@5",
    "mrr@10",
    "sentence_hit@3",
    "auroc_answerable",
    "coverage@risk5",
    "latency_p50",
)
PAGE_FIGURES: Final = (
    ("given", ("given_right", "given_wrong", "invented")),
    ("answer", ("clean_right", "noise", "completeness", "quote_fidelity")),
    ("find", ("recall@5", "recall@1", "ndcg@10")),
    ("silence", ("risk", "auroc_answerable", "coverage@risk5", "ece")),
    ("speed", ("latency_p50", "latency_p95")),
)
TERMINAL_BY_CATEGORY: Final = (
    "given_right",
    "given_wrong",
    "invented",
    "clean_right",
    "noise",
)
REPORT_BY_CATEGORY: Final = (
    "given_right",
    "given_wrong",
    "invented",
    "right",
    "first_right",
    "clean_right",
    "noise",
    "order",
    "completeness",
    "polarity",
    "contains_short",
    "recall@5",
    "sentence_hit@3",
)
PAGE_BY_CATEGORY: Final = (*TERMINAL_BY_CATEGORY, "order", "completeness", "polarity")

RECALL_DEPTHS: Final = (1, 5, 10, 100)
"""How deep the curves of recall look."""

NONE: Final = "–"
"""Stands for a figure that was not measured."""

MOST_FAILURES: Final = 200
"""Failed questions told in a report or on a page; ``run.json`` holds them all."""

_Item = TypeVar("_Item")


class JudgedQuestion(Protocol):
    """A question with what became of it: an `Outcome`, or what a record keeps of one."""

    @property
    def verdict(self) -> Verdict: ...  # noqa: D102

    @property
    def confidence(self) -> float | None:
        """That of the answer composed, 0 to 1; None where the question was not put."""

    @property
    def answered(self) -> bool: ...  # noqa: D102

    @property
    def composed_right(self) -> bool: ...  # noqa: D102


_Judged = TypeVar("_Judged", bound=JudgedQuestion)


@dataclass(frozen=True, slots=True)
class Operating:
    """Answering the surest questions: how many (``coverage``), how many wrongly (``risk``).

    Both are shares, 0 to 1, of the questions judged and of those answered.
    """

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """What confidence is worth: risk by ascending coverage, and whether it keeps its word.

    ``chosen`` is where the threshold stands, None where nothing was answered; ``bins`` are
    those of the reliability diagram.
    """

    curve: tuple[Operating, ...]
    chosen: Operating | None
    bins: tuple[ReliabilityBin, ...]


def tally_of(questions: Iterable[JudgedQuestion]) -> dict[Verdict, int]:
    """How many questions had each verdict that occurs, from best to worst."""
    counts = Counter(question.verdict for question in questions)
    return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}


def served(tally: Mapping[Verdict, int]) -> float:
    """The share of questions served as a person wants: answered rightly, or silent rightly."""
    return sum(tally.get(verdict, 0) for verdict in SERVED) / max(1, sum(tally.values()))


def worst_first(categories: Mapping[str, Mapping[Verdict, int]]) -> list[str]:
    """The categories by the share of their questions served, the worst first."""
    return sorted(categories, key=lambda name: (served(categories[name]), name))


def failed(tally: Mapping[Verdict, int]) -> int:
    """How many questions failed."""
    return sum(tally.get(verdict, 0) for verdict in FAILURES)


def by_category(
    items: Iterable[_Item], category: Callable[[_Item], str]
) -> dict[str, list[_Item]]:
    """Items under their category, both in the order of their first."""
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(category(item), []).append(item)
    return groups


def gravest_first(questions: Iterable[_Judged], verdicts: Sequence[Verdict]) -> list[_Judged]:
    """The questions of some verdicts, these gravest first, the most confident first in each.

    A wrong answer misleads the more, the surer it was.
    """

    def gravity(question: JudgedQuestion) -> tuple[int, float]:
        return verdicts.index(question.verdict), -(question.confidence or 0.0)

    return sorted((each for each in questions if each.verdict in verdicts), key=gravity)


def shares(sizes: Mapping[str, int], most: int) -> dict[str, int]:
    """How many of each category are told, of ``most`` in all.

    Dealt one by one, so that a large category does not crowd out the others; the smallest
    are served whole first.
    """
    dealt = {}
    left = most
    for served, (category, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        dealt[category] = min(size, left // (len(sizes) - served))
        left -= dealt[category]
    return dealt


def recall_by_depth(figures: Mapping[str, Figure], measure: str) -> list[tuple[int, Figure]]:
    """The depths at which ``recall`` or ``span_recall`` is known, with its figures."""
    return [
        (depth, figures[f"{measure}@{depth}"])
        for depth in RECALL_DEPTHS
        if f"{measure}@{depth}" in figures
    ]


def confidence_of(judged: Sequence[JudgedQuestion], points: int) -> Confidence:
    """What confidence is worth on the questions that can be told right or wrong.

    The curve has at most so many points; its ends are kept.
    """
    confidence = np.clip([each.confidence or 0.0 for each in judged], 0.0, 1.0)
    right = np.array([float(each.composed_right) for each in judged])
    curve = zip(*risk_coverage(confidence, right), strict=True)
    every = [Operating(float(coverage), float(risk)) for coverage, risk in curve]
    return Confidence(
        curve=tuple(thinned(every, points)),
        chosen=_chosen(judged),
        bins=reliability(confidence, right),
    )


def thinned(points: Sequence[Operating], most: int) -> list[Operating]:
    """At most so many points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(at * step)] for at in range(most)]


def moved(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """The differences that are not nil."""
    return {
        name: each for name, each in differences.items() if each.value or each.low or each.high
    }


def changed_by_kind(
    changed: Iterable[ChangedQuestion],
) -> list[tuple[Verdict, Verdict, list[ChangedQuestion]]]:
    """Questions by the verdicts that they went from and to, the largest group first."""
    kinds: dict[tuple[Verdict, Verdict], list[ChangedQuestion]] = {}
    for each in changed:
        kinds.setdefault((each.before, each.after), []).append(each)
    ordered = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    return [(before, after, questions) for (before, after), questions in ordered]


def _chosen(judged: Sequence[JudgedQuestion]) -> Operating | None:
    answered = [each for each in judged if each.answered and each.verdict is not Verdict.LOST]
    if not answered:
        return None
    wrong = sum(not each.composed_right for each in answered)
    return Operating(len(answered) / len(judged), wrong / len(answered))
