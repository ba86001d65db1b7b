"""What an index holds on a question and on what it asks at once, and how sure that is."""

import time
from dataclasses import dataclass

from rag.answering.confidence import confidence
from rag.index.local.scope import Scope
from rag.protocols import FloatMatrix
from rag.retrieval.inquiry import Inquiry
from rag.retrieval.parts import add_to, joined
from rag.retrieval.results import Evidence
from rag.retrieval.retriever import Retriever
from rag.types import Hit
from rag.weights import Calibration, Weights


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found for a question: ``parts`` where it asks several things, else none.

    ``confidence`` is the probability, 0 to 1, that the answer made of it is right;
    ``seconds`` is how long finding it took.
    """

    evidence: Evidence
    parts: tuple[Evidence, ...]
    confidence: float
    seconds: float

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages found, best first."""
        return self.evidence.hits


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks inquiries up; safe to use from several threads."""

    retriever: Retriever
    weights: Weights

    def find(
        self, inquiry: Inquiry, vectors: FloatMatrix, k: int, scope: Scope | None
    ) -> Found:
        """What is held on a question; on its parts too where they find more.

        Args:
            inquiry: the question read.
            vectors: those of ``inquiry.texts``, ``(len(texts), dimensions)``.
            k: hits wanted.
            scope: what may be found and shown; None for everything.
        """
        started = time.perf_counter()
        whole, *parts = (
            self.retriever.retrieve(question, vector, k, scope)
            for question, vector in zip(
                (inquiry.question, *inquiry.parts), vectors, strict=True
            )
        )
        if not add_to(whole, parts):
            return Found(whole, (), self._confidence(whole), time.perf_counter() - started)
        # An answer is right where each of its parts is: it is as sure as the least sure.
        least, surety = min(
            ((part, self._confidence(part)) for part in parts), key=lambda each: each[1]
        )
        evidence = joined(whole, parts, least.features, k)
        return Found(evidence, tuple(parts), surety, time.perf_counter() - started)

    def _confidence(self, evidence: Evidence) -> float:
        return confidence(evidence.features, self._calibration(evidence))

    def _calibration(self, evidence: Evidence) -> Calibration:
        """The one for the question's language and that of the document quoted first."""
        if not evidence.sentences:
            return self.weights.calibration
        source = evidence.sentences[0].hit.document_id
        written = evidence.sources[source].language or "fr"
        same = written[:2].lower() == evidence.question.language
        return self.weights.calibration if same else self.weights.foreign
