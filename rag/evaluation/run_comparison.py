"""What changed between two runs on the same questions: every measure, and each verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from rag.errors import BaselineError
from rag.evaluation.french import shortened, shown
from rag.evaluation.metrics.definitions import METRICS, Metric, MetricUnit
from rag.evaluation.metrics.set_measures import SET_MEASURES, Column
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import FAILURES, Conditions, Verdict
from rag.evaluation.statistics import (
    RESAMPLES,
    SET_RESAMPLES,
    Difference,
    Floats,
    paired_difference,
    paired_statistic,
)
from rag.text.typography import typeset

COMPARED: Final = tuple(each for each in METRICS if each.unit is not MetricUnit.MILLISECONDS)
"""What is compared: all but times, which tell of the machine as much as of the run."""

_CATEGORY_RESAMPLES: Final = 500
_LEAST_RESAMPLES: Final = 500
_ROWS_OF_MEANS: Final = 20_000_000
_ROWS_OF_SETS: Final = 1_000_000
_NAMED: Final = 10
_LONGEST: Final = 80
ACCEPT: Final = "sourcier eval JEU --documents … --split … --accept POURQUOI"
"""The command that makes a run the accepted one, for messages."""

_MEND: Final = (
    "Mesurez les mêmes questions (même jeu, même --split, même --every), ou faites de ce "
    f"résultat la nouvelle référence : {ACCEPT}."
)


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question whose verdict is not what it was."""

    id: str
    question: str
    category: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run held against a baseline of the same questions.

    ``baseline`` is what the baseline was made with. Differences are by metric over the
    whole set, and by category then metric. ``worse`` and ``better`` are the ids of the
    questions that fail anew, or no longer; ``changed`` are all whose verdict changed.
    """

    baseline: Conditions
    overall: Mapping[str, Difference]
    categories: Mapping[str, Mapping[str, Difference]]
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    changed: tuple[ChangedQuestion, ...] = ()


class Results(Protocol):
    """What is kept of a run: a `Record`, or a `Baseline`; the questions' ids differ."""

    @property
    def conditions(self) -> Conditions: ...  # noqa: D102

    @property
    def questions(self) -> tuple[RecordedQuestion, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs."""

    before: RecordedQuestion
    after: RecordedQuestion


def compare(baseline: Results, run: Results) -> Comparison:
    """How a run differs from a baseline, over the whole set and by category.

    A difference is the run less the baseline, over the questions to which the measure
    applies in both. A category is that of the run. Questions are ``worse`` where they fail
    anew (`rag.evaluation.runs.FAILURES`), ``better`` where they no longer do.

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
        overall=_differences(pairs, COMPARED, SET_RESAMPLES),
        categories={
            name: _differences(by_category[name], apart, _CATEGORY_RESAMPLES)
            for name in sorted(by_category)
        },
        worse=tuple(each.id for each in changed if _fails_anew(each.before, each.after)),
        better=tuple(each.id for each in changed if _fails_anew(each.after, each.before)),
        changed=changed,
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
    pairs: Sequence[Pair], metrics: Sequence[Metric], set_resamples: int
) -> Mapping[str, Difference]:
    before = [pair.before for pair in pairs]
    after = [pair.after for pair in pairs]
    tables = table_of_questions(before), table_of_questions(after)
    found = {
        metric.name: (
            _of_set(metric.name, *tables, set_resamples)
            if metric.name in SET_MEASURES
            else _of_means(values_of(before, metric.name), values_of(after, metric.name))
        )
        for metric in metrics
    }
    return {name: each for name, each in found.items() if each is not None}


def _of_means(before: Floats, after: Floats) -> Difference | None:
    differences = after - before
    count = int((~np.isnan(differences)).sum())
    if count and not np.nan_to_num(differences).any():
        return _none(count)
    resamples = _bounded(RESAMPLES, _ROWS_OF_MEANS, len(before))
    return paired_difference(before, after, resamples=resamples)


