"""The nouns of the system: frozen values, with no imports from the rest of `rag`.

All offsets are half-open ranges of Unicode code points into ``Document.text``, the
reading text: ``document.text[start:end]`` is the thing itself, always.
"""

from dataclasses import dataclass, field
from enum import IntFlag, StrEnum


class BlockKind(StrEnum):
    """What a block of a document is to its reader."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    QUOTE = "quote"
    CODE = "code"
    FOOTNOTE = "footnote"


class Mention(IntFlag):
    """What a stretch of text mentions, and what a question can ask for."""

    NONE = 0
    DATE = 1
    NUMBER = 2
    MONEY = 4
    PERCENT = 8
    PERSON = 16
    PLACE = 32
    ACRONYM = 64
    DURATION = 128
    REASON = 256
    DEFINITION = 512
    ORGANISATION = 1024


class Kind(StrEnum):
    """What shape the answer to a question has."""

    DEFINITION = "definition"
    """What something is, means or is for."""
    PROCEDURE = "procedure"
    """How something is done: steps."""
    REASON = "reason"
    """Why: a cause or an aim."""
    COMPARISON = "comparison"
    """Two things side by side: what differs, which has more."""
    DECISION = "decision"
    """Yes or no."""
    VALUE = "value"
    """One thing of the kind that ``wants`` tells: a number, a date, a name, a place."""
    SEVERAL = "several"
    """A list."""
    SUMMARY = "summary"
    """What a text says, or what was decided."""
    OTHER = "other"
    """Keywords, or what none of these fits."""


class Aside(StrEnum):
    """What is said to a service without asking anything of its documents."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    NO_SUBJECT = "no_subject"
    """A question about nothing (« Quand ? »), and no conversation before it."""


class Support(StrEnum):
    """How an answer's segment is held by the citations beside it."""

    VERBATIM = "verbatim"


class Verdict(StrEnum):
    """What became of a question.

    ANSWERED: the answer is more likely right than wrong. POSSIBLE: the nearest sentences
    are given, to be checked. NONE: nothing was found that answers.
    """

    ANSWERED = "answered"
    POSSIBLE = "possible"
    NONE = "none"


