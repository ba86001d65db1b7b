"""What became of each question, in one word."""

from enum import StrEnum

from rag.evaluation.metrics.facts import is_judged
from rag.evaluation.records import Outcome

_FIRST = 10


class Verdict(StrEnum):
    """What became of a question, from best to worst.

    ``RIGHT``: answerable, answered, right. ``FOUND``: whole documents were expected, so
    that no answer can be told right, and one is among the first ten. ``QUIET``: nothing
    answers it, and the service kept silent. ``SHY``: the answer composed was right, but
    kept back for want of confidence. ``MISSED``: answerable, kept silent, and the answer
    composed was not right. ``ABSENT``: whole documents were expected, and none is among
    the first ten. ``LOST``: the question could not be put. ``WRONG``: answerable,
    answered, not right. ``INVENTED``: nothing answers it, yet it was answered.
    """

    RIGHT = "right"
    FOUND = "found"
    QUIET = "quiet"
    SHY = "shy"
    MISSED = "missed"
    ABSENT = "absent"
    LOST = "lost"
    WRONG = "wrong"
    INVENTED = "invented"

    @property
    def label(self) -> str:
        """The verdict in French, for one question."""
        return _LABELS[self]

    @property
    def meaning(self) -> str:
        """The verdict explained in French."""
        return _MEANINGS[self]


FAILURES = (Verdict.WRONG, Verdict.INVENTED, Verdict.MISSED, Verdict.ABSENT, Verdict.LOST)
"""The verdicts that count as failures, gravest first."""

_LABELS = {
    Verdict.RIGHT: "réponse juste",
    Verdict.FOUND: "document trouvé",
    Verdict.QUIET: "silence à raison",
    Verdict.SHY: "réponse juste, mais tue",
    Verdict.MISSED: "silence, réponse non trouvée",
    Verdict.ABSENT: "document introuvable",
    Verdict.LOST: "question non posée",
    Verdict.WRONG: "réponse fausse",
    Verdict.INVENTED: "réponse à tort",
}
_MEANINGS = {
    Verdict.RIGHT: "Les documents répondent, et la réponse cite le passage attendu.",
    Verdict.FOUND: "Un document attendu est parmi les dix premiers.",
    Verdict.QUIET: "Les documents ne répondent pas, et le service s’est tu.",
    Verdict.SHY: "La réponse préparée était juste, mais la confiance est sous le seuil.",
    Verdict.MISSED: "Les documents répondent\u00a0; le service s’est tu, et la réponse "
    "préparée n’était pas la bonne.",
    Verdict.ABSENT: "Aucun document attendu n’est parmi les dix premiers.",
    Verdict.LOST: "La question n’a pas pu être posée\u00a0; toutes ses mesures comptent zéro.",
    Verdict.WRONG: "Les documents répondent, mais la réponse donnée cite autre chose.",
    Verdict.INVENTED: "Les documents ne répondent pas, et une réponse a été donnée.",
}


def verdict_of(outcome: Outcome) -> Verdict:
    """What became of one question."""
    if outcome.examination is None:
        return Verdict.LOST
    if not outcome.query.answerable:
        return Verdict.INVENTED if outcome.answered else Verdict.QUIET
    if not is_judged(outcome.query):
        first = outcome.ranking[:_FIRST]
        found = any(outcome.relevant.get(line.unit, 0) > 0 for line in first)
        return Verdict.FOUND if found else Verdict.ABSENT
    if outcome.right:
        return Verdict.RIGHT if outcome.answered else Verdict.SHY
    return Verdict.WRONG if outcome.answered else Verdict.MISSED
