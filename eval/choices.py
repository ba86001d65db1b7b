"""What the ranking chooses between, question by question, as matrices to fit on."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.indexes import Asked
from eval.logit import Choice
from rag.evaluation.runs import Place
from rag.index.filters import EVERYTHING
from rag.index.passage_index import CandidateSet, PassageIndex
from rag.retrieval.fusion import Scores, fuse, ranking, standardise
from rag.retrieval.retriever import READ
from rag.retrieval.sentence_ranking import slots_of
from rag.retrieval.signals import TermMatches, passage_signals, sentence_signals
from rag.types import Passage

Weight = Mapping[str, float]


class Chooser:
    """One index seen as choices, between passages and between sentences.

    With ``bm25`` a signal of that name, which is not weighed, comes last.
    """

    def __init__(self, index: PassageIndex, depth: int, *, bm25: bool = False) -> None:
        self._index = index
        self._depth = depth
        self._bm25 = bm25

    def passages(
        self, asked: Sequence[Asked], weights: Sequence[float]
    ) -> tuple[list[str], list[Choice]]:
        """The signals' names, and each question's candidates."""
        names: list[str] = []
        choices = []
        for each, weight in zip(asked, weights, strict=True):
            candidates = self.gather(each)
            matches = TermMatches.of(candidates)
            signals = passage_signals(candidates, matches, each.question.wants)
            if self._bm25:
                signals["bm25"] = standardise(candidates.bm25)
            names = list(signals)
            right = [touched(passage, each.places) for passage in passages_at(candidates)]
            choices.append(Choice(matrix(signals), flags(right), each.query.group, weight))
        return names, choices

    def sentences(
        self, asked: Sequence[Asked], weights: Sequence[float], passages: Sequence[Weight]
    ) -> tuple[list[str], list[Choice]]:
        """The same for the sentences of the best passages; ``passages``: their weights."""
        names: list[str] = []
        choices = []
        for each, weight, passage in zip(asked, weights, passages, strict=True):
            candidates = self.gather(each)
            matches = TermMatches.of(candidates)
            wants = each.question.wants
            fused = fuse(passage_signals(candidates, matches, wants), passage)
            order = ranking(fused)[:READ]
            slots, _ = slots_of(candidates, order)
            signals = sentence_signals(candidates, matches, slots, fused, wants)
            names = list(signals)
            right = [
                holds
                for read in passages_at(candidates, order)
                for holds in holding(read, each.places)
            ]
            choices.append(Choice(matrix(signals), flags(right), each.query.group, weight))
        return names, choices

    def documents(self, asked: Sequence[Asked]) -> Iterator[NDArray[np.str_]]:
        """What counts once of each candidate, question by question.

        The document, where whole paragraphs are documents (SQuAD); else the passage.
        """
        for each in asked:
            read = passages_at(self.gather(each))
            yield np.array(
                [passage.id if each.query.split else passage.document_id for passage in read]
            )

    def gather(self, asked: Asked) -> CandidateSet:
        """What the index gives for a question."""
        return self._index.candidates(asked.question, asked.vector, self._depth, EVERYTHING)


def passages_at(
    candidates: CandidateSet, order: NDArray[np.int64] | None = None
) -> list[Passage]:
    """The candidates' passages, at some positions or all."""
    places = range(len(candidates.cosine)) if order is None else order.tolist()
    return [each.passage for each in candidates.read(places)]


def touched(passage: Passage, places: Sequence[Place]) -> bool:
    """Whether the sentences of a passage reach into one of the places."""
    if not passage.sentences:
        return False
    start, end = passage.sentences[0].start, passage.sentences[-1].end
    return any(
        start < place.span.end and place.span.start < end
        for place in places
        if place.document_id == passage.document_id
    )


def holding(passage: Passage, places: Sequence[Place]) -> Iterator[bool]:
    """Whether each sentence of a passage holds one of the places whole."""
    own = [place.span for place in places if place.document_id == passage.document_id]
    for sentence in passage.sentences:
        yield any(sentence.start <= span.start and span.end <= sentence.end for span in own)


def flags(right: Sequence[bool]) -> NDArray[np.bool_]:
    """Flags as an array."""
    return np.array(right, np.bool_)


def matrix(signals: Mapping[str, Scores]) -> NDArray[np.float32]:
    """Signals as columns."""
    return np.column_stack(list(signals.values())).astype(np.float32)
