import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.fusion import fuse, ranking, shares, standardise


def test_standardise_by_hand() -> None:
    # mean 2, population standard deviation sqrt(2/3)
    assert standardise(np.array([1.0, 2.0, 3.0])) == pytest.approx([-1.2247449, 0.0, 1.2247449])


@pytest.mark.parametrize("values", [[], [4.0], [2.5, 2.5, 2.5]])
def test_scores_that_do_not_differ_say_nothing(values: list[float]) -> None:
    assert standardise(np.array(values)).tolist() == [0.0] * len(values)


def test_fuse_by_hand() -> None:
    fused = fuse(
        {"cosine": np.array([0.8, 0.9]), "bm25": np.array([12.0, 0.0])},
        {"cosine": 1.0, "bm25": 0.5},
    )
    assert fused == pytest.approx([0.8 + 6.0, 0.9])


def test_a_signal_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="cosine"):
        fuse({"cosine": np.array([1.0])}, {"bm25": 1.0})


def test_shares_by_hand() -> None:
    # odds of 1 to 3
    assert shares(np.array([0.0, np.log(3)])) == pytest.approx([0.25, 0.75])
    assert shares(np.array([])).tolist() == []


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=30))
def test_shares_are_probabilities_in_the_order_of_the_scores(values: list[float]) -> None:
    found = shares(np.array(values))
    assert found.sum() == pytest.approx(1)
    assert found[np.array(values).argmax()] == found.max()


def test_ranking_keeps_the_order_of_equals() -> None:
    assert ranking(np.array([1.0, 3.0, 1.0, 3.0])).tolist() == [1, 3, 0, 2]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30),
    st.floats(0.01, 100),
    st.floats(-100, 100),
)
def test_fusion_ignores_scale_and_offset(
    values: list[float], scale: float, offset: float
) -> None:
    scores = np.array(values)
    if scores.std() < 1e-3:
        return
    assert standardise(scores * scale + offset) == pytest.approx(standardise(scores), abs=1e-4)
