"""Which of a question's terms stand where, and how much those that do are worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import Candidates
from rag.index.local.generation import Generation
from rag.index.local.runs import frequencies, runs
from rag.index.local.tables import Tables
from rag.index.local.term_statistics import Census
from rag.index.local.vocabulary import UNKNOWN
from rag.retrieval.fusion import Scores
from rag.types import Question


@dataclass(frozen=True, slots=True)
class Matches:
    """A question's known terms against its candidates: ``t`` terms, ``m`` sentences.

    Attributes:
        frequencies: ``(t, m)``, how often each term stands in each sentence.
        in_context: ``(t, n)``, whether it stands in the title or the headings above each
            of the ``n`` passages.
        owners: ``(m,)``, the position of each sentence's passage.
        rarity: ``(t,)``, inverse passage frequency; see `Census.rarity`.
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


def match(
    generation: Generation, question: Question, candidates: Candidates, census: Census
) -> Matches:
    """Look the question's terms and references up in all candidates.

    Those that the census does not count are left out.
    """
    tables = generation.tables
    found = census.ids(question.terms, question.references)
    ids = found[found != UNKNOWN]
    starts, ends = tables.indptr[candidates.numbers], tables.indptr[candidates.numbers + 1]
    terms, sentences = runs(tables.terms, starts, ends)
    standing = terms == ids[:, None]
    counts = frequencies(standing, sentences, len(candidates.numbers))
    in_context = _in_context(tables, candidates.rows, ids)
    owners = np.repeat(np.arange(len(candidates.rows)), np.diff(candidates.bounds))
    rarity = census.rarity(ids)
    return Matches(
        frequencies=counts,
        in_context=in_context,
        owners=owners,
        rarity=rarity,
        sentence_rarity=census.sentence_rarity(ids),
        phrases=_phrases(standing, sentences, rarity, len(candidates.numbers)),
        sentence_coverage=rarity @ ((counts > 0) | in_context[:, owners]) / _total(rarity),
    )


def _total(rarity: Scores) -> float:
    return float(rarity.sum()) or 1.0


def _in_context(
    tables: Tables, rows: NDArray[np.int64], ids: NDArray[np.int32]
) -> NDArray[np.bool_]:
    starts, ends = tables.context_indptr[rows], tables.context_indptr[rows + 1]
    terms, owners = runs(tables.context_terms, starts, ends)
    return frequencies(terms == ids[:, None], owners, len(rows)) > 0


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
