"""Fits what the ranking weighs, and tells by cross-validation what it is worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from eval.choices import Chooser
from eval.indexes import Asked
from eval.logit import Choice, fit_logit, score
from rag.index.passage_index import PassageIndex
from rag.retrieval.fusion import Scores
from rag.weights import Weights

_FOLDS = 5

Ranks = NDArray[np.float64]
"""The rank of each question's first right candidate, from 1; infinite where there is none."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The questions put to one index, with the weight of each."""

    label: str
    index: PassageIndex
    asked: Sequence[Asked]
    weight: float

    @property
    def weights(self) -> list[float]:
        """The same weight for each question."""
        return [self.weight] * len(self.asked)


@dataclass(frozen=True, slots=True)
class Folded:
    """A fit repeated without each fold: the fold of each choice, the weights of each fold."""

    folds: Sequence[int]
    weights: Sequence[dict[str, float]]

    def of_choice(self, number: int) -> dict[str, float]:
        """The weights that were fitted without this choice's group."""
        return self.weights[self.folds[number]]


def fit_ranking(pools: Sequence[Pool], weights: Weights, depth: int) -> Weights:
    """Fit the weights of passages, then those of sentences; print both cross-validated."""
    choosers = [Chooser(pool.index, depth) for pool in pools]
    names, passages = _joined(
        chooser.passages(pool.asked, pool.weights)
        for chooser, pool in zip(choosers, pools, strict=True)
    )
    fitted = folded(passages, names)
    documents = [
        each
        for chooser, pool in zip(choosers, pools, strict=True)
        for each in chooser.documents(pool.asked)
    ]
    tell(pools, ranks_of(passages, fitted, documents), (1, 5, 10, 100), "recall")
    number = 0
    joined = []
    for chooser, pool in zip(choosers, pools, strict=True):
        own = range(number, number + len(pool.asked))
        number += len(pool.asked)
        joined.append(
            chooser.sentences(pool.asked, pool.weights, [fitted.of_choice(n) for n in own])
        )
    others, sentences = _joined(joined)
    tell(pools, ranks_of(sentences, folded(sentences, others)), (1, 2, 3), "sentence")
    return replace(
        weights, passage=fit_logit(passages, names), sentence=fit_logit(sentences, others)
    )


def folded(choices: Sequence[Choice], names: Sequence[str]) -> Folded:
    """Fit on four fifths of the groups, each fifth being left out in turn."""
    groups = [each.group for each in choices]
    folds = np.zeros(len(choices), np.int64)
    fitted = []
    for number, (train, test) in enumerate(GroupKFold(_FOLDS).split(groups, groups=groups)):
        folds[test] = number
        fitted.append(fit_logit([choices[each] for each in train], names))
    return Folded(folds.tolist(), fitted)


def ranks_of(
    choices: Sequence[Choice],
    fitted: Folded,
    documents: Sequence[NDArray[np.str_]] | None = None,
) -> Ranks:
    """The ranks, by weights that had not seen the question; documents counted once if given."""
    return np.array(
        [
            rank_of(
                score(choice, fitted.of_choice(number)),
                choice,
                None if documents is None else documents[number],
            )
            for number, choice in enumerate(choices)
        ]
    )


def rank_of(scores: Scores, choice: Choice, documents: NDArray[np.str_] | None = None) -> float:
    """The rank of the first right candidate, each document counted once if these are given."""
    order = np.argsort(-scores, kind="stable")
    right = choice.right[order]
    if not right.any():
        return np.inf
    first = int(right.argmax())
    if documents is None:
        return first + 1
    return len(set(documents[order[: first + 1]].tolist()))


def tell(pools: Sequence[Pool], ranks: Ranks, cuts: Sequence[int], name: str) -> None:
    """Print recall and MRR of each pool over the questions that its index answers."""
    start = 0
    for pool in pools:
        of_pool = ranks[start : start + len(pool.asked)]
        start += len(pool.asked)
        rank = of_pool[[each.query.answerable for each in pool.asked]]
        figures = [f"{name}@{k} {np.mean(rank <= k):.4f}" for k in cuts]
        mrr = np.mean(np.where(rank <= 10, 1 / rank, 0))
        print(f"  {pool.label}, {len(rank)} questions: {', '.join(figures)}, MRR@10 {mrr:.4f}")


def _joined(
    found: Iterable[tuple[list[str], list[Choice]]],
) -> tuple[list[str], list[Choice]]:
    names: list[str] = []
    choices: list[Choice] = []
    for each, some in found:
        names = each
        choices += some
    return names, choices
