"""The head of the page: what the run was, and what became of its questions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.evaluation.records import Conditions, Outcome
from rag.evaluation.report.verdicts import FAILURES, Verdict, verdict_of
from rag.evaluation.report.wording import moment, number, percent, shortened

_LONGEST = 200
_DIGEST = len("sha256:") + 12
_COLON = "\u00a0: "


@dataclass(frozen=True, slots=True)
class Share:
    """How many questions had a verdict; ``shown`` is the count in words."""

    verdict: Verdict
    count: int
    shown: str


def tally_of(outcomes: Iterable[Outcome]) -> tuple[Share, ...]:
    """The verdicts that occur, from best to worst."""
    counts = Counter(map(verdict_of, outcomes))
    return tuple(
        Share(verdict, counts[verdict], number(counts[verdict]))
        for verdict in Verdict
        if counts[verdict]
    )


def lede_of(tally: Sequence[Share]) -> str:
    """The run in a sentence or two."""
    total = sum(share.count for share in tally)
    if not total:
        return "Aucune question n’a été posée."
    counts = {share.verdict: share.count for share in tally}
    failed = sum(counts.get(verdict, 0) for verdict in FAILURES)
    misled = counts.get(Verdict.WRONG, 0) + counts.get(Verdict.INVENTED, 0)
    questions = f"{number(total)} question{'s' if total > 1 else ''}"
    if not failed:
        return f"Sur {questions}, aucune n’est en échec."
    opening = (
        f"Sur {questions}, {number(failed)} {'sont' if failed > 1 else 'est'} en échec "
        f"({percent(failed / total)})"
    )
    if Verdict.FOUND in counts or Verdict.ABSENT in counts:
        return f"{opening}."
    if not misled:
        return f"{opening}, sans aucune réponse fausse."
    return (
        f"{opening}, dont {number(misled)} où une réponse fausse a été donnée "
        f"({percent(misled / total)})."
    )


def facts_of(
    conditions: Conditions, outcomes: Sequence[Outcome]
) -> tuple[tuple[str, str], ...]:
    """What the run was made with, as names and values."""
    answerable = sum(outcome.query.answerable for outcome in outcomes)
    facts = (
        ("Date", moment(conditions.created)),
        ("Modèle", conditions.model),
        ("Index", conditions.index),
        ("Seuil de confiance", percent(conditions.threshold)),
        ("Questions", _questions(len(outcomes), answerable)),
        ("Documents", number(conditions.documents)),
        ("Passages", number(conditions.passages)),
        ("Jugement par", "documents" if conditions.unit == "document" else "faits"),
        ("Version de Sourcier", conditions.version),
        ("Empreinte du jeu", shortened(conditions.digest, _DIGEST)),
    )
    return tuple((name, shortened(value, _LONGEST)) for name, value in facts)


def failures_lede(shown: int, total: int) -> str:
    """How many failed, and how many of them the page tells."""
    if not total:
        return "Aucune question n’est en échec."
    order = "Les réponses fausses viennent d’abord, les plus confiantes en tête."
    if total == 1:
        return "Une question est en échec."
    if shown == total:
        return f"Les {number(total)} questions en échec, par catégorie. {order}"
    return (
        f"{number(shown)} des {number(total)} questions en échec, les plus graves de chaque "
        f"catégorie\u00a0; {number(total - shown)} sont laissées de côté et se lisent dans "
        f"run.json, qui les contient toutes. {order}"
    )


def _questions(total: int, answerable: int) -> str:
    if answerable == total:
        return number(total)
    return f"{number(total)}, dont {number(total - answerable)} sans réponse possible"
