"""What came of the questions of a dataset, and what that is worth: the nouns of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AllowInfNan, Field, Strict

from rag.evaluation.datasets.dataset import SEALED, Query, Unit
from rag.types import Answer, Document, Span

Number = Annotated[float, Strict(), AllowInfNan(False)]
"""A number that is finite wherever a file says it."""

Count = Annotated[int, Strict(), Field(ge=0)]
"""A whole number, 0 and up; nothing else is taken for one."""

Flag = Annotated[bool, Strict()]

Values = Mapping[str, Number]
"""One question's measures by name; a measure that does not apply to it is not there."""

_FIRST: Final = 10
"""Ranks among which a whole document must stand to be found."""


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


SERVED = frozenset({Verdict.RIGHT, Verdict.FOUND, Verdict.QUIET})
"""The verdicts of which a person has nothing to complain."""

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


@dataclass(frozen=True, slots=True)
class Given:
    """What the users of a run were given, in counts of questions.

    ``right``, ``wrong`` and ``silent`` are of the ``answerable`` ones that can be judged,
    ``invented`` of the ``unanswerable``; ``lost`` could not be put.
    """

    answerable: int
    right: int
    wrong: int
    silent: int
    unanswerable: int
    invented: int
    lost: int


def given_of(tally: Mapping[Verdict, int]) -> Given:
    """What users were given; where whole documents are relevant, nothing can be judged."""
    silent = tally.get(Verdict.SHY, 0) + tally.get(Verdict.MISSED, 0)
    right, wrong = tally.get(Verdict.RIGHT, 0), tally.get(Verdict.WRONG, 0)
    invented = tally.get(Verdict.INVENTED, 0)
    return Given(
        answerable=right + wrong + silent,
        right=right,
        wrong=wrong,
        silent=silent,
        unanswerable=invented + tally.get(Verdict.QUIET, 0),
        invented=invented,
        lost=tally.get(Verdict.LOST, 0),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gold's characters stand in an index: half-open, in the reading text."""

    document_id: str
    span: Span
    fact: int


@dataclass(frozen=True, slots=True)
class Extent:
    """A half-open range of one document's reading text."""

    document_id: str
    start: int
    end: int

    def contains(self, place: Place) -> bool:
        """Whether the place lies wholly inside."""
        return (
            self.document_id == place.document_id
            and self.start <= place.span.start
            and place.span.end <= self.end
        )

    def overlaps(self, place: Place) -> bool:
        """Whether they share at least one character."""
        return (
            self.document_id == place.document_id
            and self.start < place.span.end
            and place.span.start < self.end
        )


@dataclass(frozen=True, slots=True)
class Examination:
    """What the service gave for one question, whatever its confidence.

    ``answer`` was composed even where the confidence lies under the threshold of the
    settings (then the service would have kept silent). The service gives 100 hits, of which
    an `Outcome` keeps the first twenty, those whose sentences were ranked
    (`rag.retrieval.retriever.READ`). ``sentences`` are those that retrieval ranked, best
    first.
    """

    answer: Answer
    sentences: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ranking: a unit's id (`Unit`) with its fused score."""

    unit: str
    score: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with what came of it; all that metrics, gate and report need.

    ``places`` are the golds in the index's own offsets. ``ranking`` holds up to 100 lines,
    each unit once, and ``relevant`` the grade of each relevant unit. ``examination`` is
    None where the question could not be put (a missing run line: every measure is zero).
    ``answered``: the confidence reached the threshold. ``right``: the answer composed,
    given or not, cites at least half the characters of one gold of each fact.
    """

    query: Query
    places: tuple[Place, ...]
    ranking: tuple[Line, ...]
    relevant: Mapping[str, int]
    examination: Examination | None
    answered: bool
    right: bool
    values: Values = field(default_factory=dict)

    @property
    def category(self) -> str:
        """The category of the question."""
        return self.query.category

    @property
    def confidence(self) -> float | None:
        """That of the answer composed, 0 to 1; None where the question was not put."""
        return None if self.examination is None else self.examination.answer.confidence

    @property
    def composed_right(self) -> bool:
        """Whether the answer composed is right; never where nothing answers the question."""
        return self.query.answerable and self.right

    @property
    def verdict(self) -> Verdict:
        """What became of the question, in one word."""
        if self.examination is None:
            return Verdict.LOST
        if not self.query.answerable:
            return Verdict.INVENTED if self.answered else Verdict.QUIET
        if not self.query.judged:
            first = self.ranking[:_FIRST]
            found = any(self.relevant.get(line.unit, 0) > 0 for line in first)
            return Verdict.FOUND if found else Verdict.ABSENT
        if self.right:
            return Verdict.RIGHT if self.answered else Verdict.SHY
        return Verdict.WRONG if self.answered else Verdict.MISSED


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run was made with; written beside its figures."""

    dataset: str
    digest: str
    split: str
    unit: Unit
    threshold: Number
    version: str
    model: str
    index: str
    created: str
    documents: Count
    passages: Count

    @property
    def sealed(self) -> bool:
        """Whether the run is told by category alone, never by question."""
        return self.split == SEALED


@dataclass(frozen=True, slots=True)
class Run:
    """A dataset put to an index: the outcomes in the order of the dataset."""

    conditions: Conditions
    outcomes: tuple[Outcome, ...]
    texts: Mapping[str, Document] = field(default_factory=dict)
    """Documents cited or expected, by id in the index, for the report."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over a set, with its 95 % bootstrap interval and how many it is over."""

    value: Number
    low: Number
    high: Number
    count: Count


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run: by metric over the whole set, and by category then metric."""

    overall: Mapping[str, Figure]
    categories: Mapping[str, Mapping[str, Figure]]
