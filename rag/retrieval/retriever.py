"""From a question and its vector to ranked passages and sentences."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.generation import Generation
from rag.retrieval.candidates import gather
from rag.retrieval.evidence import Collector, Evidence, Ranking
from rag.retrieval.fusion import fuse, ranking
from rag.retrieval.matching import match
from rag.retrieval.passages import passage_signals
from rag.retrieval.question import Question
from rag.retrieval.reranking import Reranking
from rag.retrieval.sentences import look_at, rank_sentences, sentence_signals
from rag.weights import Weights

READ: Final = 20
"""Passages whose sentences are ranked; deeper ones almost never held the answer."""


class Retriever:
    """Ranks one generation's passages; safe to use from several threads.

    Args:
        generation: the index, kept open by the caller.
        weights: how signals are weighed.
        depth: how many candidates to take from each list.
        reranking: what looks at the best passages again; None for nothing.
    """

    def __init__(
        self,
        generation: Generation,
        weights: Weights,
        depth: int,
        reranking: Reranking | None = None,
    ) -> None:
        self._generation = generation
        self._weights = weights
        self._depth = depth
        self._reranking = reranking
        self._collector = Collector(generation)

    def retrieve(self, question: Question, vector: NDArray[np.float32], k: int) -> Evidence:
        """The ``k`` best passages and the sentences that may answer.

        Args:
            question: the question read.
            vector: the unit vector of its ``search_text``, ``(dimensions,)``.
            k: hits wanted; fewer where the index has fewer.
        """
        candidates = gather(self._generation, question, vector, self._depth)
        matches = match(self._generation, question, candidates)
        signals = passage_signals(self._generation, candidates, matches, question.wants)
        fused = fuse(signals, self._weights.passage)
        if self._reranking is not None:
            fused = self._reranking.rescored(question.search_text, candidates.rows, fused)
        order = ranking(fused)
        looked = look_at(candidates, order[:READ])
        sentences = rank_sentences(
            self._generation,
            candidates,
            looked,
            sentence_signals(
                self._generation, candidates, matches, looked, fused, question.wants
            ),
            self._weights.sentence,
        )
        found = Ranking(candidates, fused, order, sentences)
        return self._collector.collect(question, found, k)
