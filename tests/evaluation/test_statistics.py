import itertools
import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.statistics import (
    Floats,
    bootstrap_interval,
    bootstrap_means,
    bootstrap_statistic,
    paired_difference,
    paired_statistic,
)

NAN = math.nan


def mean(table: Floats, weights: Floats) -> float | None:
    total = float(weights.sum())
    return float((table[:, 0] * weights).sum()) / total if total else None


def test_an_interval_by_hand() -> None:
    # Of two questions, 0 and 1: a resample's mean is 0, ½ or 1 with chances ¼, ½, ¼.
    found = bootstrap_interval(np.array([0.0, 1.0]))
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


def test_an_interval_near_the_normal_one() -> None:
    # 100 questions, half of them 1: the standard error is √(¼ / 100) = .05.
    found = bootstrap_interval(np.tile([0.0, 1.0], 50), seed=3)
    assert found is not None
    assert found.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.011)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.011)


def test_a_constant_has_no_spread() -> None:
    found = bootstrap_interval(np.full(7, 0.25))
    assert found is not None
    assert (found.low, found.value, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_where_nothing_applies_there_is_no_figure() -> None:
    assert bootstrap_interval(np.array([NAN, NAN])) is None
    assert bootstrap_interval(np.zeros(0)) is None


def test_means_are_over_the_questions_that_apply() -> None:
    values = np.array([[1.0, NAN, NAN], [0.0, 0.5, NAN], [0.5, NAN, NAN]])
    first, second, third = bootstrap_means(values)
    assert first is not None
    assert first.value == pytest.approx(0.5)
    # Resamples without the only question that applies tell nothing, and are left out.
    assert second is not None
    assert (second.value, second.low, second.high) == (0.5, 0.5, 0.5)
    assert third is None


def test_columns_share_their_resamples() -> None:
    values = np.random.default_rng(5).random(30)
    one, twice = bootstrap_means(np.column_stack([values, 2 * values]), resamples=200)
    assert one is not None
    assert twice is not None
    assert (twice.low, twice.high) == pytest.approx((2 * one.low, 2 * one.high))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20), st.integers(0, 9))
def test_a_seed_repeats_and_the_value_lies_within_the_values(
    values: list[float], seed: int
) -> None:
    found = bootstrap_interval(np.array(values), seed, resamples=50)
    assert found == bootstrap_interval(np.array(values), seed, resamples=50)
    assert found is not None
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found.value == pytest.approx(sum(values) / len(values))


def test_seeds_differ() -> None:
    values = np.random.default_rng(1).random(40)
    assert bootstrap_interval(values, 1, 100) != bootstrap_interval(values, 2, 100)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).random(40)
    other = values[::-1].copy()
    whole = bootstrap_interval(values, 1, 100), paired_difference(values, other, 1, 100)
    monkeypatch.setattr("rag.evaluation.statistics._CELLS", 120)
    cut = bootstrap_interval(values, 1, 100), paired_difference(values, other, 1, 100)
    # But for the last digit, which some processors round by the height of a block.
    assert whole[0] is not None
    assert cut[0] is not None
    assert astuple(whole[0]) == pytest.approx(astuple(cut[0]), rel=1e-14)
    assert whole[1] is not None
    assert cut[1] is not None
    assert whole[1].value == pytest.approx(cut[1].value, rel=1e-14)


def test_a_statistic_that_is_a_mean_has_the_interval_of_the_mean() -> None:
    values = np.random.default_rng(2).random(50)
    found = bootstrap_statistic(values[:, np.newaxis], mean, seed=4, resamples=300)
    expected = bootstrap_interval(values, seed=4, resamples=300)
    assert found is not None
    assert expected is not None
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )


def test_a_statistic_that_cannot_be_told() -> None:
    assert bootstrap_statistic(np.zeros((3, 1)), lambda *_: None) is None
    assert bootstrap_statistic(np.zeros((0, 1)), mean) is None
    assert paired_statistic(np.zeros((3, 1)), np.zeros((3, 1)), lambda *_: None) is None


def test_resamples_that_tell_nothing_are_left_out() -> None:
    def greatest(table: Floats, weights: Floats) -> float | None:
        return 1.0 if weights[0] else None

    found = bootstrap_statistic(np.zeros((2, 1)), greatest, resamples=50)
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)


def test_p_by_hand() -> None:
    # Differences 1, 2, 3: of 8 assignments of signs, +++ and −−− sum as far as 6.
    found = paired_difference(np.zeros(3), np.array([1.0, 2.0, 3.0]))
    assert found is not None
    assert (found.value, found.p, found.count) == (2.0, 2 / 8, 3)
    # 1, 2, −3 sum to 0: every assignment is as far.
    found = paired_difference(np.zeros(3), np.array([1.0, 2.0, -3.0]))
    assert found is not None
    assert (found.value, found.p) == (0.0, 1.0)


def test_the_lower_p_by_hand() -> None:
    # Of 1, 2 and 3 with all signs: −6, −4, −2, 0, 0, 2, 4, 6.
    cases = [
        ((-1.0, -2.0, -3.0), 1 / 8),
        ((1.0, -2.0, -3.0), 2 / 8),
        ((-1.0, 2.0, -3.0), 3 / 8),
        ((1.0, 2.0, -3.0), 5 / 8),
        ((1.0, -2.0, 3.0), 6 / 8),
        ((-1.0, 2.0, 3.0), 7 / 8),
        ((1.0, 2.0, 3.0), 1.0),
        # One that does not differ is the same under either sign.
        ((0.0, -1.0, -2.0), 1 / 4),
    ]
    found = []
    for differences, _ in cases:
        difference = paired_difference(np.zeros(3), np.array(differences))
        assert difference is not None
        found.append((differences, difference.p_lower))
    assert found == cases


