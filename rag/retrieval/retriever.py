"""From the candidates of a question to ranked passages and sentences."""

from typing import Final

import numpy as np

from rag.index.passage_index import CandidateSet
from rag.retrieval.features import features
from rag.retrieval.fusion import Method, fuse, ranking
from rag.retrieval.nearness import nearer
from rag.retrieval.reading import Reading, reread, sentence_reading_signals
from rag.retrieval.reranking import Reranking
from rag.retrieval.results import SENTENCES, Results, hits_of, sentences_of
from rag.retrieval.sentence_ranking import rank_sentences, slots_of
from rag.retrieval.signals import TermMatches, passage_signals, sentence_signals
from rag.types import Hit, Question
from rag.weights import Weights

READ: Final = 20
"""Passages whose sentences are ranked; deeper ones almost never held the answer."""


def retrieve(
    question: Question,
    candidates: CandidateSet,
    weights: Weights,
    k: int,
    reading: Reading | None = None,
    reranking: Reranking | None = None,
) -> Results:
    """The ``k`` best passages and the sentences that may answer.

    Args:
        question: the question read.
        candidates: what an index gave for it.
        weights: how signals are weighed.
        k: hits wanted; fewer where there are fewer candidates.
        reading: what reads the best passages with the question; None for nothing.
        reranking: what looks at the best passages again; None for nothing.
    """
    matches = TermMatches.of(candidates)
    signals = passage_signals(candidates, matches, question.wants)
    unread = fuse(signals, weights.passage)
    if reranking is not None:
        unread = reranking.rescored(question.search_text, candidates, unread)
    unread = nearer(candidates, unread, question.near)
    readings = reading.of(question, candidates, unread) if reading is not None else None
    fused = reread(unread, readings, weights.read.passage) if readings else unread
    order = ranking(fused)
    slots, positions = slots_of(candidates, order[:READ])
    speaking = sentence_signals(candidates, matches, slots, unread, question.wants)
    scores = fuse(speaking, weights.sentence)
    if readings:
        told = sentence_reading_signals(scores, readings, slots, candidates.owners[slots])
        scores = fuse(told, weights.read.sentence)
    ranked = rank_sentences(candidates, slots, positions, scores)
    # A sentence's passage is needed even where fewer hits were asked for.
    needed = ranked.positions[:SENTENCES]
    deep = order[: max(k, int(needed.max()) + 1 if len(needed) else 0)]
    shown = candidates.read(deep.tolist())
    hits = hits_of(candidates, fused, deep, shown, readings, ranked)
    sentences = sentences_of(candidates, ranked, hits, shown)
    sources = {each.source.document_id: each.source for each in shown}
    names = sources[sentences[0].hit.document_id].names if sentences else ""
    return Results(
        question=question,
        hits=hits[:k],
        sentences=sentences,
        sources=sources,
        features=features(
            question,
            candidates,
            fused,
            order,
            sentences,
            ranked,
            names,
            readings,
        ),
        read=readings is not None,
    )


def rank(candidates: CandidateSet, k: int, method: Method) -> tuple[Hit, ...]:
    """The ``k`` best passages by one signal alone; a hit's ``score`` is in its unit.

    All signals are given whatever the method, except that ``bm25`` is 0 for a passage that
    is not among the best lexical ones. By LEXICAL, only passages that share a term with the
    question are found.
    """
    scores = candidates.cosine if method is Method.DENSE else candidates.bm25
    order = ranking(scores.astype(np.float64))[:k]
    if method is Method.LEXICAL:
        order = order[scores[order] > 0]
    return hits_of(candidates, scores, order, candidates.read(order.tolist()))
