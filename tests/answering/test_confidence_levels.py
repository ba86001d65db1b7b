import pytest

from rag.answering.confidence_levels import Level, level_of


@pytest.mark.parametrize(
    ("confidence", "level"),
    [
        (1.0, Level.VERY_HIGH),
        (0.9, Level.VERY_HIGH),
        (0.899, Level.HIGH),
        (0.7, Level.HIGH),
        (0.0, Level.FAIR),
    ],
)
def test_a_probability_has_a_level(confidence: float, level: Level) -> None:
    assert level_of(confidence) is level
