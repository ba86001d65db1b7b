"""What was found for a question: hits, sentences that may answer, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.passage_index import CandidateSet
from rag.index.search_texts import sentence_characters
from rag.retrieval.sentence_ranking import RankedSentences
from rag.types import Hit, Mention, Passage, Question, Sentence, Signals, Source

SENTENCES: Final = 8
"""Sentences given to the answerer."""


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence that may answer, with the passage that it stands in.

    ``score`` is a log-odds, comparable within one question.
    """

    sentence: Sentence
    text: str
    passage: Passage
    hit: Hit
    mentions: Mention
    score: float

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it stands: its document and its characters."""
        return self.hit.document_id, self.sentence.start, self.sentence.end


@dataclass(frozen=True, slots=True)
class Results:
    """All that was found for a question, best first.

    ``sources`` holds the source of each document named by a hit or a sentence, and
    ``features`` what the confidence is computed from; ``parts`` are the results of each of
    the questions that it asks at once, where they find more than the question as a whole.
    """

    question: Question
    hits: tuple[Hit, ...]
    sentences: tuple[FoundSentence, ...]
    sources: Mapping[str, Source]
    features: Mapping[str, float]
    parts: tuple["Results", ...] = ()


def hits_of(
    candidates: CandidateSet,
    scores: NDArray[np.floating],
    order: NDArray[np.int64],
    shown: Sequence[DisplayedPassage],
) -> tuple[Hit, ...]:
    """The candidates at the positions in ``order``, each with its score.

    ``shown`` are those passages as `CandidateSet.read` gives them.
    """
    return tuple(
        Hit(
            passage_id=each.passage.id,
            document_id=each.passage.document_id,
            title=each.source.title,
            start=each.passage.start,
            end=each.passage.end,
            text=each.passage.text,
            headings=each.passage.headings,
            page=each.passage.page,
            rank=rank,
            score=float(scores[place]),
            signals=Signals(
                cosine=float(candidates.cosine[place]),
                bm25=float(candidates.bm25[place]),
                sentence=float(candidates.best_sentence[place]),
            ),
            also_in=each.also_in,
        )
        for rank, (place, each) in enumerate(zip(order, shown, strict=True), start=1)
    )


def sentences_of(
    candidates: CandidateSet,
    ranked: RankedSentences,
    hits: Sequence[Hit],
    shown: Sequence[DisplayedPassage],
) -> tuple[FoundSentence, ...]:
    """The best of the ranked sentences, as they stand in the passages shown."""
    found = []
    for slot, position, score in zip(
        ranked.slots[:SENTENCES].tolist(),
        ranked.positions[:SENTENCES].tolist(),
        ranked.score[:SENTENCES].tolist(),
        strict=True,
    ):
        passage = shown[position].passage
        first = int(candidates.bounds[candidates.owners[slot]])
        sentence = shown[position].sentence(slot - first)
        if sentence is None:
            continue
        found.append(
            FoundSentence(
                sentence=sentence,
                text=sentence_characters(passage, sentence),
                passage=passage,
                hit=hits[position],
                mentions=Mention(int(candidates.mentions[slot])),
                score=score,
            )
        )
    return tuple(found)
