"""The conditional logit behind the ranking: which of a question's candidates is right.

McFadden, *Conditional logit analysis of qualitative choice behavior*, 1974; in ranking,
the listwise softmax loss (ListNet, Cao et al., 2007) with the right candidates' mass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from rag.retrieval.fusion import Scores

_PENALTY = 1e-4
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One question's candidates.

    ``signals`` is ``(n, number of names)``, ``right`` is ``(n,)``; ``group`` is never
    split between fitting and testing, ``weight`` what the question counts for.
    """

    signals: NDArray[np.float32]
    right: NDArray[np.bool_]
    group: str
    weight: float = 1.0


def fit_logit(choices: Sequence[Choice], names: Sequence[str]) -> dict[str, float]:
    """The weight of each signal, by its name, in the signal's own unit.

    Questions of which no candidate is right, or all are, say nothing and are left out. A
    signal that never differs gets 0.
    """
    told = [each for each in choices if each.right.any() and not each.right.all()]
    x = np.concatenate([each.signals for each in told]).astype(np.float64)
    scale = x.std(axis=0)
    scale[scale < 1e-9] = np.inf
    problem = _Problem(
        x=x / scale,
        right=np.concatenate([each.right for each in told]),
        starts=np.cumsum([0, *(len(each.right) for each in told)])[:-1],
        weights=np.array([each.weight for each in told]),
    )
    found = minimize(
        problem.loss,
        np.zeros(len(names)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _STEPS},
    )
    return {
        name: round(float(value), 5) for name, value in zip(names, found.x / scale, strict=True)
    }


def score(choice: Choice, weights: Mapping[str, float]) -> Scores:
    """The log-odds of each candidate, ``(n,)``; weights in the order of the signals."""
    scores: Scores = choice.signals.astype(np.float64) @ np.array(list(weights.values()))
    return scores


@dataclass(frozen=True, slots=True)
class _Problem:
    x: NDArray[np.float64]
    right: NDArray[np.bool_]
    starts: NDArray[np.int64]
    weights: NDArray[np.float64]

    def loss(self, w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The mean penalised negative log-likelihood, and its gradient."""
        counts = np.diff(np.append(self.starts, len(self.right)))
        scores = self.x @ w
        most = np.maximum.reduceat(scores, self.starts)
        odds = np.exp(scores - np.repeat(most, counts))
        good = np.where(self.right, odds, 0.0)
        all_odds = np.add.reduceat(odds, self.starts)
        # A right candidate far under the best must not give log 0.
        good_odds = np.maximum(np.add.reduceat(good, self.starts), 1e-300)
        share = self.weights / self.weights.sum()
        value = -float(share @ (np.log(good_odds) - np.log(all_odds)))
        pull = np.repeat(share / all_odds, counts) * odds
        push = np.repeat(share / good_odds, counts) * good
        gradient = self.x.T @ (pull - push) + 2 * _PENALTY * w
        return value + _PENALTY * float(w @ w), gradient
