"""Knowing when not to answer: a calibrated probability, and what it is called."""

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rag.retrieval.results import Results
from rag.weights import Calibration, Weights


def confidence(results: Results, weights: Weights) -> float:
    """The probability that the answer made of the results is right, 0 to 1.

    An answer in parts is right where each of them is: it is as sure as the least sure.
    """
    own = least_sure(results, weights)
    return probability(own.features, _calibration(own, weights))


def least_sure(results: Results, weights: Weights) -> Results:
    """The part of the results that is least sure, the first of equals; themselves if whole."""
    if not results.parts:
        return results
    return min(results.parts, key=lambda part: confidence(part, weights))


def probability(features: Mapping[str, float], calibration: Calibration) -> float:
    """A logistic regression's, 0 to 1; 0 where there are no features.

    Raises:
        KeyError: a feature that was calibrated is not there.
    """
    if not features:
        return 0.0
    total = calibration.intercept
    for name, coefficient in calibration.coefficients.items():
        scaled = (features[name] - calibration.means[name]) / calibration.deviations[name]
        total += coefficient * scaled
    return 1.0 / (1.0 + math.exp(-max(min(total, 500.0), -500.0)))


def _calibration(results: Results, weights: Weights) -> Calibration:
    """The one for the question's language and that of the document quoted first."""
    fitted = weights.read if results.read else weights
    if not results.sentences:
        return fitted.calibration
    source = results.sentences[0].hit.document_id
    written = results.sources[source].language or "fr"
    same = written[:2].lower() == results.question.language
    return fitted.calibration if same else fitted.foreign


class Level(StrEnum):
    """What a calibrated probability is called."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    FAIR = "fair"
    LOW = "low"


LEAST: Final = MappingProxyType(
    {Level.VERY_HIGH: 0.9, Level.HIGH: 0.7, Level.FAIR: 0.5, Level.LOW: 0.0}
)
"""The least probability of each level, the surest first."""


def level_of(confidence: float) -> Level:
    """The level of a probability, 0 to 1."""
    return next(level for level, least in LEAST.items() if confidence >= least)
