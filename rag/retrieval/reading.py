"""The first passages read together with the question, and what that changes.

A cosine or shared words tell that a passage is on the subject; a reader, that it answers.
Its logits join the scores of passages and of sentences, by weights fitted for that.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.passage_index import CandidateSet
from rag.index.search_texts import SEPARATOR, sentence_characters
from rag.protocols import PassageReading, Reader, ReaderPassage
from rag.retrieval.fusion import Scores, fuse, ranking
from rag.types import BlockKind, Question


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What a reader told of the first passages, as logits; NaN where it read nothing.

    Attributes:
        answers: ``(n,)``, that each candidate passage answers.
        units: ``(m,)``, how much each of the candidates' sentences belongs to the answer,
            against 0 for none.
        best: ``(n,)``, the greatest of each passage's units.
    """

    answers: Scores
    units: Scores
    best: Scores

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read."""
        return bool(np.isnan(self.answers).all())


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader at work on the first ``passages``; as safe among threads as the reader.

    What it does is done within a ``timer``.
    """

    reader: Reader
    passages: int
    timer: Callable[[], AbstractContextManager[None]] = nullcontext

    def of(self, question: Question, candidates: CandidateSet, fused: Scores) -> Readings:
        """Read the first passages by their fused scores, ``(n,)``."""
        answers = np.full(len(candidates.cosine), np.nan)
        units = np.full(len(candidates.sentence_cosines), np.nan)
        best = answers.copy()
        first = ranking(fused)[: self.passages].tolist()
        shown = candidates.read(first)
        with self.timer():
            told = self.reader.read(question.search_text, [as_read(each) for each in shown])
        for place, each, reading in zip(first, shown, told, strict=True):
            start = int(candidates.bounds[place])
            own = _of_sentences(each, reading)
            units[start : start + len(own)] = own
            answers[place] = reading.answers
            # A passage may hold nothing but headings.
            best[place] = np.nanmax(own) if np.isfinite(own).any() else np.nan
        return Readings(answers, units, best)


def as_read(shown: DisplayedPassage) -> ReaderPassage:
    """A passage as the reader is shown it: headings are its context, and no units.

    It is the passage that was searched, whose sentences every other signal is of.
    """
    passage = shown.indexed
    source = shown.source
    context = dict.fromkeys(filter(None, (source.title, *passage.headings, source.names)))
    return ReaderPassage(
        SEPARATOR.join(context),
        tuple(
            (sentence_characters(passage, each), each.kind)
            for each in passage.sentences
            if each.kind is not BlockKind.HEADING
        ),
    )


def _of_sentences(shown: DisplayedPassage, reading: PassageReading) -> NDArray[np.float64]:
    """The logit of each sentence of the passage; NaN for headings and what was cut off."""
    kinds = [each.kind for each in shown.indexed.sentences]
    found = np.full(len(kinds), np.nan)
    found[[kind is not BlockKind.HEADING for kind in kinds]] = reading.units
    found[np.isneginf(found)] = np.nan
    return found


def passage_reading_signals(fused: Scores, readings: Readings) -> dict[str, Scores]:
    """What is weighed of each passage once the first were read, by name, each ``(n,)``.

    ``ranking`` is the fused score before, ``reader`` that the passage answers, ``unit`` its
    best unit. One that was not read counts as the worst of those that were.
    """
    return {
        "ranking": fused,
        "reader": filled(readings.answers),
        "unit": filled(readings.best),
    }


def sentence_reading_signals(
    scores: Scores, readings: Readings, slots: NDArray[np.int64], owners: NDArray[np.int64]
) -> dict[str, Scores]:
    """The same of each sentence, ``(s,)``.

    ``ranking`` is the score before, ``unit`` the sentence's own logit, ``reader`` that its
    passage answers.

    Args:
        scores: the scores before, ``(s,)``.
        readings: what was read.
        slots: which of the candidates' sentences, ``(s,)``.
        owners: the position of each one's passage among the candidates, ``(s,)``.
    """
    return {
        "ranking": scores,
        "unit": filled(readings.units)[slots],
        "reader": filled(readings.answers)[owners],
    }


def filled(logits: Scores) -> Scores:
    """The logits, the least of them in the place of those that are not there."""
    known = ~np.isnan(logits)
    if not known.any():
        return np.zeros_like(logits)
    told: Scores = np.where(known, logits, logits[known].min())
    return told


def reread(fused: Scores, readings: Readings, weights: Mapping[str, float]) -> Scores:
    """The scores of passages once the first were read, ``(n,)``."""
    return fuse(passage_reading_signals(fused, readings), weights)
