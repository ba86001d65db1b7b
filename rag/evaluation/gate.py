"""Whether a run may pass: no worse than the accepted one, and never a wrong quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.errors import BaselineError
from rag.evaluation.baseline import Baseline
from rag.evaluation.bounds import BoundCheck, check_bounds
from rag.evaluation.category_losses import CategoryLoss, category_losses
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.metrics.set_measures import SET_MEASURES, Column
from rag.evaluation.run_comparison import (
    ACCEPT,
    Comparison,
    Pair,
    Results,
    compare,
    listed,
    pairs_of,
    table_of_questions,
    values_of,
)
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import Verdict
from rag.evaluation.statistics import Difference, Floats, holm
from rag.text.typography import typeset

FIDELITY: Final = "quote_fidelity"
"""What must be 1 for every question, whatever the baseline."""

SIGNIFICANCE: Final = 0.05
GATED: Final = (
    "mrr@10",
    "sentence_hit@3",
    "clean_right",
    "utility@2",
    "auroc_answerable",
)
"""What must not be significantly worse, each better higher; one for each thing that is done.

Finding passages, choosing sentences, composing an answer, giving it or not, knowing.
``docs/evaluation.md`` says why these.
"""

_RANKED: Final = ("mrr@10",)
_QUOTED: Final = ("sentence_hit@3", "clean_right", "given_right")
_BY_QUOTES: Final = frozenset({Verdict.RIGHT, Verdict.SHY, Verdict.MISSED, Verdict.WRONG})


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question with a measure in the accepted run and in this one.

    For a measure of a whole set it is the confidence, from −1 to 1, negative where it is
    confidence in an answer that should not be given.
    """

    id: str
    question: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class GatedMetric:
    """A metric that was judged.

    ``before`` and ``after`` are its values in the accepted run and in this one, ``adjusted``
    is the one-sided p-value of ``difference`` (worse by chance) after Holm's correction.
    ``failed``: worse, and ``adjusted`` under 0.05. ``worse`` and ``better`` are all the
    questions that changed, those that changed most first.
    """

    name: str
    before: float
    after: float
    difference: Difference
    adjusted: float
    failed: bool
    worse: tuple[QuestionChange, ...]
    better: tuple[QuestionChange, ...]


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Whether every quote was what its document says.

    ``checked`` counts the questions with quotes; ``wrong`` are those with a wrong one and
    their share of exact quotes, below 1.
    """

    checked: int
    wrong: tuple[tuple[str, float], ...]

    @property
    def failed(self) -> bool:
        """A quote is wrong, or none was there to be checked."""
        return bool(self.wrong) or not self.checked


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate says of a run, and all that it says it on."""

    fidelity: Fidelity
    bounds: tuple[BoundCheck, ...]
    categories: tuple[CategoryLoss, ...]
    metrics: tuple[GatedMetric, ...]
    comparison: Comparison

    @property
    def passed(self) -> bool:
        """Whether the run may be released."""
        return not (
            self.fidelity.failed
            or any(each.failed for each in self.bounds)
            or any(each.failed for each in self.categories)
            or any(each.failed for each in self.metrics)
        )


def judge(run: Results, baseline: Baseline) -> Judgement:
    """Judge a run by the accepted one.

    It fails where a quote is not what its document says, where a bound is passed, where a
    category loses too many of the questions that were served well, or where a metric of
    `GATED` is worse with a one-sided p-value of Fisher's randomisation test under 0.05 after
    the correction of Holm (*A simple sequentially rejective multiple test procedure*, 1979)
    over all that are tested: the chance that a run no worse at all fails these tests is
    under 5 % in all.

    Raises:
        BaselineError: the two are not of the same questions, or what is gated was not
            measured of the same ones in both, so that the gate would judge nothing.
    """
    pairs = pairs_of(baseline, run)
    check_gateable(run.questions)
    _check_measured_alike(pairs)
    comparison = compare(baseline, run)
    judged = {name: comparison.overall[name] for name in GATED if name in comparison.overall}
    corrected = holm({name: each.p_lower for name, each in judged.items()})
    return Judgement(
        fidelity=_fidelity(run.questions),
        bounds=check_bounds(baseline.bounds, run.questions),
        categories=category_losses(
            {each.id: each for each in baseline.questions}, run.questions
        ),
        metrics=tuple(
            _gated(name, difference, corrected[name], pairs)
            for name, difference in judged.items()
        ),
        comparison=comparison,
    )


def _fidelity(questions: Sequence[RecordedQuestion]) -> Fidelity:
    shares = [(each.id, each.values[FIDELITY]) for each in questions if FIDELITY in each.values]
    return Fidelity(len(shares), tuple(each for each in shares if each[1] < 1))


