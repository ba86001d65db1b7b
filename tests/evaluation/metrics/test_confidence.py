from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from rag.evaluation.metrics.confidence import (
    BINS,
    Floats,
    aurc,
    auroc,
    brier,
    coverage_at_risk,
    ece,
    reliability,
    risk_coverage,
)

NOTHING = np.zeros(0)


def array(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


CONFIDENCE = array(0.9, 0.8, 0.8, 0.6, 0.3)
RIGHT = array(1, 1, 0, 1, 0)


def test_auroc_by_hand() -> None:
    # 3 right × 2 wrong = 6 pairs: .9 wins 2, .8 wins 1 and ties 1, .6 wins 1: 4.5.
    assert auroc(CONFIDENCE, RIGHT) == pytest.approx(4.5 / 6)


def test_auroc_of_one_class_cannot_be_told() -> None:
    assert auroc(CONFIDENCE, np.ones(5)) is None
    assert auroc(CONFIDENCE, np.zeros(5)) is None
    assert auroc(CONFIDENCE, RIGHT, array(1, 1, 0, 1, 0)) is None
    assert auroc(NOTHING, NOTHING) is None


def test_risk_coverage_by_hand() -> None:
    curve = risk_coverage(CONFIDENCE, RIGHT)
    assert curve.threshold == pytest.approx([0.9, 0.8, 0.6, 0.3])
    assert curve.coverage == pytest.approx([1 / 5, 3 / 5, 4 / 5, 1])
    assert curve.risk == pytest.approx([0, 1 / 3, 1 / 4, 2 / 5])
    assert len(risk_coverage(NOTHING, NOTHING).risk) == 0


def test_aurc_by_hand() -> None:
    # One question at risk 0, two at 1/3, one at 1/4, one at 2/5.
    assert aurc(CONFIDENCE, RIGHT) == pytest.approx((0 + 2 / 3 + 1 / 4 + 2 / 5) / 5)
    assert aurc(NOTHING, NOTHING) is None


@pytest.mark.parametrize(
    ("risk", "coverage"),
    [
        (0.0, 1 / 4),  # .9 alone
        (0.24, 1 / 4),
        (0.25, 3 / 4),  # down to .6, past a risk of 1/3 at .8: .9, .8 and .6 are answerable
        (0.40, 4 / 4),
        (1.0, 4 / 4),
    ],
)
def test_coverage_at_risk_by_hand(risk: float, coverage: float) -> None:
    answerable = array(1, 1, 0, 1, 1)
    found = coverage_at_risk(CONFIDENCE, RIGHT, answerable, risk)
    assert found == pytest.approx(coverage)


def test_equal_confidences_are_answered_together() -> None:
    # Both at .8 or neither: half are wrong.
    confidence, right = array(0.8, 0.8), array(1, 0)
    assert coverage_at_risk(confidence, right, array(1, 1), 0.49) == 0.0
    assert coverage_at_risk(confidence, right, array(1, 1), 0.5) == 1.0


def test_five_wrong_in_a_hundred_is_a_risk_of_five_per_cent() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.ones(100)
    right[-5:] = 0
    assert coverage_at_risk(confidence, right, np.ones(100), 0.05) == 1.0


def test_coverage_without_an_answerable_question_cannot_be_told() -> None:
    assert coverage_at_risk(CONFIDENCE, np.zeros(5), np.zeros(5), 0.05) is None


def test_brier_by_hand() -> None:
    squares = 0.1**2 + 0.2**2 + 0.8**2 + 0.4**2 + 0.3**2
    assert brier(CONFIDENCE, RIGHT) == pytest.approx(squares / 5)
    assert brier(NOTHING, NOTHING) is None


def test_calibration_error_by_hand() -> None:
    # [.9, 1]: .9 and 1, one right: |1.9 − 1|. [.2, .3): .25, right: |.25 − 1|.
    confidence, right = array(0.9, 1.0, 0.25), array(1, 0, 1)
    assert ece(confidence, right) == pytest.approx((0.9 + 0.75) / 3)
    assert ece(NOTHING, NOTHING) is None


def test_reliability_by_hand() -> None:
    bins = reliability(array(0.9, 1.0, 0.25, 0.0), array(1, 0, 1, 0))
    assert len(bins) == BINS
    assert [each.count for each in bins] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[9].low, bins[9].high) == pytest.approx((0.9, 1.0))
    assert (bins[9].confidence, bins[9].right) == pytest.approx((0.95, 0.5))
    assert (bins[0].confidence, bins[0].right) == (0.0, 0.0)
    assert (bins[1].confidence, bins[1].right) == (None, None)


@st.composite
def graded(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.72, 1.0]),
                st.integers(0, 1),
                st.integers(0, 3),
            ),
            min_size=1,
            max_size=30,
        )
    )
    confidence, right, weights = np.array(rows, dtype=np.float64).T
    return confidence, right, weights


@given(graded())
def test_auroc_is_that_of_scikit_learn(sample: tuple[Floats, Floats, Floats]) -> None:
    confidence, right, weights = sample
    assume(0 < (right * weights).sum() < weights.sum())
    expected = roc_auc_score(right, confidence, sample_weight=weights)
    assert auroc(confidence, right, weights) == pytest.approx(expected)


@given(graded())
def test_a_weight_is_a_number_of_copies(sample: tuple[Floats, Floats, Floats]) -> None:
    confidence, right, weights = sample
    times = weights.astype(int)
    copied, copied_right = np.repeat(confidence, times), np.repeat(right, times)
    for measure in (auroc, aurc, brier, ece):
        weighted, plain = measure(confidence, right, weights), measure(copied, copied_right)
        assert weighted == (None if plain is None else pytest.approx(plain))
    every = np.ones(len(right))
    assert coverage_at_risk(confidence, right, every, 0.3, weights) == coverage_at_risk(
        copied, copied_right, np.repeat(every, times), 0.3
    )


@given(graded(), st.randoms())
def test_the_order_of_questions_does_not_count(
    sample: tuple[Floats, Floats, Floats], random: Random
) -> None:
    confidence, right, _ = sample
    order = list(range(len(right)))
    random.shuffle(order)
    for measure in (auroc, aurc, brier, ece):
        one, other = measure(confidence, right), measure(confidence[order], right[order])
        assert one == (None if other is None else pytest.approx(other))


@given(graded(), st.floats(0, 1), st.floats(0, 1))
def test_more_risk_never_covers_less(
    sample: tuple[Floats, Floats, Floats], one: float, other: float
) -> None:
    confidence, right, _ = sample
    every = np.ones(len(right))
    less, more = (
        coverage_at_risk(confidence, right, every, risk) for risk in sorted((one, other))
    )
    assert less is not None
    assert more is not None
    assert 0 <= less <= more <= 1
