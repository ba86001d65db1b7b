"""What tells a good find from a bad one, as numbers that no collection's size bends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.indexing.vocabulary import UNKNOWN, Vocabulary
from rag.retrieval.candidates import Candidates
from rag.retrieval.fusion import Scores
from rag.retrieval.question import Question
from rag.text.terms import lexical_terms
from rag.types import Mention

_NEIGHBOURS: Final = 10
_RARE: Final = 2


@dataclass(frozen=True, slots=True)
class Looked:
    """The best sentence and its passage, as retrieval reads them."""

    passage: str
    sentence: str
    mentions: Mention
    position: int


def features(
    vocabulary: Vocabulary,
    passages: int,
    question: Question,
    candidates: Candidates,
    fused: Scores,
    order: NDArray[np.int64],
    looked: Looked,
) -> Mapping[str, float]:
    """Features of one question's find, by name.

    Cosines are raw; gaps compare the best with those that follow; coverages are shares, 0
    to 1, of the question's terms weighted by rarity (inverse passage frequency).
    """
    best = order[looked.position]
    return {
        **_nearness(candidates, best),
        **_lead(candidates, fused, order, best),
        **_coverage(vocabulary, passages, question, candidates, looked),
        "kind": _kind(question.wants, looked.mentions),
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
    vocabulary: Vocabulary,
    passages: int,
    question: Question,
    candidates: Candidates,
    looked: Looked,
) -> dict[str, float]:
    weights = _rarity(vocabulary, passages, question.terms)
    total = sum(weights.values()) or 1.0
    in_sentence = set(lexical_terms(looked.sentence))
    in_passage = in_sentence.union(lexical_terms(looked.passage))
    rarest = sorted(weights, key=lambda term: (-weights[term], term))[:_RARE]
    ids = vocabulary.ids(question.terms)
    unknown = [term for term, id_ in zip(question.terms, ids, strict=True) if id_ == UNKNOWN]
    return {
        "passage_coverage": sum(weights[term] for term in weights if term in in_passage)
        / total,
        "sentence_coverage": sum(weights[term] for term in weights if term in in_sentence)
        / total,
        "rarest_coverage": sum(term in in_passage for term in rarest) / max(len(rarest), 1),
        "unknown": sum(weights[term] for term in unknown) / total,
        "bm25_share": float(candidates.bm25.max()) / total,
        "rarity": total / max(len(weights), 1),
        "terms": float(len(weights)),
    }


def _rarity(vocabulary: Vocabulary, passages: int, terms: tuple[str, ...]) -> dict[str, float]:
    ids = vocabulary.ids(terms)
    counts = np.where(ids == UNKNOWN, 0, vocabulary.passage_counts[ids]) if len(ids) else ids
    rarity = np.log1p((passages - counts + 0.5) / (counts + 0.5))
    return dict(zip(terms, rarity.tolist(), strict=True))


def _kind(wanted: Mention, mentioned: Mention) -> float:
    if not wanted:
        return 0.0
    return 1.0 if wanted & mentioned else -1.0
