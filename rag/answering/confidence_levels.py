"""How sure an answer is, in words: the same levels on a terminal and on a page."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Level(StrEnum):
    """What a calibrated probability is called."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    FAIR = "fair"


LEAST: Final = MappingProxyType({Level.VERY_HIGH: 0.9, Level.HIGH: 0.7, Level.FAIR: 0.0})
"""The least probability of each level, the surest first."""


def level_of(confidence: float) -> Level:
    """The level of a probability, 0 to 1."""
    return next(level for level, least in LEAST.items() if confidence >= least)
