"""Two runs side by side, question by question; refused where the questions are not the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from rag.errors import BaselineError
from rag.evaluation.metrics.confidence import Floats
from rag.evaluation.metrics.sets import Column
from rag.evaluation.records import Conditions
from rag.evaluation.report.record import RecordedQuestion
from rag.evaluation.report.verdicts import Verdict
from rag.evaluation.report.wording import shortened, shown
from rag.text.typography import typeset

_NAMED: Final = 10
_LONGEST: Final = 80
ACCEPT: Final = "sourcier eval JEU --documents … --split … --accept POURQUOI"
"""The command that makes a run the accepted one, for messages."""
_MEND: Final = (
    "Mesurez les mêmes questions (même jeu, même --split, même --every), ou faites de ce "
    f"résultat la nouvelle référence : {ACCEPT}."
)


class Results(Protocol):
    """What is kept of a run: a record (`Record`) or an accepted run (`Baseline`)."""

    @property
    def conditions(self) -> Conditions:
        """What it was made with."""

    @property
    def questions(self) -> tuple[RecordedQuestion, ...]:
        """Each question with what came of it; their ids differ."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs."""

    before: RecordedQuestion
    after: RecordedQuestion


def pairs_of(baseline: Results, run: Results) -> tuple[Pair, ...]:
    """The questions of both runs, in the order of ``run``.

    Raises:
        BaselineError: one run has no question, or their questions are not the same; see
            `check_same_questions`.
    """
    check_same_questions(baseline, {each.id: each.fingerprint for each in run.questions})
    before = {each.id: each for each in baseline.questions}
    return tuple(Pair(before[each.id], each) for each in run.questions)


def check_same_questions(baseline: Results, asked: Mapping[str, str]) -> None:
    """See that a baseline is of the questions asked: the same ids, texts and golds.

    A dataset whose digest changed for another reason (a category, a question of another
    split) is the same.

    Args:
        baseline: what to compare with.
        asked: the fingerprint (`rag.evaluation.fingerprints`) of each question, by its id.

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
    """The table of a set as `rag.evaluation.metrics.sets.table_of` makes it of outcomes.

    Shape ``(n, 8)``, columns as in `Column`; times, which records do not keep, are 0.
    """
    rows = [_row(question) for question in questions]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(Column))


def values_of(questions: Sequence[RecordedQuestion], name: str) -> Floats:
    """A measure of each question, shape ``(n,)``, NaN where it does not apply."""
    return np.array([each.values.get(name, np.nan) for each in questions], dtype=np.float64)


def _row(question: RecordedQuestion) -> list[float]:
    judged = float("right_answered" in question.values)
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
