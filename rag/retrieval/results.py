"""What was found for a question, read back from the store: hits, sentences, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import Candidates
from rag.index.local.display_copies import Showing, Shown
from rag.index.local.generation import Generation
from rag.index.local.scope import Scope
from rag.index.local.term_statistics import Census
from rag.index.search_texts import contextual_header, sentence_characters, vector_text
from rag.retrieval.features import Looked, features
from rag.retrieval.fusion import Scores
from rag.retrieval.sentences import RankedSentences
from rag.types import Hit, Mention, Passage, Question, Sentence, Signals, Source

_SENTENCES: Final = 8
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was found for a question, best first.

    ``sources`` holds the source of each document named by a hit or a sentence, and
    ``features`` what the confidence is computed from.
    """

    question: Question
    hits: tuple[Hit, ...]
    sentences: tuple[FoundSentence, ...]
    sources: Mapping[str, Source]
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One question's candidates with their fused scores, ``(n,)``, and their order.

    ``census`` is what rarity was counted over; ``order`` holds positions in
    ``candidates``, best first.
    """

    candidates: Candidates
    census: Census
    fused: Scores
    order: NDArray[np.int64]
    sentences: RankedSentences


class Collector:
    """Reads what was ranked back from one generation; safe to use from several threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._showing = Showing(generation)

    def collect(
        self, question: Question, ranking: Ranking, k: int, scope: Scope | None = None
    ) -> Evidence:
        """The ``k`` best passages and the best sentences, as the scope lets them be seen."""
        positions = ranking.sentences.positions[:_SENTENCES]
        # A sentence's passage is needed even where fewer hits were asked for.
        deep = max(k, int(positions.max()) + 1 if len(positions) else 0)
        chosen = ranking.order[:deep]
        shown = self._showing.show(ranking.candidates.rows[chosen].tolist(), scope)
        hits = _hits(ranking.candidates, ranking.fused, chosen, shown)
        found = _found(self._generation, ranking.sentences, hits, shown)
        return Evidence(
            question=question,
            hits=hits[:k],
            sentences=found,
            sources={each.source.document_id: each.source for each in shown},
            features=_features(question, ranking, found),
        )

    def hits(
        self,
        candidates: Candidates,
        scores: NDArray[np.floating],
        order: NDArray[np.int64],
        scope: Scope | None = None,
    ) -> tuple[Hit, ...]:
        """The candidates at these positions, in that order, each with its score."""
        shown = self._showing.show(candidates.rows[order].tolist(), scope)
        return _hits(candidates, scores, order, shown)


def _hits(
    candidates: Candidates,
    scores: NDArray[np.floating],
    order: NDArray[np.int64],
    shown: Sequence[Shown],
) -> tuple[Hit, ...]:
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
                sentence=float(candidates.sentence[place]),
            ),
            also_in=each.also_in,
        )
        for rank, (place, each) in enumerate(zip(order, shown, strict=True), start=1)
    )


def _found(
    generation: Generation,
    ranked: RankedSentences,
    hits: Sequence[Hit],
    shown: Sequence[Shown],
) -> tuple[FoundSentence, ...]:
    tables = generation.tables
    found = []
    for number, position, score in zip(
        ranked.numbers[:_SENTENCES].tolist(),
        ranked.positions[:_SENTENCES].tolist(),
        ranked.score[:_SENTENCES].tolist(),
        strict=True,
    ):
        passage = shown[position].passage
        row = tables.sentences["passage"][number]
        first = int(tables.passages["first_sentence"][row])
        sentence = shown[position].sentence(number - first)
        if sentence is None:
            continue
        found.append(
            FoundSentence(
                sentence=sentence,
                text=sentence_characters(passage, sentence),
                passage=passage,
                hit=hits[position],
                mentions=Mention(int(tables.sentences["mentions"][number])),
                score=score,
            )
        )
    return tuple(found)


def _features(
    question: Question, ranking: Ranking, found: tuple[FoundSentence, ...]
) -> Mapping[str, float]:
    if not found:
        return {}
    best = found[0]
    looked = Looked(
        passage=vector_text(best.hit.title, best.passage),
        context=contextual_header(best.hit.title, best.passage),
        sentence=best.sentence.search_text or best.text,
        position=best.hit.rank - 1,
    )
    return features(
        ranking.census,
        question,
        ranking.candidates,
        ranking.fused,
        ranking.order,
        looked,
        ranking.sentences.score,
    )
