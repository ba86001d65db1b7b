"""Makes a run the accepted one: for a reason, which names what is given up for it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from rag.errors import BaselineError
from rag.evaluation.baseline import Acceptance, Baseline, Former
from rag.evaluation.bounds import BoundCheck, check_bounds, tightened
from rag.evaluation.category_losses import CategoryLoss, category_losses
from rag.evaluation.run_comparison import named
from rag.evaluation.run_record import Record
from rag.text.typography import typeset

MAIN: Final = (
    "given_right",
    "given_wrong",
    "invented",
    "utility@2",
    "right",
    "clean_right",
    "noise",
    "completeness",
    "contains_short",
    "quote_fidelity",
    "recall@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "sentence_hit@1",
    "sentence_hit@3",
    "auroc_answerable",
    "coverage@risk5",
)
"""The figures that the history keeps of each acceptance."""

_DIGITS: Final = 4
_LONGEST_WHY: Final = 2000


def checked_why(why: str) -> str:
    """A reason as it is written down: one line, white space folded, 2000 characters at most."""
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


def accept(record: Record, why: str, former: Former) -> Baseline:
    """Make a run the accepted one; what the one it takes the place of hands on is kept.

    Raises:
        BaselineError: categories lose too many of the questions that were served well, and
            the reason does not name them; or a bound is passed. Bounds set on other
            questions are not handed on.
    """
    told = checked_why(why)
    _check_named(category_losses(former.questions, record.questions), told)
    others = former.questions and not any(
        each.id in former.questions for each in record.questions
    )
    bounds = {} if others else former.bounds
    _check_within(check_bounds(bounds, record.questions))
    figures, conditions = record.summary.overall, record.conditions
    acceptance = Acceptance(
        date=conditions.created,
        version=conditions.version,
        why=told,
        figures={name: round(figures[name].value, _DIGITS) for name in MAIN if name in figures},
        questions=f"{named(conditions)}, {len(record.questions)}",
    )
    return Baseline(
        conditions,
        tuple(replace(each, answer="") for each in record.questions),
        (*former.history, acceptance),
        tightened(bounds, record.questions),
    )


def _check_named(losses: Iterable[CategoryLoss], why: str) -> None:
    unnamed = [each for each in losses if each.failed and not each.named_in(why)]
    if unnamed:
        told = " ; ".join(f"{each.label} : {each.before} → {each.after}" for each in unnamed)
        raise BaselineError(
            typeset(
                f"Des types de questions sont moins bien servis, et la raison ne les nomme "
                f"pas : {told}. Si vous l'acceptez, nommez-les dans --accept."
            )
        )


def _check_within(checks: Iterable[BoundCheck]) -> None:
    failed = [each for each in checks if each.failed]
    if failed:
        told = " ; ".join(
            f"{each.measure.label} ({each.measure.name}), {each.bound}" for each in failed
        )
        raise BaselineError(
            typeset(
                f"Ce résultat passe des bornes de la référence : {told}. Si vous l'acceptez, "
                "changez d'abord leur nombre dans le fichier, sous « bounds »."
            )
        )
