"""All measures of single questions, together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.evaluation.metrics.citation_measures import citation_values
from rag.evaluation.metrics.ranking_measures import ranking_values
from rag.evaluation.metrics.segment_measures import segment_values
from rag.evaluation.metrics.short_answers import answer_values
from rag.evaluation.metrics.span_measures import DocumentOf, span_values
from rag.evaluation.runs import Outcome, Values

COSTS: Final = (1, 2, 5)
"""What a wrong answer costs, a right one bringing 1 and silence nothing."""


def measures_of(outcome: Outcome, documents: DocumentOf) -> Values:
    """The measures of one question but those of its ranking, by name.

    A measure that does not apply is not there; where the question was not put, those that
    apply are zero. The outcome's own ``values`` are not looked at.
    """
    return {
        **span_values(outcome, documents),
        **answer_values(outcome),
        **citation_values(outcome, documents),
        **segment_values(outcome, documents),
        **decision_values(outcome),
    }


def measured(outcomes: Sequence[Outcome], documents: DocumentOf) -> tuple[Outcome, ...]:
    """The outcomes of a run, in their order, each with all of its measures.

    Ranking is measured in one batch; the ids of the questions must differ.
    """
    ranked = ranking_values(outcomes)
    return tuple(
        replace(
            outcome,
            values={**ranked.get(outcome.query.id, {}), **measures_of(outcome, documents)},
        )
        for outcome in outcomes
    )


def decision_values(outcome: Outcome) -> Values:
    """What was given: ``answered``, ``given_right``, ``given_wrong``, ``invented``, utilities.

    ``right`` and the two that are given are there where the documents answer, ``invented``
    where they do not, ``utility@c`` for both. ``right`` alone is of the answer composed,
    given or not. Only ``answered`` is there where the golds are whole documents, for no
    answer can be told right or wrong by these.
    """
    put = outcome.examination is not None
    answered = put and outcome.answered
    values = {"answered": float(answered)}
    if not outcome.query.judged:
        return values
    right = put and outcome.composed_right
    gain, loss = float(answered and right), float(answered and not right)
    if outcome.query.answerable:
        values |= {"right": float(right), "given_right": gain, "given_wrong": loss}
    else:
        values["invented"] = loss
    return values | {f"utility@{cost}": gain - cost * loss for cost in COSTS}
