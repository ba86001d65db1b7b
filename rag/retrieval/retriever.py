"""From a question and its vector to ranked passages and sentences."""

from dataclasses import asdict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.generation import Generation
from rag.retrieval.candidates import gather
from rag.retrieval.evidence import Collector, Evidence, Ranking
from rag.retrieval.fusion import fuse, ranking
from rag.retrieval.question import Question
from rag.retrieval.sentences import rank_sentences
from rag.weights import Weights

_READ: Final = 20
"""Passages whose sentences are ranked; deeper ones almost never held the answer."""


class Retriever:
    """Ranks one generation's passages; safe to use from several threads.

    Args:
        generation: the index, kept open by the caller.
        weights: how signals are weighed.
        depth: how many candidates to take from each list.
    """

    def __init__(self, generation: Generation, weights: Weights, depth: int) -> None:
        self._generation = generation
        self._weights = weights
        self._fusion = asdict(weights.fusion)
        self._depth = depth
        self._collector = Collector(generation)

    def retrieve(self, question: Question, vector: NDArray[np.float32], k: int) -> Evidence:
        """The ``k`` best passages and the sentences that may answer.

        Args:
            question: the question read.
            vector: the unit vector of its ``search_text``, ``(dimensions,)``.
            k: hits wanted; fewer where the index has fewer.
        """
        candidates = gather(self._generation, question, vector, self._depth)
        fused = fuse(
            {
                "cosine": candidates.cosine,
                "bm25": candidates.bm25,
                "sentence": candidates.sentence,
            },
            self._fusion,
        )
        order = ranking(fused)
        sentences = rank_sentences(
            self._generation, question, candidates, order[:_READ], fused, self._weights.sentence
        )
        found = Ranking(candidates, fused, order, sentences)
        return self._collector.collect(question, found, k)