def test_the_difference_is_the_run_less_the_baseline() -> None:
    found = paired_difference(np.array([0.5, 1.0, 0.0]), np.array([1.0, 1.0, 0.1]))
    assert found is not None
    assert found.value == pytest.approx((0.5 + 0 + 0.1) / 3)
    # Two questions differ: ±.5 ± .1, of which two of four are as far as .6.
    assert found.p == 2 / 4
    assert found.low <= found.value <= found.high


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_p_is_that_of_all_assignments(differences: list[int]) -> None:
    observed = abs(sum(differences))
    sums = [
        sum(sign * each for sign, each in zip(signs, differences, strict=True))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    found = paired_difference(np.zeros(len(differences)), np.array(differences) / 10)
    assert found is not None
    assert found.p == pytest.approx(sum(abs(each) >= observed for each in sums) / len(sums))
    lower = sum(each <= sum(differences) for each in sums) / len(sums)
    assert found.p_lower == pytest.approx(lower)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_the_lower_p_is_half_of_the_other_on_its_own_side(differences: list[int]) -> None:
    drawn = np.array(differences) / 10
    forth = paired_difference(np.zeros(len(drawn)), drawn, resamples=50)
    back = paired_difference(drawn, np.zeros(len(drawn)), resamples=50)
    assert forth is not None
    assert back is not None
    # What is low one way is high the other way; the observed sum itself is both.
    assert forth.p_lower + back.p_lower > 1
    if sum(differences):
        assert min(forth.p_lower, back.p_lower) == pytest.approx(forth.p / 2)
        assert (forth.p_lower < back.p_lower) is (sum(differences) < 0)
    else:
        assert forth.p_lower == pytest.approx(back.p_lower)


def test_p_of_random_signs_is_near_the_binomial_one() -> None:
    # 20 questions differ by one, 15 for the better: P(|S| ≥ 10) = 2 × P(X ≥ 15) = .0414.
    exact = 2 * sum(math.comb(20, k) for k in range(15, 21)) / 2**20
    current = np.array([1.0] * 15 + [-1.0] * 5 + [0.0] * 30)
    found = paired_difference(np.zeros(50), current, seed=1)
    assert found is not None
    assert found.p == pytest.approx(exact, abs=0.008)
    # All but what is higher: P(S ≤ 10) = 1 − P(X ≥ 16).
    higher = sum(math.comb(20, k) for k in range(16, 21)) / 2**20
    assert found.p_lower == pytest.approx(1 - higher, abs=0.006)
    assert found.count == 50
    turned = paired_difference(current, np.zeros(50), seed=1)
    assert turned is not None
    assert turned.p_lower == pytest.approx(exact / 2, abs=0.006)


def test_p_is_never_zero_and_one_where_nothing_differs() -> None:
    found = paired_difference(np.zeros(200), np.ones(200), resamples=99)
    assert found is not None
    assert (found.p, found.p_lower) == pytest.approx((1 / 100, 1))
    found = paired_difference(np.ones(200), np.zeros(200), resamples=99)
    assert found is not None
    assert (found.p, found.p_lower) == pytest.approx((1 / 100, 1 / 100))
    same = paired_difference(np.ones(4), np.ones(4))
    assert same is not None
    assert (same.value, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    assert same.p_lower == 1


def test_questions_missing_from_either_run_are_left_out() -> None:
    found = paired_difference(np.array([NAN, 0.0, 0.0]), np.array([1.0, NAN, 1.0]))
    assert found is not None
    assert (found.value, found.count) == (1.0, 1)
    assert paired_difference(np.array([NAN]), np.array([1.0])) is None
    assert paired_difference(np.zeros(0), np.zeros(0)) is None


def test_exchanging_the_runs_turns_the_sign() -> None:
    generator = np.random.default_rng(9)
    one, other = generator.random(60), generator.random(60)
    forth, back = paired_difference(one, other), paired_difference(other, one)
    assert forth is not None
    assert back is not None
    assert (forth.value, forth.low, forth.high) == pytest.approx(
        (-back.value, -back.high, -back.low)
    )
    assert forth.p == back.p
    # Sixty differ: signs are drawn, the same ones either way.
    assert forth.p_lower + back.p_lower == pytest.approx(1, abs=0.001)


def test_a_paired_statistic_that_is_a_mean_agrees_with_the_paired_difference() -> None:
    generator = np.random.default_rng(11)
    one = generator.random(80)
    other = one + generator.normal(0.02, 0.1, 80)
    tables = one[:, np.newaxis], other[:, np.newaxis]
    found = paired_statistic(*tables, mean, seed=2, resamples=2000)
    expected = paired_difference(one, other, seed=2, resamples=2000)
    assert found is not None
    assert expected is not None
    assert (found.value, found.low, found.high, found.count) == pytest.approx(
        (expected.value, expected.low, expected.high, expected.count)
    )
    assert found.p == pytest.approx(expected.p, abs=0.04)
    assert found.p_lower == pytest.approx(expected.p_lower, abs=0.03)
    turned = paired_statistic(*reversed(tables), mean, seed=2, resamples=2000)
    assert turned is not None
    assert found.p_lower + turned.p_lower == pytest.approx(1, abs=0.001)
