"""What tells a good find from a bad one, as numbers that no collection's size bends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.local.candidates import Candidates
from rag.index.local.term_statistics import Census
from rag.index.local.vocabulary import UNKNOWN
from rag.retrieval.fusion import Scores, shares
from rag.text.terms import lexical_terms
from rag.types import Question

_NEIGHBOURS: Final = 10
_RARE: Final = 2
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Looked:
    """The best sentence and its passage, as retrieval reads them."""

    passage: str
    context: str
    sentence: str
    position: int


def features(
    census: Census,
    question: Question,
    candidates: Candidates,
    fused: Scores,
    order: NDArray[np.int64],
    looked: Looked,
    sentences: Scores,
) -> Mapping[str, float]:
    """Features of one question's find, by name.

    Cosines are raw; gaps compare the best with those that follow; coverages are shares, 0
    to 1, of the question's terms weighted by rarity (inverse passage frequency). The
    shares are the ranking's own probabilities that this passage, and this sentence, is the
    right one if any is.
    """
    best = order[looked.position]
    return {
        **_nearness(candidates, best),
        **_lead(candidates, fused, order, best),
        **_coverage(census, question, candidates, looked),
        "passage_share": float(shares(fused)[best]),
        "sentence_share": float(shares(sentences)[0]),
        "years_missing": _missing_years(question, looked),
        "french": float(question.language == "fr"),
    }


def _nearness(candidates: Candidates, best: np.int64) -> dict[str, float]:
    return {
        "cosine": float(candidates.cosine[best]),
        "cosine_most": float(candidates.cosine.max()),
        "sentence": float(candidates.sentence[best]),
        "sentence_most": float(candidates.sentence.max()),
    }


def _lead(
    candidates: Candidates, fused: Scores, order: NDArray[np.int64], best: np.int64
) -> dict[str, float]:
    following = fused[order[1:_NEIGHBOURS]]
    top = float(fused[order[0]])
    return {
        "score": top,
        "score_lead": top - float(following[0]) if len(following) else 0.0,
        "score_gap": top - float(following.mean()) if len(following) else 0.0,
        "sentence_gap": _gap(candidates.sentence),
        "cosine_gap": _gap(candidates.cosine),
        "first_by_cosine": float(candidates.cosine.argmax() == best),
        "first_by_sentence": float(candidates.sentence.argmax() == best),
        "first_by_bm25": float(candidates.bm25.argmax() == best),
    }


def _gap(scores: NDArray[np.float32]) -> float:
    top = np.sort(scores)[::-1][:_NEIGHBOURS]
    return float(top[0] - top.mean())


def _coverage(
    census: Census,
    question: Question,
    candidates: Candidates,
    looked: Looked,
) -> dict[str, float]:
    ids = census.ids(question.terms)
    weights = dict(zip(question.terms, census.rarity(ids).tolist(), strict=True))
    total = sum(weights.values()) or 1.0
    in_sentence = set(lexical_terms(looked.sentence))
    in_context = in_sentence.union(lexical_terms(looked.context))
    in_passage = in_sentence.union(lexical_terms(looked.passage))
    rarest = sorted(weights, key=lambda term: (-weights[term], term))[:_RARE]
    unknown = [term for term, id_ in zip(question.terms, ids, strict=True) if id_ == UNKNOWN]
    return {
        "passage_coverage": sum(weights[term] for term in weights if term in in_passage)
        / total,
        "sentence_coverage": sum(weights[term] for term in weights if term in in_sentence)
        / total,
        "context_coverage": sum(weights[term] for term in weights if term in in_context)
        / total,
        "rarest_coverage": sum(term in in_passage for term in rarest) / max(len(rarest), 1),
        "missing": _rarest_missing(weights, in_passage, census.passages),
        "missing_beside": _rarest_missing(weights, in_context, census.passages),
        "unknown": sum(weights[term] for term in unknown) / total,
        "bm25_share": float(candidates.bm25.max()) / total,
        "rarity": total / max(len(weights), 1),
        "terms": float(len(weights)),
    }


def _rarest_missing(weights: Mapping[str, float], found: set[str], passages: int) -> float:
    """The rarity of the rarest term not found, as a share of the greatest there can be."""
    missing = [weight for term, weight in weights.items() if term not in found]
    return max(missing, default=0.0) / float(np.log1p((passages + 0.5) / 0.5))


def _missing_years(question: Question, looked: Looked) -> float:
    """Share of the years that the question names and the passage does not."""
    asked = set(_YEAR.findall(question.search_text))
    found = set(_YEAR.findall(f"{looked.passage} {looked.sentence}"))
    return len(asked - found) / max(len(asked), 1)
