"""Which sentences of the best passages answer, best first."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.passage_index import KIND_CODES, CandidateSet
from rag.retrieval.fusion import Scores, ranking
from rag.types import BlockKind

_LAST_RESORT: Final = np.array(
    [KIND_CODES[kind] for kind in (BlockKind.HEADING, BlockKind.TABLE_HEADER)], np.uint8
)
"""What echoes a question without answering it: a heading of a FAQ, the names of columns."""

_RESORT_COST: Final = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class RankedSentences:
    """Sentences best first, each array of shape ``(s,)``.

    ``slots`` are their places among all the candidates' sentences; ``positions`` the place
    of each one's passage in the passage ranking; ``score`` is a log-odds, comparable within
    a question.
    """

    slots: NDArray[np.int64]
    positions: NDArray[np.int64]
    score: Scores


def slots_of(
    candidates: CandidateSet, order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The sentences of the candidates at these positions, passage after passage.

    Returns:
        Their places among all the candidates' sentences, and for each the place of its
        passage in ``order``; both ``(s,)``.
    """
    counts = np.diff(candidates.bounds)[order]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    starts = candidates.bounds[:-1][order] - (ends - counts)
    slots = np.arange(total) + np.repeat(starts, counts)
    return slots, np.repeat(np.arange(len(order)), counts)


def rank_sentences(
    candidates: CandidateSet,
    slots: NDArray[np.int64],
    positions: NDArray[np.int64],
    scores: Scores,
) -> RankedSentences:
    """Rank sentences by their scores, ``(s,)``; headings come after all others.

    ``slots`` and ``positions`` are those of `slots_of`.
    """
    score = scores.copy()
    score[np.isin(candidates.kinds[slots], _LAST_RESORT)] -= _RESORT_COST
    best = ranking(score)
    return RankedSentences(slots[best], positions[best], score[best])