def _of_set(name: str, before: Floats, after: Floats, most: int) -> Difference | None:
    measure = SET_MEASURES[name]
    if not np.array_equal(before, after):
        resamples = _bounded(most, _ROWS_OF_SETS, len(before))
        return paired_statistic(before, after, measure, resamples=resamples)
    ones = np.ones(len(before))
    return None if measure(before, ones) is None else _none(len(before))


def _none(count: int) -> Difference:
    """No difference at all, which needs no draws."""
    return Difference(0.0, 0.0, 0.0, 1.0, 1.0, count)


def pairs_of(baseline: Results, run: Results) -> tuple[Pair, ...]:
    """The questions of both runs, in the order of ``run``; see `check_same_questions`."""
    check_same_questions(baseline, {each.id: each.fingerprint for each in run.questions})
    before = {each.id: each for each in baseline.questions}
    return tuple(Pair(before[each.id], each) for each in run.questions)


def check_same_questions(baseline: Results, asked: Mapping[str, str]) -> None:
    """See that a baseline is of the questions asked: the same ids, texts and golds.

    A dataset whose digest changed for another reason (a category, a question of another
    split) is the same. ``asked`` is each question's `fingerprint`, by its id.

    Raises:
        BaselineError: there is no question, ids are in one run only, or what is asked or
            expected has changed; the message counts and names them.
    """
    if not asked or not baseline.questions:
        which = "La référence" if asked else "Le résultat mesuré"
        raise BaselineError(
            typeset(f"{which} ne contient aucune question : il n'y a rien à comparer. {_MEND}")
        )
    before = {each.id: each.fingerprint for each in baseline.questions}
    faults = [
        _fault("question de la référence n'est pas", "questions de la référence ne sont pas",
               "ici", [name for name in before if name not in asked]),
        _fault("question d'ici n'est pas", "questions d'ici ne sont pas",
               "dans la référence", [name for name in asked if name not in before]),
        _fault("question n'a plus", "questions n'ont plus",
               "le même texte ou les mêmes réponses attendues",
               [name for name in asked if before.get(name, asked[name]) != asked[name]]),
    ]  # fmt: skip
    told = " ; ".join(filter(None, faults))
    if told:
        raise BaselineError(
            typeset(
                f"La référence ({named(baseline.conditions)}) n'est pas de ces questions : "
                f"{told}. {_MEND}"
            )
        )


def table_of_questions(questions: Iterable[RecordedQuestion]) -> Floats:
    """The table of a set as `table_of` in `set_measures` makes it of outcomes.

    Shape ``(n, 8)``, columns as in `Column`; times, which records do not keep, are 0.
    """
    rows = [_row(question) for question in questions]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(Column))


def values_of(questions: Sequence[RecordedQuestion], name: str) -> Floats:
    """A measure of each question, shape ``(n,)``, NaN where it does not apply."""
    return np.array([each.values.get(name, np.nan) for each in questions], dtype=np.float64)


def _row(question: RecordedQuestion) -> list[float]:
    judged = float("utility@2" in question.values)
    if question.verdict is Verdict.LOST:
        return [0.0, 0.0, question.answerable, 0.0, judged, 0.0, 0.0, 0.0]
    right = question.answerable and question.right
    known = question.confidence or 0.0, right, question.answerable, question.answered, judged
    return [*map(float, known), 1.0, 0.0, 0.0]


def _fault(one: str, several: str, what: str, ids: Sequence[str]) -> str:
    if not ids:
        return ""
    return f"{len(ids)} {one if len(ids) == 1 else several} {what} ({listed(ids)})"


def listed(ids: Sequence[str], most: int = _NAMED) -> str:
    """At most ``most`` ids, each cut to 80 characters, then « et N autres »."""
    told = ", ".join(shown(shortened(each, _LONGEST)) for each in ids[:most])
    left = len(ids) - most
    if left <= 0:
        return told
    return f"{told} et {left} {'autre' if left == 1 else 'autres'}"


def named(conditions: Conditions) -> str:
    """The dataset and its part, in at most 80 characters that can be shown."""
    split = f", partie {conditions.split}" if conditions.split else ""
    return shown(shortened(f"{conditions.dataset}{split}", _LONGEST))
