"""Which sentence of the best passages answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.codec import KIND_CODES
from rag.indexing.generation import Generation
from rag.indexing.tables import Tables
from rag.indexing.vocabulary import UNKNOWN
from rag.retrieval.candidates import Candidates
from rag.retrieval.fusion import Scores, ranking, standardise
from rag.retrieval.question import Question
from rag.types import BlockKind, Mention
from rag.weights import SentenceWeights

_K1: Final = 1.2
_B: Final = 0.75
_LAST_RESORT: Final = np.array(
    [KIND_CODES[kind] for kind in (BlockKind.HEADING, BlockKind.TABLE_HEADER)], np.uint8
)
"""What echoes a question without answering it: a heading of a FAQ, the names of columns."""

_RESORT_COST: Final = 100.0


@dataclass(frozen=True, slots=True)
class RankedSentences:
    """Sentences best first, each array of shape ``(m,)``.

    ``numbers`` are sentence numbers of the index; ``positions`` the place of each one's
    passage in the passage ranking; ``cosine``, ``bm25`` and ``score`` as their names say,
    the last in standardised units.
    """

    numbers: NDArray[np.int64]
    positions: NDArray[np.int64]
    cosine: NDArray[np.float32]
    bm25: Scores
    score: Scores


def rank_sentences(
    generation: Generation,
    question: Question,
    candidates: Candidates,
    order: NDArray[np.int64],
    fused: Scores,
    weights: SentenceWeights,
) -> RankedSentences:
    """Rank the sentences of the passages ``candidates.rows[order]``.

    Args:
        generation: the index.
        question: the question read.
        candidates: what retrieval gathered.
        order: positions in ``candidates`` of the passages to look into, best first.
        fused: the fused scores of all candidates.
        weights: what counts.
    """
    slots = _slots(candidates.bounds, order)
    numbers = candidates.numbers[slots]
    counts = np.diff(candidates.bounds)[order]
    positions = np.repeat(np.arange(len(order)), counts)
    cosine = candidates.sentence_cosines[slots]
    bm25 = sentence_bm25(generation, question, numbers)
    context = bm25 + weights.previous * _of_previous(bm25, positions)
    rows = generation.tables.sentences[numbers]
    score = (
        weights.cosine * standardise(cosine)
        + weights.bm25 * standardise(context)
        + weights.passage * standardise(fused[order][positions])
        + _wanted(rows["mentions"], question.wants, weights.wanted)
    )
    score[np.isin(rows["kind"], _LAST_RESORT)] -= _RESORT_COST
    best = ranking(score)
    return RankedSentences(
        numbers[best], positions[best], cosine[best], bm25[best], score[best]
    )


def sentence_bm25(
    generation: Generation, question: Question, numbers: NDArray[np.int64]
) -> Scores:
    """Okapi BM25 of sentences, over the whole collection's sentences; ``(m,)``."""
    tables, vocabulary = generation.tables, generation.vocabulary
    ids = vocabulary.ids(question.terms, question.references)
    ids = np.unique(ids[ids != UNKNOWN])
    lengths = tables.sentences["n_terms"][numbers].astype(np.float64)
    scores: Scores = np.zeros(len(numbers))
    if not len(ids) or not len(numbers):
        return scores
    total = len(tables.sentences)
    found = vocabulary.sentence_counts[ids]
    idf = np.log1p((total - found + 0.5) / (found + 0.5))
    damping = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
    for frequencies, weight in zip(_frequencies(tables, numbers, ids), idf, strict=True):
        scores += weight * frequencies * (_K1 + 1) / (frequencies + damping)
    return scores


def _of_previous(scores: Scores, positions: NDArray[np.int64]) -> Scores:
    """Each sentence's predecessor's score; 0 for the first of a passage.

    What a sentence speaks of is often named in the one before it.
    """
    previous: Scores = np.zeros_like(scores)
    previous[1:] = np.where(positions[1:] == positions[:-1], scores[:-1], 0.0)
    return previous


def _frequencies(
    tables: Tables, numbers: NDArray[np.int64], ids: NDArray[np.int32]
) -> list[NDArray[np.int64]]:
    starts, ends = tables.indptr[numbers], tables.indptr[numbers + 1]
    bounds = np.concatenate(([0], np.cumsum(ends - starts)))
    owners = np.repeat(np.arange(len(numbers)), ends - starts)
    terms = tables.terms[np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], ends - starts)]
    return [np.bincount(owners[terms == each], minlength=len(numbers)) for each in ids]


def _slots(bounds: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.diff(bounds)[order]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    slots: NDArray[np.int64] = np.arange(total) + np.repeat(
        bounds[:-1][order] - (ends - counts), counts
    )
    return slots


def _wanted(
    mentions: NDArray[np.uint16], wants: Mention, weights: Mapping[str, float]
) -> Scores:
    bonus: Scores = np.zeros(len(mentions))
    for kind in wants:
        present = mentions & np.uint16(kind.value) != 0
        bonus = np.maximum(bonus, np.where(present, weights.get(kind.name or "", 0.0), 0.0))
    return bonus
