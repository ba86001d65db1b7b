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
        sentence_coverage: ``(m,)``, the share, 0 to 1, of the question's rarity that each
            sentence holds together with its passage's context.
    """

    frequencies: NDArray[np.int64]
    in_context: NDArray[np.bool_]
    owners: NDArray[np.int64]
    rarity: Scores
    sentence_rarity: Scores
    phrases: Scores
    sentence_coverage: Scores

    @property
    def total(self) -> float:
        """The rarity of all terms; 1 where there is none, so that shares are 0."""
        return _total(self.rarity)

    def passage_coverage(self) -> Scores:
        """Share, 0 to 1, of the question's rarity that a passage or its context holds."""
        found = self.in_context.copy()
        for number, counts in enumerate(self.frequencies):
            found[number, self.owners[counts > 0]] = True
        covered: Scores = self.rarity @ found / self.total
        return covered


def match(generation: Generation, question: Question, candidates: Candidates) -> Matches:
    """Look the question's terms and references up in all candidates."""
    vocabulary, tables = generation.vocabulary, generation.tables
    found = vocabulary.ids(question.terms, question.references)
    ids = found[found != UNKNOWN]
    starts, ends = tables.indptr[candidates.numbers], tables.indptr[candidates.numbers + 1]
    terms, sentences = _runs(tables.terms, starts, ends)
    standing = terms == ids[:, None]
    frequencies = _frequencies(standing, sentences, len(candidates.numbers))
    in_context = _in_context(tables, candidates.rows, ids)
    owners = np.repeat(np.arange(len(candidates.rows)), np.diff(candidates.bounds))
    rarity = _rarity(len(tables.passages), vocabulary.passage_counts[ids])
    return Matches(
        frequencies=frequencies,
        in_context=in_context,
        owners=owners,
        rarity=rarity,
        sentence_rarity=_rarity(len(tables.sentences), vocabulary.sentence_counts[ids]),
        phrases=_phrases(standing, sentences, rarity, len(candidates.numbers)),
        sentence_coverage=rarity @ ((frequencies > 0) | in_context[:, owners]) / _total(rarity),
    )


def _total(rarity: Scores) -> float:
    return float(rarity.sum()) or 1.0


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
    standing: NDArray[np.bool_], owners: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """``(t, count)`` from ``standing``, ``(t, n)``: whether each of n words is each term."""
    counts = [np.bincount(owners[words], minlength=count) for words in standing]
    return np.array(counts, np.int64).reshape(len(standing), count)


def _in_context(
    tables: Tables, rows: NDArray[np.int64], ids: NDArray[np.int32]
) -> NDArray[np.bool_]:
    starts, ends = tables.context_indptr[rows], tables.context_indptr[rows + 1]
    terms, owners = _runs(tables.context_terms, starts, ends)
    return _frequencies(terms == ids[:, None], owners, len(rows)) > 0


def _phrases(
    standing: NDArray[np.bool_], owners: NDArray[np.int64], rarity: Scores, count: int
) -> Scores:
    worth: Scores = np.zeros(count)
    together = owners[:-1] == owners[1:]
    for place in range(len(standing) - 1):
        follow = together & standing[place, :-1] & standing[place + 1, 1:]
        # Addition by index counts a sentence once, however often the pair stands in it.
        worth[owners[:-1][follow]] += rarity[place : place + 2].mean()
    return worth
