import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.confidence import Level, level_of, probability
from rag.weights import Calibration

CALIBRATION = Calibration(
    intercept=0.5,
    coefficients={"cosine": 2.0, "unknown": -1.0},
    means={"cosine": 0.8, "unknown": 0.2},
    deviations={"cosine": 0.1, "unknown": 0.4},
)


def test_confidence_by_hand() -> None:
    # 0.5 + 2 × (0.9 − 0.8) / 0.1 − 1 × (0.6 − 0.2) / 0.4 = 1.5
    found = probability({"cosine": 0.9, "unknown": 0.6, "ignored": 9.0}, CALIBRATION)
    assert found == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_nothing_found_is_no_confidence() -> None:
    assert probability({}, CALIBRATION) == 0.0


def test_a_feature_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        probability({"cosine": 0.9}, CALIBRATION)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_confidence_is_a_probability(cosine: float, unknown: float) -> None:
    assert 0 <= probability({"cosine": cosine, "unknown": unknown}, CALIBRATION) <= 1


@pytest.mark.parametrize(
    ("confidence", "level"),
    [
        (1.0, Level.VERY_HIGH),
        (0.9, Level.VERY_HIGH),
        (0.899, Level.HIGH),
        (0.7, Level.HIGH),
        (0.5, Level.FAIR),
        (0.499, Level.LOW),
        (0.0, Level.LOW),
    ],
)
def test_a_probability_has_a_level(confidence: float, level: Level) -> None:
    assert level_of(confidence) is level
