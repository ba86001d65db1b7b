"""From a question and its vector to ranked passages and sentences."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import gather
from rag.index.local.generation import Generation
from rag.index.local.scope import Scope
from rag.index.local.term_statistics import Census
from rag.retrieval.fusion import Method, fuse, ranking
from rag.retrieval.matching import match
from rag.retrieval.passages import passage_signals
from rag.retrieval.reranking import Reranking
from rag.retrieval.results import Collector, Evidence, Ranking
from rag.retrieval.sentences import look_at, rank_sentences, sentence_signals
from rag.types import Hit, Question
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
        self._census = Census.whole(generation)

    def retrieve(
        self,
        question: Question,
        vector: NDArray[np.float32],
        k: int,
        scope: Scope | None = None,
    ) -> Evidence:
        """The ``k`` best passages and the sentences that may answer.

        Args:
            question: the question read.
            vector: the unit vector of its ``search_text``, ``(dimensions,)``.
            k: hits wanted; fewer where there are fewer candidates, at most twice the depth.
            scope: what may be found and shown; None for everything.
        """
        candidates = gather(self._generation, question, vector, self._depth, scope)
        census = self._census if scope is None else scope.census
        matches = match(self._generation, question, candidates, census)
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
        found = Ranking(candidates, census, fused, order, sentences)
        return self._collector.collect(question, found, k, scope)

    def rank(
        self,
        question: Question,
        vector: NDArray[np.float32],
        k: int,
        method: Method,
        scope: Scope | None = None,
    ) -> tuple[Hit, ...]:
        """The ``k`` best passages by one method; a hit's ``score`` is in its unit.

        All signals are given whatever the method, except that ``bm25`` is 0 for a passage
        that is not among the best lexical ones. By LEXICAL, only passages that share a
        term with the question are found. The other arguments are those of `retrieve`.
        """
        if method is Method.HYBRID:
            return self.retrieve(question, vector, k, scope).hits
        depth = max(self._depth, k)
        candidates = gather(self._generation, question, vector, depth, scope)
        scores = candidates.cosine if method is Method.DENSE else candidates.bm25
        order = ranking(scores.astype(np.float64))[:k]
        if method is Method.LEXICAL:
            order = order[scores[order] > 0]
        return self._collector.hits(candidates, scores, order, scope)
