"""What tells a good find from a bad one, as numbers that no collection's size bends."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.passage_index import CandidateSet
from rag.index.search_texts import contextual_header, vector_text
from rag.retrieval.fusion import Scores, shares
from rag.retrieval.reading import Readings, filled
from rag.retrieval.results import FoundSentence
from rag.retrieval.sentence_ranking import RankedSentences
from rag.retrieval.signals import inverse_frequency
from rag.text.terms import lexical_terms
from rag.types import Kind, Mention, Question

_NEIGHBOURS: Final = 10
_RARE: Final = 2
_NEXT: Final = 4
"""Sentences that the first is compared with, itself included."""
_KINDS: Final = tuple(kind for kind in Kind if kind is not Kind.OTHER)
_TIMES: Final = Mention.DATE | Mention.DURATION
_VALUES: Final = (
    _TIMES
    | Mention.NUMBER
    | Mention.MONEY
    | Mention.PERCENT
    | Mention.PERSON
    | Mention.PLACE
    | Mention.ORGANISATION
)
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")


def features(
    question: Question,
    candidates: CandidateSet,
    fused: Scores,
    order: NDArray[np.int64],
    sentences: Sequence[FoundSentence],
    ranked: RankedSentences,
    names: str = "",
    readings: Readings | None = None,
) -> Mapping[str, float]:
    """Features of what was found, by name; none where no sentence was.

    Cosines are raw; gaps compare the best with those that follow; coverages are shares, 0
    to 1, of the question's terms weighted by rarity (inverse passage frequency). The
    shares are the ranking's own probabilities that this passage, and this sentence, is the
    right one if any is. What a reader told, where there is one, is in log-odds.

    Args:
        question: the question read.
        candidates: its candidates.
        fused: the score of each, ``(n,)``.
        order: their positions, best first.
        sentences: the best sentences, best first.
        ranked: all sentences ranked, best first.
        names: what the place of the first sentence's document says of it.
        readings: what a reader told of the first passages.
    """
    if not sentences:
        return {}
    first = sentences[0]
    best = order[first.hit.rank - 1]
    return {
        **_nearness(candidates, best),
        **_lead(candidates, fused, order, best),
        **_coverage(question, candidates, first, names),
        "passage_share": float(shares(fused)[best]),
        "sentence_share": float(shares(ranked.score)[0]),
        "years_missing": _missing_years(question, first),
        "french": float(question.language == "fr"),
        **_asked(question, first),
        **(_told(readings, best, ranked) if readings else {}),
    }


def _asked(question: Question, best: FoundSentence) -> dict[str, float]:
    """What kind of answer is asked for, and whether the best sentence holds such a value."""
    wants = question.wants & _VALUES
    if wants & _TIMES:
        wants |= _TIMES
    return {
        "value_wanted": float(bool(wants)),
        "value_missing": float(bool(wants) and not wants & best.mentions),
        **{f"asks_{kind}": float(question.kind is kind) for kind in _KINDS},
    }


def _told(readings: Readings, best: np.int64, ranked: RankedSentences) -> dict[str, float]:
    """What the reader told of the best passage and sentence, and of all that it read."""
    answers, units = filled(readings.answers), filled(readings.units)[ranked.slots]
    known = readings.units[~np.isnan(readings.units)]
    others = np.delete(answers, best)
    return {
        "reader": float(answers[best]),
        "reader_most": float(answers.max()),
        "reader_lead": float(answers[best] - others.max()) if len(others) else 0.0,
        "unit": float(units[0]),
        "unit_most": float(units.max()),
        "unit_next": float(units[1:_NEXT].mean()) if len(units) > 1 else float(units[0]),
        "unit_any": float(np.logaddexp.reduce(known)) if len(known) else 0.0,
    }


def _nearness(candidates: CandidateSet, best: np.int64) -> dict[str, float]:
    return {
        "cosine": float(candidates.cosine[best]),
        "cosine_most": float(candidates.cosine.max()),
        "sentence": float(candidates.best_sentence[best]),
        "sentence_most": float(candidates.best_sentence.max()),
    }


def _lead(
    candidates: CandidateSet, fused: Scores, order: NDArray[np.int64], best: np.int64
) -> dict[str, float]:
    following = fused[order[1:_NEIGHBOURS]]
    top = float(fused[order[0]])
    return {
        "score": top,
        "score_lead": top - float(following[0]) if len(following) else 0.0,
        "score_gap": top - float(following.mean()) if len(following) else 0.0,
        "sentence_gap": _gap(candidates.best_sentence),
        "cosine_gap": _gap(candidates.cosine),
        "first_by_cosine": float(candidates.cosine.argmax() == best),
        "first_by_sentence": float(candidates.best_sentence.argmax() == best),
        "first_by_bm25": float(candidates.bm25.argmax() == best),
    }


def _gap(scores: NDArray[np.float32]) -> float:
    top = np.sort(scores)[::-1][:_NEIGHBOURS]
    return float(top[0] - top.mean())


def _coverage(
    question: Question, candidates: CandidateSet, best: FoundSentence, names: str
) -> dict[str, float]:
    counts, asked = candidates.counts, len(question.terms)
    rarity = inverse_frequency(counts.passages, counts.in_passages[:asked])
    weights = dict(zip(question.terms, rarity.tolist(), strict=True))
    total = sum(weights.values()) or 1.0
    in_sentence = set(lexical_terms(_searched(best)))
    beside = in_sentence.union(lexical_terms(names))
    in_context = beside.union(lexical_terms(contextual_header(best.hit.title, best.passage)))
    in_passage = beside.union(lexical_terms(vector_text(best.hit.title, best.passage)))
    rarest = sorted(weights, key=lambda term: (-weights[term], term))[:_RARE]
    unknown = np.flatnonzero(~counts.known[:asked])
    return {
        "passage_coverage": sum(weights[term] for term in weights if term in in_passage)
        / total,
        "sentence_coverage": sum(weights[term] for term in weights if term in in_sentence)
        / total,
        "context_coverage": sum(weights[term] for term in weights if term in in_context)
        / total,
        "rarest_coverage": sum(term in in_passage for term in rarest) / max(len(rarest), 1),
        "missing": _rarest_missing(weights, in_passage, counts.passages),
        "missing_beside": _rarest_missing(weights, in_context, counts.passages),
        "unknown": sum(weights[question.terms[place]] for place in unknown) / total,
        "bm25_share": float(candidates.bm25.max()) / total,
        "rarity": total / max(len(weights), 1),
        "terms": float(len(weights)),
    }


def _rarest_missing(weights: Mapping[str, float], found: set[str], passages: int) -> float:
    """The rarity of the rarest term not found, as a share of the greatest there can be."""
    missing = [weight for term, weight in weights.items() if term not in found]
    return max(missing, default=0.0) / float(np.log1p((passages + 0.5) / 0.5))


def _missing_years(question: Question, best: FoundSentence) -> float:
    """Share of the years that the question names and the passage does not."""
    asked = set(_YEAR.findall(question.search_text))
    passage = vector_text(best.hit.title, best.passage)
    found = set(_YEAR.findall(f"{passage} {_searched(best)}"))
    return len(asked - found) / max(len(asked), 1)


def _searched(best: FoundSentence) -> str:
    return best.sentence.search_text or best.text
