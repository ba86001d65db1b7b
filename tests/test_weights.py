import pytest

from rag.weights import Weights, load_weights


def test_the_shipped_weights_say_what_they_were_fitted_on() -> None:
    weights = load_weights()
    assert "piaf" in weights.fitted_on
    assert weights.calibration.coefficients
    assert (
        weights.calibration.coefficients.keys()
        == weights.calibration.means.keys()
        == weights.calibration.deviations.keys()
    )
    assert all(value > 0 for value in weights.calibration.deviations.values())
    assert all(value > 0 for value in weights.foreign.deviations.values())


def test_weights_survive_their_file() -> None:
    weights = load_weights()
    assert Weights.from_json(weights.to_json()) == weights


def test_a_file_that_lacks_a_weight_is_refused() -> None:
    with pytest.raises(KeyError):
        Weights.from_json("{}")
