"""The seam between what was found and the words of an answer."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

from rag.retrieval.results import Results
from rag.types import Answer, Citation, Document, Hit, Segment, Span

DocumentOf = Callable[[str], Document]
"""Gives a document by its id; `IndexingError` where there is none."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The text of an answer; every offset is into ``text``."""

    text: str
    segments: tuple[Segment, ...]
    highlights: tuple[Span, ...]
    citations: tuple[Citation, ...]


AnswerPart = tuple[Hit, ...] | Composition | Answer
"""What is told of an answer as it comes: hits, then what is composed so far, then all."""


class Answerer(Protocol):
    """Composes answers of one mode; may take seconds, and is used by many at once."""

    def compose(
        self, results: Results, document_of: DocumentOf
    ) -> AsyncGenerator[Composition, None]:
        """The answer as it grows, each composition going on from the one before.

        The last is the answer; there is none where nothing that was found answers. Each
        citation is exact: its quote is what the document holds at its offsets.

        Raises:
            IndexCorruptError: a quote is not what the stored document holds.
        """
