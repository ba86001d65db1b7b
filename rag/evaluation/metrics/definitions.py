"""Every metric by name, in the order in which figures are shown, as a French reader sees it.

Formulas, ranges and sources stand in ``docs/evaluation.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rag.text.typography import typeset


class MetricUnit(StrEnum):
    """What a figure is counted in.

    ``SHARE``: 0 to 1, shown as a percentage. ``SCORE``: 0 to 1, shown as it is. ``RATIO``:
    0 and up. ``GAIN``: points by question, at most 1. ``MILLISECONDS``: wall-clock time.
    """

    SHARE = "share"
    SCORE = "score"
    RATIO = "ratio"
    GAIN = "gain"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as it is shown.

    ``higher_is_better`` is None where neither direction is. ``by_category`` is false where
    it tells nothing of one category alone.
    """

    name: str
    label: str
    definition: str
    unit: MetricUnit = MetricUnit.SHARE
    higher_is_better: bool | None = True
    by_category: bool = True


def _recall(k: int) -> Metric:
    where = "au premier rang" if k == 1 else f"parmi les {k} premiers rangs"
    return Metric(
        f"recall@{k}",
        f"Rappel à {k}",
        f"Part de ce qui répond (faits ou documents) trouvée {where}.",
    )


def _span_recall(k: int) -> Metric:
    where = "le premier passage" if k == 1 else f"un des {k} premiers passages"
    return Metric(
        f"span_recall@{k}",
        f"Extrait entier à {k}",
        f"Part des faits dont un extrait attendu tient tout entier dans {where}.",
    )


def _sentence_hit(k: int) -> Metric:
    where = (
        "la première phrase classée" if k == 1 else f"une des {k} premières phrases classées"
    )
    return Metric(
        f"sentence_hit@{k}",
        f"Phrase juste à {k}",
        f"Part des faits dont un extrait attendu tient tout entier dans {where}.",
    )


def _utility(cost: int) -> Metric:
    return Metric(
        f"utility@{cost}",
        f"Utilité, erreur à {cost}",
        f"Gain moyen par question : 1 pour une réponse juste, −{cost} pour une fausse, "
        "0 pour un silence.",
        MetricUnit.GAIN,
    )


def _coverage(risk: int) -> Metric:
    return Metric(
        f"coverage@risk{risk}",
        f"Couverture à {risk} % de risque",
        "Part des questions ayant une réponse auxquelles on peut répondre sans que plus de "
        f"{risk} % des réponses données soient fausses.",
        by_category=False,
    )


def _time(name: str, label: str, what: str, share: int) -> Metric:
    return Metric(
        f"{name}_p{share}",
        f"{label}, {'médiane' if share == 50 else f'{share}e centile'}",
        f"{what} : {share} % des questions ne prennent pas plus.",
        MetricUnit.MILLISECONDS,
        higher_is_better=False,
    )


_GIVEN: Final = (
    Metric(
        "given_right",
        "Réponses justes données",
        "Part des questions ayant une réponse qui en reçoivent une juste.",
    ),
    Metric(
        "given_wrong",
        "Réponses fausses données",
        "Part des questions ayant une réponse qui en reçoivent une fausse.",
        higher_is_better=False,
    ),
    Metric(
        "invented",
        "Réponses à tort",
        "Part des questions sans réponse possible qui en reçoivent une.",
        higher_is_better=False,
    ),
    Metric(
        "answered",
        "Réponses données",
        "Part des questions où la confiance atteint le seuil.",
        higher_is_better=None,
    ),
    Metric(
        "risk",
        "Risque au seuil",
        "Part de fausses parmi les réponses données.",
        higher_is_better=False,
    ),
    _utility(1),
    _utility(2),
    _utility(5),
)

_COMPOSED: Final = (
    Metric(
        "right",
        "Réponses justes, données ou non",
        "Part des questions ayant une réponse où celle composée, donnée ou non, cite ce "
        "qu’il faut pour chaque fait.",
    ),
    Metric(
        "first_right",
        "Réponse d’emblée",
        "Part des réponses dont le premier extrait, en-têtes et introductions passés, est "
        "ce qui répond.",
    ),
    Metric(
        "clean_right",
        "Justes d’emblée",
        "Part des réponses à la fois justes et qui commencent par ce qui répond.",
    ),
    Metric(
        "order",
        "Rang de ce qui répond",
        "Inverse du rang du premier extrait de la réponse qui répond, 0 si aucun ne répond.",
        MetricUnit.SCORE,
    ),
    Metric(
        "noise",
        "Bruit",
        "Part des caractères cités hors de ce qui répond, de sa phrase et de ce qui "
        "l’introduit.",
        higher_is_better=False,
    ),
    Metric(
        "completeness",
        "Complétude (F2)",
        "Moyenne harmonique pondérée de la part des faits cités, comptée quatre fois, et de "
        "la part de ce qui est cité à bon escient.",
        MetricUnit.SCORE,
    ),
    Metric(
        "polarity",
        "Oui ou non",
        "Part des questions fermées où la réponse commence par ce qui tranche, dans le bon "
        "sens.",
    ),
)

