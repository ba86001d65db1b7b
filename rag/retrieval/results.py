"""What was found for a question, or for what it asks at once: hits, sentences, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.passage_index import CandidateSet
from rag.index.search_texts import sentence_characters
from rag.retrieval.fusion import Scores
from rag.retrieval.reading import Readings
from rag.retrieval.sentence_ranking import RankedSentences
from rag.types import Hit, Mention, Passage, Question, Sentence, Signals, Source, Span

SENTENCES: Final = 8
"""Sentences given to the answerer."""

_NEAREST: Final = 2
"""Sentences shown where none is sure to answer."""

_DAMPING: Final = 5
"""What is added to each rank; the paper's 60 suits rankings of one question, which agree.
The first passage of a part must not give way to what is middling in all rankings."""


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
    ``features`` what the confidence is computed from, a reader's among them where ``read``;
    ``parts`` are the results of each of
    the questions that it asks at once, where they find more than the question as a whole.
    """

    question: Question
    hits: tuple[Hit, ...]
    sentences: tuple[FoundSentence, ...]
    sources: Mapping[str, Source]
    features: Mapping[str, float]
    read: bool = False
    parts: tuple["Results", ...] = ()


def hits_of(
    candidates: CandidateSet,
    scores: NDArray[np.floating],
    order: NDArray[np.int64],
    shown: Sequence[DisplayedPassage],
    readings: Readings | None = None,
    ranked: RankedSentences | None = None,
) -> tuple[Hit, ...]:
    """The candidates at the positions in ``order``, each with its score.

    ``shown`` are those passages as `CandidateSet.read` gives them. Each is shown at its
    best sentence: by ``ranked`` where it holds one of them, else by its cosine.
    """
    best = {} if ranked is None else _first_slots(ranked)
    answers = None if readings is None else readings.answers
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
                reader=_known(answers, place),
            ),
            also_in=each.also_in,
            excerpt=_excerpt(candidates, int(place), each, best.get(rank - 1)),
        )
        for rank, (place, each) in enumerate(zip(order, shown, strict=True), start=1)
    )


def _first_slots(ranked: RankedSentences) -> dict[int, int]:
    """The slot of the best sentence of each passage, by its place in the ranking."""
    found: dict[int, int] = {}
    for position, slot in zip(ranked.positions.tolist(), ranked.slots.tolist(), strict=True):
        found.setdefault(position, slot)
    return found


def _excerpt(
    candidates: CandidateSet, place: int, shown: DisplayedPassage, slot: int | None
) -> Span | None:
    first, end = candidates.bounds[place : place + 2].tolist()
    if first == end:
        return None
    if slot is None:
        slot = first + int(candidates.sentence_cosines[first:end].argmax())
    sentence = shown.sentence(slot - first)
    return Span(sentence.start, sentence.end) if sentence else None


def _known(logits: Scores | None, place: int) -> float | None:
    if logits is None or np.isnan(logits[place]):
        return None
    return float(logits[place])


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


def nearest(results: Results) -> Results:
    """The results less all but the sentences that come nearest, as one question's."""
    return replace(results, sentences=results.sentences[:_NEAREST], parts=())


def add_to(whole: Results, parts: Sequence[Results]) -> bool:
    """Whether the parts found anything that the whole question did not put first.

    Never, where a part found no sentence.
    """
    if not parts or not whole.sentences or not all(part.sentences for part in parts):
        return False
    best = whole.sentences[0].place
    return any(part.sentences[0].place != best for part in parts)


def joined(whole: Results, parts: Sequence[Results], k: int) -> Results:
    """What was found for a question and for its parts, as results of the whole question.

    Hits are merged by their ranks alone, since the scores of different questions share no
    scale: reciprocal rank fusion (Cormack, Clarke & Büttcher, 2009).

    ``hits`` are the ``k`` best passages of all, each once, ranked anew; a passage keeps the
    score and the signals of the ranking that it stands highest in, the whole question's
    first, so that scores need not fall from hit to hit. ``sentences`` are those of the
    parts, in turn: first the best of each.
    """
    return replace(
        whole,
        hits=_merged([each.hits for each in (whole, *parts)])[:k],
        sentences=_in_turn([part.sentences for part in parts]),
        sources={name: kept for each in (*parts, whole) for name, kept in each.sources.items()},
        parts=tuple(parts),
    )


def _merged(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    worth: dict[str, float] = {}
    shown: dict[str, Hit] = {}
    for hit in chain.from_iterable(rankings):
        worth[hit.passage_id] = worth.get(hit.passage_id, 0.0) + 1 / (_DAMPING + hit.rank)
        if hit.rank < shown.setdefault(hit.passage_id, hit).rank:
            shown[hit.passage_id] = hit
    order = sorted(shown.values(), key=lambda hit: (-worth[hit.passage_id], hit.rank))
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(order, start=1))


def _in_turn(found: Sequence[Sequence[FoundSentence]]) -> tuple[FoundSentence, ...]:
    kept: dict[tuple[str, int, int], FoundSentence] = {}
    for each in filter(None, chain.from_iterable(zip_longest(*found))):
        kept.setdefault(each.place, each)
    return tuple(kept.values())
