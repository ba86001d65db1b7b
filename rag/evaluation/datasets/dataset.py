"""Questions with what answers them, and the documents that a dataset brings."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from rag.types import Turn

_FINGERPRINT: Final = 16


class Unit(StrEnum):
    """What a ranking is judged by.

    ``FACT``: a passage counts where it touches a gold quote of a fact not yet found.
    ``DOCUMENT``: a document counts once, where its first passage stands.
    """

    FACT = "fact"
    DOCUMENT = "document"


class Polarity(StrEnum):
    """What a yes/no question is answered by."""

    YES = "yes"
    NO = "no"


SEALED: Final = "sealed"
"""The split whose questions nobody reads one by one: its runs are told by category alone."""


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
    ``split`` is ``dev``, ``test``, ``sealed`` or "" where the dataset has no splits;
    ``group`` names what must not be parted in cross-validation (an article, a document).
    ``polarity`` is None where neither yes nor no answers.
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
    polarity: Polarity | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.gold)

    @property
    def facts(self) -> tuple[int, ...]:
        """The facts that it asks for, ascending."""
        return tuple(sorted({gold.fact for gold in self.gold}))

    @property
    def quoted_facts(self) -> tuple[int, ...]:
        """The facts with a gold quote, ascending; none where whole documents are relevant."""
        return tuple(sorted({gold.fact for gold in self.gold if gold.quote is not None}))

    @property
    def judged(self) -> bool:
        """Whether an answer can be told right or wrong: nothing answers, or a quote does."""
        return not self.answerable or bool(self.quoted_facts)


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


def fingerprint(query: Query) -> str:
    """16 hexadecimal digits of what is asked and what is expected, whatever its id.

    They change with the question, its language and the turns before it, with the golds,
    the short answers and the polarity; not with its category, its split or its group, which
    no measure looks at.
    """
    told = [
        query.question,
        query.language,
        [_told(turn) for turn in query.history],
        [asdict(gold) for gold in query.gold],
        query.short,
        *([query.polarity] if query.polarity else []),
    ]
    encoded = json.dumps(told, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()[:_FINGERPRINT]


def _told(turn: Turn) -> dict[str, object]:
    """A turn as fingerprints have it: what it cites, where that is known, is part of it."""
    told = asdict(turn)
    if not turn.cited:
        del told["cited"]
    return told