_ANSWERS: Final = (
    Metric(
        "contains_short",
        "Réponse courte présente",
        "Part des réponses courtes attendues que dit la réponse, aux variantes d’écriture "
        "près (une seule suffit quand elles sont au choix).",
    ),
    Metric(
        "squad_em",
        "Correspondance exacte (SQuAD)",
        "Part des questions où le passage surligné est, mot pour mot, une réponse courte.",
    ),
    Metric(
        "squad_f1",
        "F1 (SQuAD)",
        "Mots communs au passage surligné et à la réponse courte la plus proche : moyenne "
        "harmonique de la précision et du rappel.",
        MetricUnit.SCORE,
    ),
    Metric(
        "quote_fidelity",
        "Fidélité des citations",
        "Part des citations que le document, relu, contient au caractère près.",
    ),
    Metric(
        "citation_precision",
        "Précision des citations",
        "Part des citations qui touchent un extrait attendu.",
    ),
    Metric(
        "citation_recall",
        "Rappel des citations",
        "Part des faits dont au moins la moitié d’un extrait attendu est citée.",
    ),
    Metric(
        "verbosity",
        "Verbosité",
        "Caractères cités pour un caractère attendu, par question.",
        MetricUnit.RATIO,
        higher_is_better=False,
    ),
)

_RANKING: Final = (
    _recall(1),
    _recall(5),
    _recall(10),
    _recall(100),
    Metric(
        "mrr@10",
        "MRR à 10",
        "Inverse du rang du premier résultat pertinent, 0 au-delà du dixième.",
        MetricUnit.SCORE,
    ),
    Metric(
        "ndcg@10",
        "nDCG à 10",
        "Gain cumulé des dix premiers résultats, décompté selon le rang, rapporté à celui "
        "du meilleur classement possible.",
        MetricUnit.SCORE,
    ),
    _span_recall(1),
    _span_recall(5),
    _span_recall(10),
    _sentence_hit(1),
    _sentence_hit(2),
    _sentence_hit(3),
)

_CONFIDENCE: Final = (
    Metric(
        "auroc_answerable",
        "AUROC, question avec ou sans réponse",
        "Probabilité qu’une question ayant une réponse reçoive plus de confiance qu’une "
        "question qui n’en a pas.",
        MetricUnit.SCORE,
        by_category=False,
    ),
    Metric(
        "auroc_right",
        "AUROC, réponse juste ou fausse",
        "Probabilité qu’une réponse juste reçoive plus de confiance qu’une fausse.",
        MetricUnit.SCORE,
    ),
    Metric(
        "aurc",
        "Aire sous la courbe risque–couverture",
        "Moyenne, sur tous les seuils, de la part de réponses fausses parmi les données.",
        MetricUnit.SCORE,
        higher_is_better=False,
        by_category=False,
    ),
    _coverage(5),
    _coverage(10),
    Metric(
        "brier",
        "Score de Brier",
        "Écart quadratique moyen entre la confiance et la justesse (1 ou 0).",
        MetricUnit.SCORE,
        higher_is_better=False,
    ),
    Metric(
        "ece",
        "Erreur de calibration",
        "Écart moyen, sur dix classes de confiance, entre la confiance et la part de "
        "réponses justes.",
        MetricUnit.SCORE,
        higher_is_better=False,
        by_category=False,
    ),
)

_TIMES: Final = (
    _time("latency", "Temps de réponse", "Temps total d’une question", 50),
    _time("latency", "Temps de réponse", "Temps total d’une question", 95),
    _time("embed", "Temps de vectorisation", "Temps pour vectoriser la question", 50),
    _time("embed", "Temps de vectorisation", "Temps pour vectoriser la question", 95),
)

METRICS: Final = tuple(
    replace(each, label=typeset(each.label), definition=typeset(each.definition))
    for each in (*_GIVEN, *_COMPOSED, *_ANSWERS, *_RANKING, *_CONFIDENCE, *_TIMES)
)
"""All metrics, in the order in which they are shown."""

METRIC: Final[Mapping[str, Metric]] = MappingProxyType({each.name: each for each in METRICS})
"""Each metric by its name."""
