"""All measures of single questions, together."""

from collections.abc import Sequence
from dataclasses import replace

from rag.evaluation.metrics.answers import answer_values
from rag.evaluation.metrics.citations import citation_values
from rag.evaluation.metrics.decisions import decision_values
from rag.evaluation.metrics.extents import DocumentOf
from rag.evaluation.metrics.ranking import ranking_values
from rag.evaluation.metrics.spans import span_values
from rag.evaluation.records import Outcome, Values


def values_of(outcome: Outcome, documents: DocumentOf) -> Values:
    """The measures of one question but those of its ranking, by name.

    A measure that does not apply is not there; where the question was not put, those that
    apply are zero.

    Args:
        outcome: the question with what came of it; its ``values`` are not looked at.
        documents: gives a document of the index by its id; raises ``IndexingError`` or
            ``KeyError`` for an unknown one.
    """
    return {
        **span_values(outcome, documents),
        **answer_values(outcome),
        **citation_values(outcome, documents),
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
            values={**ranked.get(outcome.query.id, {}), **values_of(outcome, documents)},
        )
        for outcome in outcomes
    )