def _value(name: str, questions: Sequence[RecordedQuestion]) -> float:
    if name in SET_MEASURES:
        return _set_value(name, questions) or 0.0
    return float(np.nanmean(values_of(questions, name)))


def _gated(
    name: str, difference: Difference, adjusted: float, pairs: Sequence[Pair]
) -> GatedMetric:
    before = _worth(name, [pair.before for pair in pairs])
    after = _worth(name, [pair.after for pair in pairs])
    gains = np.nan_to_num(after - before)
    order = np.argsort(-np.abs(gains), kind="stable").tolist()
    changes = [
        (
            gains[row],
            QuestionChange(
                pairs[row].after.id,
                pairs[row].after.question,
                float(before[row]),
                float(after[row]),
            ),
        )
        for row in order
        if gains[row]
    ]
    value = _value(name, [pair.after for pair in pairs])
    return GatedMetric(
        name=name,
        before=value - difference.value,
        after=value,
        difference=difference,
        adjusted=adjusted,
        failed=difference.value < 0 and adjusted < SIGNIFICANCE,
        worse=tuple(change for gain, change in changes if gain < 0),
        better=tuple(change for gain, change in changes if gain > 0),
    )


def _worth(name: str, questions: Sequence[RecordedQuestion]) -> Floats:
    """What each question brings to a metric, NaN where it does not apply.

    To the measure of a whole set (how confidence orders the questions) that is its
    confidence, negative where nothing answers.
    """
    if name not in SET_MEASURES:
        return values_of(questions, name)
    table = table_of_questions(questions)
    return table[:, Column.CONFIDENCE] * (2 * table[:, Column.ANSWERABLE] - 1)


def check_gateable(questions: Sequence[RecordedQuestion]) -> None:
    """See that a run measures what the gate judges by, as far as its questions allow."""
    answerable = [each for each in questions if each.answerable]
    if not answerable:
        raise BaselineError(
            typeset(
                "Aucune question n'a de réponse dans les documents : rien ne dirait que les "
                "réponses se dégradent. Donnez un jeu dont une partie des questions a une "
                "réponse."
            )
        )
    faults = [
        f"{name} pour {listed(missing)}"
        for name, over in _called_for(questions, answerable)
        if (missing := [each.id for each in over if name not in each.values])
    ]
    if faults:
        raise BaselineError(
            typeset(
                f"Des mesures que juge le contrôle manquent : {' ; '.join(faults)}. Refaites "
                "l'évaluation avec cette version."
            )
        )


def _called_for(
    questions: Sequence[RecordedQuestion], answerable: Sequence[RecordedQuestion]
) -> list[tuple[str, Sequence[RecordedQuestion]]]:
    """Each metric that must be there, with the questions that it must be there for."""
    quoted = [
        each for each in answerable if each.verdict in _BY_QUOTES or "right" in each.values
    ]
    unanswerable = [each for each in questions if not each.answerable]
    return [
        *((name, answerable) for name in _RANKED),
        *((name, quoted) for name in _QUOTED),
        ("invented", unanswerable),
        ("utility@2", [*quoted, *unanswerable]),
    ]


def _check_measured_alike(pairs: Sequence[Pair]) -> None:
    """See that each gated metric applies to the same questions in both runs."""
    before = [pair.before for pair in pairs]
    after = [pair.after for pair in pairs]
    for name in GATED:
        unlike = _unlike(name, before, after)
        if unlike:
            raise BaselineError(
                typeset(
                    f"{METRIC[name].label} ({name}) n'est pas mesuré sur les mêmes questions "
                    f"dans la référence et ici ({unlike}) : le contrôle jugerait à tort. "
                    f"Refaites la référence avec cette version : {ACCEPT}."
                )
            )


def _unlike(
    name: str, before: Sequence[RecordedQuestion], after: Sequence[RecordedQuestion]
) -> str:
    """The questions that a metric applies to in one run only, in words; "" for none."""
    if name in SET_MEASURES:
        told = [_set_value(name, questions) is not None for questions in (before, after)]
        return "" if told[0] == told[1] else "le jeu entier"
    there = ~np.isnan(values_of(before, name)), ~np.isnan(values_of(after, name))
    differ = np.flatnonzero(there[0] != there[1]).tolist()
    return listed([after[row].id for row in differ])


def _set_value(name: str, questions: Sequence[RecordedQuestion]) -> float | None:
    return SET_MEASURES[name](table_of_questions(questions), np.ones(len(questions)))
