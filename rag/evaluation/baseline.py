"""The accepted run: what later ones are judged by, and why it was accepted."""

from dataclasses import dataclass, replace
from typing import Final

from rag.errors import BaselineError
from rag.evaluation.records import Conditions, Values
from rag.evaluation.report.record import Record, RecordedQuestion
from rag.text.typography import typeset

MAIN: Final = (
    "recall@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "sentence_hit@1",
    "sentence_hit@3",
    "right",
    "contains_short",
    "quote_fidelity",
    "auroc_answerable",
    "coverage@risk5",
)
"""The figures that the history keeps of each acceptance."""

_DIGITS: Final = 4
_LONGEST_WHY: Final = 2000


@dataclass(frozen=True, slots=True)
class Acceptance:
    """When a run was accepted (ISO 8601), by which version, why, and what it reached.

    ``figures`` are those of `MAIN` that apply, to four decimals.
    """

    date: str
    version: str
    why: str
    figures: Values


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted run, and the acceptances up to its own, oldest first.

    Its questions carry no ``answer``.
    """

    conditions: Conditions
    questions: tuple[RecordedQuestion, ...]
    history: tuple[Acceptance, ...]


def checked_why(why: str) -> str:
    """A reason as it is written down: one line, white space folded.

    Raises:
        BaselineError: it says nothing, or is longer than 2000 characters.
    """
    told = " ".join(why.split())
    if not any(map(str.isalnum, told)):
        raise BaselineError(
            typeset(
                "La raison est vide : dites pourquoi ce résultat devient la référence, par "
                'exemple --accept "Nouveau découpage des tableaux".'
            )
        )
    if len(told) > _LONGEST_WHY:
        raise BaselineError(
            typeset(
                f"La raison a {len(told)} caractères ; résumez-la en {_LONGEST_WHY} au plus."
            )
        )
    return told


def accept(record: Record, why: str, previous: Baseline | None = None) -> Baseline:
    """Make a run the accepted one.

    Args:
        record: the run.
        why: why it becomes what others are judged by.
        previous: the baseline that it takes the place of; its history is kept.

    Raises:
        BaselineError: ``why`` says nothing.
    """
    figures = record.summary.overall
    acceptance = Acceptance(
        date=record.conditions.created,
        version=record.conditions.version,
        why=checked_why(why),
        figures={name: round(figures[name].value, _DIGITS) for name in MAIN if name in figures},
    )
    return Baseline(
        record.conditions,
        tuple(_without_answer(each) for each in record.questions),
        (*(previous.history if previous else ()), acceptance),
    )


def _without_answer(question: RecordedQuestion) -> RecordedQuestion:
    return replace(question, answer="")
