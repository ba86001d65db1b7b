"""What can be swapped: the seams between the parts, as structural types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import BlockKind, ModelIdentity

FloatMatrix = NDArray[np.float32]
"""Shape ``(n, dimensions)``, C-contiguous, each row of unit length."""

Progress = Callable[[int, int], None]
"""Called with ``(done, total)`` as work advances."""


class Tokens(Protocol):
    """The model's own measure of length."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without prompt and special tokens."""


class Embedder(Tokens, Protocol):
    """Turns texts into unit vectors whose dot product is their cosine.

    Any string is accepted: lone surrogates are replaced, an empty string gives the
    vector of the prompt alone, and a text over the model's length is cut by tokens.
    """

    @property
    def identity(self) -> ModelIdentity:
        """What makes these vectors comparable with others."""

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of questions, in order; shape ``(len(texts), dimensions)``."""

    def embed_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> FloatMatrix:
        """Vectors of passages or sentences, in order.

        ``progress`` counts texts embedded, after each batch.
        """


class Reranker(Protocol):
    """Judges passages by reading each together with the question."""

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers, in order; shape ``(len(texts),)``, finite.

        The model's own logit, any real number: higher is better, comparable among the
        texts of one call and not beyond. A text's score does not depend on the others.
        Any string is accepted; a text over the model's length is cut.
        """


@dataclass(frozen=True, slots=True)
class ReaderPassage:
    """A passage as a reader is shown it.

    ``context`` says what it is about (title, headings, where it comes from); ``units`` are
    its sentences, list items and rows, each with its kind, in order.
    """

    context: str
    units: tuple[tuple[str, BlockKind], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PassageReading:
    """What a reader tells of a passage, as logits.

    ``answers``: that the passage answers the question. ``units``: how much each unit
    belongs to the answer, against 0 for none, float32 ``(units,)``; −∞ for those that were
    cut off.
    """

    answers: float
    units: NDArray[np.float32]


class Reader(Protocol):
    """Reads each passage together with the question, and tells what in it answers."""

    def read(
        self, question: str, passages: Sequence[ReaderPassage]
    ) -> Sequence[PassageReading]:
        """What each passage is worth, in order; a passage's does not depend on the others.

        Any string is accepted; what is over the reader's length is cut.
        """
