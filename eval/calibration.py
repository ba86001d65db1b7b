"""The logistic regression behind the confidence, and how well it is calibrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from rag.weights import Calibration

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question put to one index: its features, and what became of it.

    ``group`` is never split between fitting and testing (an article, a document);
    ``pool`` says which figures it is counted in.
    """

    features: Mapping[str, float]
    right: bool
    answerable: bool
    group: str
    pool: str
    weight: float = 1.0


def fit_calibration(judgements: Sequence[Judgement], names: Sequence[str]) -> Calibration:
    """Fit on all judgements; print figures cross-validated by group."""
    x = np.array([[each.features[name] for name in names] for each in judgements])
    y = np.array([each.right for each in judgements])
    weights = np.array([each.weight for each in judgements])
    groups = [each.group for each in judgements]
    predicted = np.zeros(len(y))
    for train, test in GroupKFold(_FOLDS).split(x, y, groups):
        scaler, model = _regression(x[train], y[train], weights[train])
        predicted[test] = model.predict_proba(scaler.transform(x[test]))[:, 1]
    answerable = np.array([each.answerable for each in judgements])
    pools = np.array([each.pool for each in judgements])
    for pool in dict.fromkeys(pools.tolist()):
        print(f" {pool}")
        of_pool = pools == pool
        _print(predicted[of_pool], y[of_pool], answerable[of_pool])
    scaler, model = _regression(x, y, weights)
    return Calibration(
        intercept=round(float(model.intercept_[0]), 6),
        coefficients=_named(names, model.coef_[0]),
        means=_named(names, scaler.mean_),
        deviations=_named(names, scaler.scale_),
    )


def _regression(
    x: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[StandardScaler, LogisticRegression]:
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(max_iter=5000)
    model.fit(scaler.transform(x), y, sample_weight=weights)
    return scaler, model


def _print(
    predicted: NDArray[np.float64], right: NDArray[np.bool_], answerable: NDArray[np.bool_]
) -> None:
    shares = f"{right.mean():.3f} right, {answerable.mean():.3f} answerable"
    print(f"  {len(right)} judgements, {shares}")
    if not answerable.any():
        print(f"  at 0.5: answers {np.mean(predicted >= 0.5):.3f}")
        return
    if not answerable.all():
        print(f"  AUROC, answerable or not     {roc_auc_score(answerable, predicted):.4f}")
    print(f"  AUROC, right or not          {roc_auc_score(right, predicted):.4f}")
    print(f"  Brier                        {np.mean((predicted - right) ** 2):.4f}")
    for low in np.arange(0, 1, 0.1):
        among = (predicted >= low) & (predicted < low + 0.1)
        if among.any():
            print(
                f"  said {predicted[among].mean():.2f}, right {right[among].mean():.2f} "
                f"({among.sum()})"
            )
    for threshold in (0.3, 0.4, 0.5, 0.6):
        said = predicted >= threshold
        print(
            f"  at {threshold}: answers {said[answerable].mean():.3f} of the answerable, "
            f"{said[~answerable].mean():.3f} of the others, {right[said].mean():.3f} right"
        )


def _named(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}
