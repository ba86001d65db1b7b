"""Whether two runs hold what the gate judges by: a gate with nothing to judge must not pass."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from rag.errors import BaselineError
from rag.evaluation.metrics.names import METRIC
from rag.evaluation.metrics.sets import SET_MEASURES
from rag.evaluation.pairing import ACCEPT, Pair, listed, table_of_questions, values_of
from rag.evaluation.report.record import RecordedQuestion
from rag.evaluation.report.verdicts import Verdict
from rag.text.typography import typeset

GATED: Final = (
    "recall@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "span_recall@5",
    "sentence_hit@1",
    "sentence_hit@3",
    "contains_short",
    "citation_recall",
    "right",
    "utility@2",
    "auroc_answerable",
    "aurc",
)
"""What must not be significantly worse; ``docs/evaluation.md`` says why these."""
_RANKED: Final = ("recall@1", "recall@5", "mrr@10", "ndcg@10")
_QUOTED: Final = (
    "span_recall@5",
    "sentence_hit@1",
    "sentence_hit@3",
    "citation_recall",
    "right",
)
_BY_QUOTES: Final = frozenset({Verdict.RIGHT, Verdict.SHY, Verdict.MISSED, Verdict.WRONG})


def check_gateable(questions: Sequence[RecordedQuestion]) -> None:
    """See that a run measures what the gate judges by, as far as its questions allow.

    Raises:
        BaselineError: no question is answerable, or a metric that its questions call for
            is not there.
    """
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
    quoted = [each for each in answerable if _is_quoted(each)]
    unanswerable = [each for each in questions if not each.answerable]
    return [
        *((name, answerable) for name in _RANKED),
        *((name, quoted) for name in _QUOTED),
        ("utility@2", [*quoted, *unanswerable]),
    ]


def _is_quoted(question: RecordedQuestion) -> bool:
    return question.verdict in _BY_QUOTES or "right" in question.values


def check_measured_alike(pairs: Sequence[Pair]) -> None:
    """See that each gated metric applies to the same questions in both runs.

    Raises:
        BaselineError: one does not; the message names it and the questions.
    """
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
        told = [set_value(name, questions) is not None for questions in (before, after)]
        return "" if told[0] == told[1] else "le jeu entier"
    there = ~np.isnan(values_of(before, name)), ~np.isnan(values_of(after, name))
    differ = np.flatnonzero(there[0] != there[1]).tolist()
    return listed([after[row].id for row in differ])


def set_value(name: str, questions: Sequence[RecordedQuestion]) -> float | None:
    """A measure of a whole set; None where it cannot be told."""
    return SET_MEASURES[name](table_of_questions(questions), np.ones(len(questions)))
