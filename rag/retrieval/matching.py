"""Which of a question's terms stand where, and how much those that do are worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.indexing.generation import Generation
from rag.indexing.tables import Tables
from rag.indexing.vocabulary import UNKNOWN
from rag.retrieval.candidates import Candidates
from rag.retrieval.fusion import Scores
from rag.retrieval.question import Question


@dataclass(frozen=True, slots=True)
class Matches:
    """A question's known terms against its candidates: ``t`` terms, ``m`` sentences.

    Attributes:
        frequencies: ``(t, m)``, how often each term stands in each sentence.
        in_context: ``(t, n)``, whether it stands in the title or the headings above each
            of the ``n`` passages.
        owners: ``(m,)``, the position of each sentence's passage.
        rarity: ``(t,)``, inverse passage frequency, ``log(1 + (N - f + .5) / (f + .5))``.
        sentence_rarity: ``(t,)``, the same over sentences.
        phrases: ``(m,)``, the mean rarity of each pair of terms that follow one another
            both in the question and in the sentence, summed.
    """

    frequencies: NDArray[np.int64]
    in_context: NDArray[np.bool_]
    owners: NDArray[np.int64]
    rarity: Scores
    sentence_rarity: Scores
    phrases: Scores

    @property
    def total(self) -> float:
        """The rarity of all terms; 1 where there is none, so that shares are 0."""
        return float(self.rarity.sum()) or 1.0

    def passage_coverage(self) -> Scores:
        """Share, 0 to 1, of the question's rarity that a passage or its context holds."""
        found = self.in_context.copy()
        for number, counts in enumerate(self.frequencies):
            found[number, self.owners[counts > 0]] = True
        covered: Scores = self.rarity @ found / self.total
        return covered

    def sentence_coverage(self) -> Scores:
        """The same for each sentence with its passage's context, ``(m,)``."""
        found = (self.frequencies > 0) | self.in_context[:, self.owners]
        covered: Scores = self.rarity @ found / self.total
        return covered


def match(generation: Generation, question: Question, candidates: Candidates) -> Matches:
    """Look the question's terms and references up in all candidates."""
    vocabulary, tables = generation.vocabulary, generation.tables
    found = vocabulary.ids(question.terms, question.references)
    ids = found[found != UNKNOWN]
    starts, ends = tables.indptr[candidates.numbers], tables.indptr[candidates.numbers + 1]
    terms, owners = _runs(tables.terms, starts, ends)
    sentences = len(candidates.numbers)
    rarity = _rarity(len(tables.passages), vocabulary.passage_counts[ids])
    return Matches(
        frequencies=_frequencies(terms, owners, ids, sentences),
        in_context=_in_context(tables, candidates.rows, ids),
        owners=np.repeat(np.arange(len(candidates.rows)), np.diff(candidates.bounds)),
        rarity=rarity,
        sentence_rarity=_rarity(len(tables.sentences), vocabulary.sentence_counts[ids]),
        phrases=_phrases(terms, owners, ids, rarity, sentences),
    )


def _rarity(total: int, found: NDArray[np.int32]) -> Scores:
    rarity: Scores = np.log1p((total - found + 0.5) / (found + 0.5))
    return rarity


def _runs(
    values: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """``values[start:end]`` of each run, one after the other, and the run of each value."""
    lengths = ends - starts
    bounds = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(starts - bounds, lengths)
    return values[places], np.repeat(np.arange(len(starts)), lengths)


def _frequencies(
    terms: NDArray[np.int32], owners: NDArray[np.int64], ids: NDArray[np.int32], sentences: int
) -> NDArray[np.int64]:
    counts = [np.bincount(owners[terms == each], minlength=sentences) for each in ids]
    return np.array(counts, np.int64).reshape(len(ids), sentences)


def _in_context(
    tables: Tables, rows: NDArray[np.int64], ids: NDArray[np.int32]
) -> NDArray[np.bool_]:
    starts, ends = tables.context_indptr[rows], tables.context_indptr[rows + 1]
    terms, owners = _runs(tables.context_terms, starts, ends)
    return _frequencies(terms, owners, ids, len(rows)) > 0


def _phrases(
    terms: NDArray[np.int32],
    owners: NDArray[np.int64],
    ids: NDArray[np.int32],
    rarity: Scores,
    sentences: int,
) -> Scores:
    worth: Scores = np.zeros(sentences)
    together = owners[:-1] == owners[1:]
    for place in range(len(ids) - 1):
        follow = together & (terms[:-1] == ids[place]) & (terms[1:] == ids[place + 1])
        worth[np.unique(owners[:-1][follow])] += rarity[place : place + 2].mean()
    return worth
