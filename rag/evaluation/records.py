"""The nouns of evaluation: what is asked, what is expected, what came, what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rag.types import Answer, Document, Span, Turn

Values = Mapping[str, float]
"""One question's measures by name; a measure that does not apply to it is not there."""


class Unit(StrEnum):
    """What a ranking is judged by.

    ``FACT``: a passage counts where it touches a gold quote of a fact not yet found.
    ``DOCUMENT``: a document counts once, where its first passage stands.
    """

    FACT = "fact"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Gold:
    """Characters that answer a question.

    ``document`` is a path for our own format, else the id that the dataset gives.
    ``quote`` is None where a whole document is relevant (BEIR). Golds of the same ``fact``
    are alternatives, each enough; a question asks for all of its facts. ``start`` is where
    the dataset itself says that the quote begins in its own text (SQuAD), or None.
    ``grade`` is the relevance, 1 and up.
    """

    document: str
    quote: str | None
    fact: int = 1
    start: int | None = None
    grade: int = 1


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a dataset.

    ``gold`` is empty where nothing answers. ``short`` are the short answers accepted,
    ``split`` is ``dev``, ``test`` or "" where the dataset has no splits; ``group`` names
    what must not be parted in cross-validation (an article, a document).
    """

    id: str
    question: str
    language: str
    category: str
    gold: tuple[Gold, ...]
    short: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    split: str = ""
    group: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.gold)

    @property
    def facts(self) -> tuple[int, ...]:
        """The facts that it asks for, ascending."""
        return tuple(sorted({gold.fact for gold in self.gold}))


@dataclass(frozen=True, slots=True)
class Text:
    """A document that a dataset brings with it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions, and the documents they are put to where the dataset brings them.

    ``texts`` is empty where documents are indexed from files (our own format).
    ``digest`` is ``sha256:`` and the digest of what was read.
    """

    name: str
    unit: Unit
    queries: tuple[Query, ...]
    texts: tuple[Text, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gold's characters stand in an index: half-open, in the reading text."""

    document_id: str
    span: Span
    fact: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that retrieval ranked, best first in `Examination`."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Examination:
    """What the service gave for one question, whatever its confidence.

    ``answer`` was composed even where the confidence lies under the threshold of the
    settings (then the service would have kept silent). The service gives 100 hits, of which
    an `Outcome` keeps the first twenty, those whose sentences were ranked
    (`rag.retrieval.retriever.READ`).
    """

    answer: Answer
    sentences: tuple[Candidate, ...]


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


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run was made with; written beside its figures."""

    dataset: str
    digest: str
    split: str
    unit: Unit
    threshold: float
    version: str
    model: str
    index: str
    created: str
    documents: int
    passages: int


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

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run: by metric over the whole set, and by category then metric."""

    overall: Mapping[str, Figure]
    categories: Mapping[str, Mapping[str, Figure]]