class Mode(StrEnum):
    """How an answer is made. AUTO takes the best there is; EXTRACTIVE quotes."""

    AUTO = "auto"
    EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points, ``0 <= start <= end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row of a reading text.

    ``level`` is 1–6 for a heading, the nesting depth from 1 for a list item, else 0.
    ``page`` counts from 1, or is None where the format has no pages.
    ``cells`` are the cells' spans in the document's text, for table headers and rows;
    an empty cell is an empty span.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None
    cells: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself. ``date`` is ISO 8601 (``2026-02-03``) or None."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    source_url: str | None = None
    language: str | None = None
    author: str | None = None
    description: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is read, cited and shown.

    ``id`` depends on the collection and the relative path alone; ``version`` is
    ``sha256:`` and the hexadecimal digest of ``text`` in UTF-8. ``blocks`` are in order,
    do not overlap, and hold every character of ``text`` but the white space between them.
    """

    id: str
    collection: str
    path: str
    version: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table row that can be cited alone.

    ``search_text`` is what retrieval sees in place of the cited characters (a table row
    with its column names, for instance); None where it is the characters themselves.
    """

    start: int
    end: int
    kind: BlockKind
    search_text: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one section, the unit that is retrieved.

    ``text`` equals ``document.text[start:end]``. ``headings`` is the path of headings
    above it, outermost first, without the document's title.
    """

    id: str
    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...]
    page: int | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """A hit's raw signals, each in its own unit, comparable within one query only.

    ``cosine`` is the passage's cosine to the question (−1 to 1), ``bm25`` its Okapi BM25
    weight (0 and up, 0 when no term is shared), ``sentence`` the best cosine among the
    passage's sentences, ``reader`` the reader's log-odds that the passage answers, None
    where it was not read.
    """

    cosine: float
    bm25: float
    sentence: float
    reader: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text also stands, word for word or nearly: another document's span."""

    document_id: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """What a citation says of its document. ``date`` is ISO 8601; ``language`` ISO 639-1.

    ``names`` is what its folders and its file's name say and its title does not.
    """

    document_id: str
    version: str
    title: str
    publisher: str | None
    url: str | None
    date: str | None
    language: str | None
    names: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    ``score`` is the fused score, a log-odds comparable within one question. ``excerpt`` is
    the sentence of the passage that speaks best of the question, in the document's text;
    None where it has none.
    """

    passage_id: str
    document_id: str
    title: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...]
    page: int | None
    rank: int
    score: float
    signals: Signals
    also_in: tuple[Place, ...] = ()
    excerpt: Span | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters that an answer rests on.

    ``quote`` equals ``text[start:end]`` of the document in the version named.
    """

    number: int
    document_id: str
    document_version: str
    title: str
    source: str | None
    source_url: str | None
    date: str | None
    page: int | None
    headings: tuple[str, ...]
    start: int
    end: int
    quote: str
    also_in: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an answer's text and the numbers of the citations that hold it."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Cited:
    """Where an earlier answer was taken from: a span of a document.

    ``headings`` is the path of headings above it, outermost first; empty where unknown.
    """

    document_id: str
    start: int
    end: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation, and the answer given, if any.

    ``cited`` are the places that the answer cites, in order.
    """

    question: str
    answer: str | None = None
    cited: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read: what retrieval and answering know of it.

    ``text`` is the question cleaned, as shown; ``search_text`` the same with its
    spelling repaired, completed by the conversation where it leans on it, as embedded;
    ``terms`` the distinct lexical terms and ``references`` the exact references of that
    completed question, both in order; ``language`` an ISO 639-1 code, French where
    undecided; ``wants`` what kind of thing is asked for, ``kind`` what shape its answer
    has. ``parts`` are the questions that it asks at once, in order, none where it asks one;
    each has a kind of its own. ``near`` are the places just cited, where it leans on the
    conversation; ``aside`` says that it calls for a word and no search.
    """

    text: str
    search_text: str
    language: str
    terms: tuple[str, ...]
    references: tuple[str, ...]
    wants: Mention
    parts: tuple["Question", ...] = ()
    kind: Kind = Kind.OTHER
    near: tuple[Cited, ...] = ()
    aside: Aside | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """What is to be embedded: its own ``search_text``, then each part's."""
        return (self.search_text, *(part.search_text for part in self.parts))


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """Which generation answered, and with which model."""

    generation: str
    model: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall-clock milliseconds of one question, by stage."""

    embed: float
    retrieve: float
    read: float
    compose: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or the reasoned absence of one (verdict NONE, no citations).

    ``answered`` is true where the verdict is ANSWERED. ``asked_as`` is the question as it
    was understood, where that is not as it was put: completed by the conversation, or with
    its spelling repaired. ``confidence`` is a calibrated probability, 0 to 1, that the
    answer is right. ``highlights`` and the segments' ranges are offsets into ``text``.
    """

    id: str
    question: str
    asked_as: str | None
    answered: bool
    verdict: Verdict
    confidence: float
    mode: str
    text: str
    segments: tuple[Segment, ...]
    highlights: tuple[Span, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    index: IndexIdentity
    timings_ms: Timings

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The places that it cites, as a turn of a conversation tells them."""
        return tuple(
            Cited(each.document_id, each.start, each.end, each.headings)
            for each in self.citations
        )


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What makes two sets of vectors comparable.

    ``weights`` is ``sha256:`` and the digest of the model's weights and tokenizer;
    ``dimensions`` the length of a vector; ``max_tokens`` the longest input it reads.
    The runtime is not part of it: runtimes must agree to a cosine of 0.999.
    """

    name: str
    weights: str
    dimensions: int
    max_tokens: int
