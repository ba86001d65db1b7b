"""From a question and its vector to ranked passages and sentences: the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.generation import Generation
from rag.indexing.records import DocumentHeader
from rag.indexing.texts import sentence_characters, vector_text
from rag.retrieval.candidates import Candidates, gather
from rag.retrieval.features import Looked, features
from rag.retrieval.fusion import Scores, fuse, ranking
from rag.retrieval.question import Question
from rag.retrieval.sentences import RankedSentences, rank_sentences
from rag.types import Hit, Mention, Passage, Sentence, Signals, Source
from rag.weights import Weights

_READ: Final = 20
"""Passages whose sentences are ranked; deeper ones almost never held the answer."""

_SENTENCES: Final = 12
"""Sentences given to the answerer."""


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence that may answer, with the passage that it stands in.

    ``score`` is in standardised units, comparable within one question.
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
        self._depth = depth

    def retrieve(self, question: Question, vector: NDArray[np.float32], k: int) -> Evidence:
        """The ``k`` best passages and the sentences that may answer.

        Args:
            question: the question read.
            vector: the unit vector of its ``search_text``, ``(dimensions,)``.
            k: hits wanted; fewer where the index has fewer.
        """
        candidates = gather(self._generation, question, vector, self._depth)
        fusion = self._weights.fusion
        fused = fuse(
            {
                "cosine": candidates.cosine,
                "bm25": candidates.bm25,
                "sentence": candidates.sentence,
            },
            {
                "cosine": fusion.cosine,
                "bm25": fusion.bm25,
                "sentence": fusion.sentence,
            },
        )
        order = ranking(fused)
        sentences = rank_sentences(
            self._generation, question, candidates, order[:_READ], fused, self._weights.sentence
        )
        return self._evidence(question, candidates, fused, order, sentences, k)

    def _evidence(
        self,
        question: Question,
        candidates: Candidates,
        fused: Scores,
        order: NDArray[np.int64],
        ranked: RankedSentences,
        k: int,
    ) -> Evidence:
        positions = ranked.positions[:_SENTENCES]
        # A sentence's passage is a hit to show even where fewer hits were asked for.
        deep = max(k, int(positions.max()) + 1 if len(positions) else 0)
        rows = candidates.rows[order[:deep]]
        passages = self._generation.store.passages_at(rows.tolist())
        places = self._generation.store.places(rows.tolist())
        sources = self._sources(rows)
        hits = []
        for position, row in enumerate(rows.tolist()):
            passage = passages[row]
            index = order[position]
            hits.append(
                Hit(
                    passage_id=passage.id,
                    document_id=passage.document_id,
                    title=sources[passage.document_id].title,
                    start=passage.start,
                    end=passage.end,
                    text=passage.text,
                    headings=passage.headings,
                    page=passage.page,
                    rank=position + 1,
                    score=float(fused[index]),
                    signals=Signals(
                        cosine=float(candidates.cosine[index]),
                        bm25=float(candidates.bm25[index]),
                        sentence=float(candidates.sentence[index]),
                    ),
                    also_in=places.get(row, ()),
                )
            )
        found = self._found(ranked, hits, [passages[row] for row in rows.tolist()])
        return Evidence(
            question=question,
            hits=tuple(hits[:k]),
            sentences=found,
            sources=sources,
            features=self._features(question, candidates, fused, order, found),
        )

    def _found(
        self, ranked: RankedSentences, hits: list[Hit], passages: list[Passage]
    ) -> tuple[FoundSentence, ...]:
        tables = self._generation.tables
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
        self,
        question: Question,
        candidates: Candidates,
        fused: Scores,
        order: NDArray[np.int64],
        found: tuple[FoundSentence, ...],
    ) -> Mapping[str, float]:
        if not found:
            return {}
        best = found[0]
        looked = Looked(
            passage=vector_text(best.hit.title, best.passage),
            sentence=best.sentence.search_text or best.text,
            mentions=best.mentions,
            position=best.hit.rank - 1,
        )
        return features(
            self._generation.vocabulary,
            len(self._generation.tables.passages),
            question,
            candidates,
            fused,
            order,
            looked,
        )

    def _sources(self, rows: NDArray[np.int64]) -> dict[str, Source]:
        ordinals = np.unique(self._generation.tables.passages["document"][rows])
        headers = map(self._generation.store.header, ordinals.tolist())
        return {header.id: _source(header) for header in headers}


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
