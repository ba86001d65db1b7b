"""What was found for a question, read back from the store: hits, sentences, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.generation import Generation
from rag.indexing.records import DocumentHeader
from rag.indexing.texts import contextual_header, sentence_characters, vector_text
from rag.retrieval.candidates import Candidates
from rag.retrieval.features import Looked, features
from rag.retrieval.fusion import Scores
from rag.retrieval.question import Question
from rag.retrieval.sentences import RankedSentences
from rag.types import Hit, Mention, Passage, Place, Sentence, Signals, Source

_SENTENCES: Final = 8
"""Sentences given to the answerer."""

_KEPT: Final = 4096
"""Passages, and sources, kept in memory."""


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

    ``order`` holds positions in ``candidates``, best first.
    """

    candidates: Candidates
    fused: Scores
    order: NDArray[np.int64]
    sentences: RankedSentences


class Collector:
    """Reads what was ranked back from one generation; safe to use from several threads.

    Passages and sources read lately are kept: a generation never changes, and what is
    kept goes with it.
    """

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._passage = lru_cache(_KEPT)(self._read_passage)
        self._source = lru_cache(_KEPT)(self._read_source)

    def collect(self, question: Question, ranking: Ranking, k: int) -> Evidence:
        """The ``k`` best passages and the best sentences."""
        generation = self._generation
        positions = ranking.sentences.positions[:_SENTENCES]
        # A sentence's passage is needed even where fewer hits were asked for.
        deep = max(k, int(positions.max()) + 1 if len(positions) else 0)
        rows = ranking.candidates.rows[ranking.order[:deep]].tolist()
        places = generation.store.places(rows)
        passages = [self._passage(row) for row in rows]
        sources = [self._source(each) for each in generation.tables.passages["document"][rows]]
        hits = [
            _hit(ranking, rank, passage, source, places.get(row, ()))
            for rank, (row, passage, source) in enumerate(
                zip(rows, passages, sources, strict=True), start=1
            )
        ]
        found = _found(generation, ranking.sentences, hits, passages)
        return Evidence(
            question=question,
            hits=tuple(hits[:k]),
            sentences=found,
            sources={source.document_id: source for source in sources},
            features=_features(generation, question, ranking, found),
        )

    def _read_passage(self, row: int) -> Passage:
        return self._generation.store.passages_at([row])[row]

    def _read_source(self, ordinal: int) -> Source:
        return _source(self._generation.store.header(ordinal))


def _hit(
    ranking: Ranking, rank: int, passage: Passage, source: Source, also_in: tuple[Place, ...]
) -> Hit:
    place = ranking.order[rank - 1]
    candidates = ranking.candidates
    return Hit(
        passage_id=passage.id,
        document_id=passage.document_id,
        title=source.title,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        headings=passage.headings,
        page=passage.page,
        rank=rank,
        score=float(ranking.fused[place]),
        signals=Signals(
            cosine=float(candidates.cosine[place]),
            bm25=float(candidates.bm25[place]),
            sentence=float(candidates.sentence[place]),
        ),
        also_in=also_in,
    )


def _found(
    generation: Generation,
    ranked: RankedSentences,
    hits: Sequence[Hit],
    passages: Sequence[Passage],
) -> tuple[FoundSentence, ...]:
    tables = generation.tables
    found = []
    for number, position, score in zip(
        ranked.numbers[:_SENTENCES].tolist(),
        ranked.positions[:_SENTENCES].tolist(),
        ranked.score[:_SENTENCES].tolist(),
        strict=True,
    ):
        passage = passages[position]
        row = tables.sentences["passage"][number]
        first = int(tables.passages["first_sentence"][row])
        sentence = passage.sentences[number - first]
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
    generation: Generation,
    question: Question,
    ranking: Ranking,
    found: tuple[FoundSentence, ...],
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
        generation.vocabulary,
        len(generation.tables.passages),
        question,
        ranking.candidates,
        ranking.fused,
        ranking.order,
        looked,
        ranking.sentences.score,
    )


def _source(header: DocumentHeader) -> Source:
    return Source(
        document_id=header.id,
        version=header.version,
        title=header.title,
        publisher=header.metadata.source,
        url=header.metadata.source_url,
        date=header.metadata.date,
        language=header.metadata.language,
    )
