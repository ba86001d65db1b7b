"""What the decision to answer, or to keep silent, was worth."""

from typing import Final

from rag.evaluation.metrics.facts import is_judged
from rag.evaluation.records import Outcome, Values

COSTS: Final = (1, 2, 5)
"""What a wrong answer costs, a right one bringing 1 and silence nothing."""


def decision_values(outcome: Outcome) -> Values:
    """``answered``, ``right``, ``right_answered``, ``wrong_answered`` and ``utility@c``.

    ``right`` is there where the documents answer, and is of the answer composed, given or
    not; the others are of the answer given. Only ``answered`` is there where the golds are
    whole documents, for no answer can be told right or wrong by these.
    """
    put = outcome.examination is not None
    answered = put and outcome.answered
    values = {"answered": float(answered)}
    if not is_judged(outcome.query):
        return values
    right = put and composed_right(outcome)
    if outcome.query.answerable:
        values["right"] = float(right)
    values["right_answered"] = float(answered and right)
    values["wrong_answered"] = float(answered and not right)
    gain = values["right_answered"]
    return values | {
        f"utility@{cost}": gain - cost * values["wrong_answered"] for cost in COSTS
    }


def composed_right(outcome: Outcome) -> bool:
    """Whether the answer composed is right; never where nothing answers the question."""
    return outcome.query.answerable and outcome.right
