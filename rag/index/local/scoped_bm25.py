"""BM25 over the collections that may be seen, as if no other were indexed.

Tantivy knows how often a term stands in the whole index, and how long its passages are on
average. What it finds is therefore asked for with the rarity that terms have where one may
look, and then counted anew, by tantivy's own formula in its own precision, with the mean
length of the passages that may be seen. How far the two means can draw a score apart has a
bound, so that one knows when nothing better is left to find.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.local.lexical import FieldWeights, LexicalQuery
from rag.index.local.scope import Scope
from rag.index.local.tables import places_of, runs
from rag.index.local.term_statistics import FieldLength, Lengths, TermStatistics
from rag.index.local.vocabulary import UNKNOWN
from rag.types import Question

_K1: Final = np.float32(1.2)
_B: Final = np.float32(0.75)
_BLOCK: Final = 512
"""Passages counted at once: a question of 64 terms then takes a few megabytes."""
_DEEPER: Final = 4
_ROUNDING: Final = 1 + 1e-4
"""How far rounding alone may draw two single precision scores apart."""

Floats = NDArray[np.float32]
Found = tuple[NDArray[np.int64], Floats]


def best_lexical(
    generation: Generation, question: Question, depth: int, fields: FieldWeights, scope: Scope
) -> Found:
    """The ``depth`` passages in scope of greatest BM25; see `Lexical.search`.

    Where some collections are out of scope, neither the order nor the scores depend on
    what stands in them.
    """
    lexical, statistics = generation.lexical, scope.statistics
    if statistics.lengths is None:
        query = LexicalQuery(question.terms, question.references)
        return lexical.search(query, depth, fields, scope.rows)
    asked = _scoped_terms(statistics, question, fields)
    there = int(np.count_nonzero(scope.rows))
    wanted = min(depth, there)
    if not len(asked.ids) or not wanted:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    query, slack = asked.query(generation), _slack(statistics.lengths)
    reach = wanted
    while True:
        reach = min(_DEEPER * reach, there)
        rows, rough = lexical.search(query, reach, fields, scope.rows)
        scores = _scores(generation, statistics.lengths, asked, rows)
        order = np.lexsort((rows, -scores))[:wanted]
        all_seen = len(rows) < reach or reach == there
        if all_seen or float(rough[-1]) * slack < float(scores[order[-1]]):
            return rows[order], scores[order]


@dataclass(frozen=True, slots=True, eq=False)
class _ScopedTerms:
    """The terms asked that stand where one may look, ``(t,)`` each.

    ``rarity`` is inverse passage frequency over the collections in scope; ``weights`` are
    those of the fields; of ``terms`` the first ``stems`` are stems, the others references.
    """

    terms: tuple[str, ...]
    stems: int
    ids: NDArray[np.int32]
    rarity: Floats
    weights: Floats

    def query(self, generation: Generation) -> LexicalQuery:
        """The query that gives each term this rarity in place of the whole index's."""
        overall = _rarity(
            len(generation.tables.passages), generation.vocabulary.passage_counts[self.ids]
        )
        factors = tuple((self.rarity / overall).tolist())
        return LexicalQuery(self.terms[: self.stems], self.terms[self.stems :], factors)


def _scoped_terms(
    statistics: TermStatistics, question: Question, fields: FieldWeights
) -> _ScopedTerms:
    terms = (*question.terms, *question.references)
    found = statistics.ids(question.terms, question.references)
    known = np.flatnonzero(found != UNKNOWN)
    stems = int(np.count_nonzero(known < len(question.terms)))
    ids = found[known]
    return _ScopedTerms(
        terms=tuple(terms[place] for place in known.tolist()),
        stems=stems,
        ids=ids,
        rarity=_rarity(statistics.passages, statistics.passage_counts[ids]),
        weights=np.repeat(
            np.array([fields.body, fields.references], np.float32), [stems, len(ids) - stems]
        ),
    )


def _rarity(passages: int, counts: NDArray[np.int32]) -> Floats:
    found = counts.astype(np.float32)
    half = np.float32(0.5)
    odds = ((passages - counts).astype(np.float32) + half) / (found + half)
    return np.asarray(np.log(np.float32(1) + odds), np.float32)


def _scores(
    generation: Generation, lengths: Lengths, asked: _ScopedTerms, rows: NDArray[np.int64]
) -> Floats:
    blocks = [rows[first : first + _BLOCK] for first in range(0, len(rows), _BLOCK)]
    scored = [_block_scores(generation, lengths, asked, block) for block in blocks]
    return np.concatenate(scored) if scored else np.empty(0, np.float32)


def _block_scores(
    generation: Generation, lengths: Lengths, asked: _ScopedTerms, rows: NDArray[np.int64]
) -> Floats:
    table = generation.tables.passages[rows]
    body = _damping(table["n_terms"], lengths.body)
    references = _damping(table["n_references"], lengths.references)
    scores = np.zeros(len(rows), np.float32)
    counts = passage_frequencies(generation, rows, asked.ids)
    weights = asked.weights * asked.rarity * (1 + _K1)
    for number, (weight, own) in enumerate(zip(weights, counts, strict=True)):
        damping = body if number < asked.stems else references
        frequency = own.astype(np.float32)
        scores += weight * (frequency / (frequency + damping))
    return scores


def passage_frequencies(
    generation: Generation, rows: NDArray[np.int64], ids: NDArray[np.int32]
) -> NDArray[np.int64]:
    """How often each term stands in the lexical fields of each passage, ``(t, n)``."""
    tables = generation.tables
    table = tables.passages[rows]
    first = table["first_sentence"]
    in_sentences, owners = runs(
        tables.terms, tables.indptr[first], tables.indptr[first + table["sentences"]]
    )
    places, surplus_owners = places_of(
        tables.surplus_indptr[rows], tables.surplus_indptr[rows + 1]
    )
    surplus, differences = tables.surplus_terms[:, places]
    counts = np.zeros((len(ids), len(rows)), np.int64)
    for own, term in zip(counts, ids.tolist(), strict=True):
        own += np.bincount(owners[in_sentences == term], minlength=len(rows))
        more = np.flatnonzero(surplus == term)
        np.add.at(own, surplus_owners[more], differences[more])
    return counts


def _damping(lengths: NDArray[np.int32], length: FieldLength) -> Floats:
    """``k1 (1 - b + b length / mean)`` of lengths as tantivy keeps them."""
    mean = np.float32(length.mean or 1.0)
    return np.asarray(_K1 * (1 - _B + _B * kept_lengths(lengths).astype(np.float32) / mean))


def kept_lengths(lengths: NDArray[np.int32]) -> NDArray[np.int64]:
    """Lengths as tantivy keeps them, in one byte each: those above 40 are rounded down.

    Steps of 2 eight times, then of 4 eight times, and so on.
    """
    values = lengths.astype(np.int64)
    eighths = np.maximum(values - 24, 16) // 8
    steps = 1 << np.floor(np.log2(eighths)).astype(np.int64)
    return np.where(values < 40, values, 24 + (values - 24) // steps * steps)


def _slack(lengths: Lengths) -> float:
    """How many times what tantivy gives a passage its score here may be, at most."""
    return _ROUNDING * max(_ratios(lengths))


def _ratios(lengths: Lengths) -> Iterator[float]:
    """For each field the greatest ratio: that of a term found once in the longest one."""
    yield 1.0
    for length in (lengths.body, lengths.references):
        if length.mean and length.overall:
            here, overall = (
                1 + 1.2 * (0.25 + 0.75 * length.most / mean)
                for mean in (length.mean, length.overall)
            )
            yield overall / here
