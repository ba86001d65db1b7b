"""Knowing when not to answer: a calibrated probability, and the words of silence."""

import math
from collections.abc import Mapping
from typing import Final

from rag.weights import Calibration

_SILENCE: Final = {
    "fr": "Je n’ai pas trouvé de réponse à cette question dans les documents.",
    "en": "I did not find an answer to this question in the documents.",
}


def confidence(features: Mapping[str, float], calibration: Calibration) -> float:
    """The probability that the answer is right, 0 to 1; 0 where nothing was found.

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


def silence(language: str) -> str:
    """What to say instead of an answer, in a language, or else in French."""
    return _SILENCE.get(language, _SILENCE["fr"])
