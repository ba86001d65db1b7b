"""What the ranking chooses between, question by question, as matrices to fit on."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.indexes import Asked
from eval.logit import Choice
from rag.evaluation.runs import Place
from rag.index.local.candidates import Candidates, gather
from rag.index.local.generation import Generation
from rag.index.local.term_statistics import Census
from rag.retrieval.fusion import Scores, fuse, ranking, standardise
from rag.retrieval.matching import Matches, match
from rag.retrieval.passages import passage_signals
from rag.retrieval.retriever import READ
from rag.retrieval.sentences import look_at, sentence_signals

Weight = Mapping[str, float]


class Chooser:
    """One index seen as choices, between passages and between sentences.

    With ``bm25`` a signal of that name, which is not weighed, comes last.
    """

    def __init__(self, generation: Generation, depth: int, *, bm25: bool = False) -> None:
        self._generation = generation
        self._depth = depth
        self._bm25 = bm25
        self._ids = np.array([header.id for header in generation.store.headers()])

    def passages(
        self, asked: Sequence[Asked], weights: Sequence[float]
    ) -> tuple[list[str], list[Choice]]:
        """The signals' names, and each question's candidates."""
        names: list[str] = []
        choices = []
        for each, weight in zip(asked, weights, strict=True):
            candidates, matches = self._gather(each)
            signals = passage_signals(
                self._generation, candidates, matches, each.question.wants
            )
            if self._bm25:
                signals["bm25"] = standardise(candidates.bm25)
            names = list(signals)
            right = self._touched(candidates, each.places)
            choices.append(Choice(_matrix(signals), right, each.query.group, weight))
        return names, choices

    def sentences(
        self, asked: Sequence[Asked], weights: Sequence[float], passages: Sequence[Weight]
    ) -> tuple[list[str], list[Choice]]:
        """The same for the sentences of the best passages; ``passages``: their weights."""
        names: list[str] = []
        choices = []
        for each, weight, passage in zip(asked, weights, passages, strict=True):
            candidates, matches = self._gather(each)
            wants = each.question.wants
            fused = fuse(passage_signals(self._generation, candidates, matches, wants), passage)
            looked = look_at(candidates, ranking(fused)[:READ])
            signals = sentence_signals(
                self._generation, candidates, matches, looked, fused, wants
            )
            names = list(signals)
            right = self._holding(candidates.numbers[looked.slots], each.places)
            choices.append(Choice(_matrix(signals), right, each.query.group, weight))
        return names, choices

    def documents(self, asked: Sequence[Asked]) -> Iterator[NDArray[np.str_]]:
        """What counts once of each candidate, question by question.

        The document, where whole paragraphs are documents (SQuAD); else the passage.
        """
        for each in asked:
            candidates, _ = self._gather(each)
            rows = candidates.rows
            if each.query.split:
                yield rows.astype(np.str_)
            else:
                yield self._ids[self._generation.tables.passages["document"][rows]]

    def _gather(self, asked: Asked) -> tuple[Candidates, Matches]:
        candidates = gather(self._generation, asked.question, asked.vector, self._depth)
        return candidates, match(
            self._generation, asked.question, candidates, Census.whole(self._generation)
        )

    def _touched(self, candidates: Candidates, places: Sequence[Place]) -> NDArray[np.bool_]:
        tables = self._generation.tables
        rows = tables.passages[candidates.rows]
        first = rows["first_sentence"]
        last = first + np.maximum(rows["sentences"], 1) - 1
        starts, ends = tables.sentences["start"][first], tables.sentences["end"][last]
        documents = self._ids[rows["document"]]
        touched = np.zeros(len(rows), np.bool_)
        for place in places:
            overlap = (starts < place.span.end) & (place.span.start < ends)
            touched |= overlap & (documents == place.document_id)
        return touched

    def _holding(
        self, numbers: NDArray[np.int64], places: Sequence[Place]
    ) -> NDArray[np.bool_]:
        tables = self._generation.tables
        rows = tables.sentences[numbers]
        documents = self._ids[tables.passages["document"][rows["passage"]]]
        holding = np.zeros(len(rows), np.bool_)
        for place in places:
            inside = (rows["start"] <= place.span.start) & (place.span.end <= rows["end"])
            holding |= inside & (documents == place.document_id)
        return holding


def _matrix(signals: Mapping[str, Scores]) -> NDArray[np.float32]:
    return np.column_stack(list(signals.values())).astype(np.float32)
