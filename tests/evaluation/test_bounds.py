from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.bounds import BOUNDED, BoundCheck, check_bounds, tightened
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.run_record import RecordedQuestion
from tests.evaluation.made_records import at_threshold, found, silent


def ten(
    *, right: int = 7, noise: float = 0.2, near: int = 1, far: int = 0
) -> list[RecordedQuestion]:
    """Ten answerable questions, so many right, and four of each kind that nothing answers."""
    return [
        *(noisy(found(f"q{n}", right=n < right), noise) for n in range(10)),
        *(unanswerable(f"n{n}", "near-year", invented=n < near) for n in range(4)),
        *(unanswerable(f"f{n}", "far", invented=n < far) for n in range(4)),
    ]


def noisy(question: RecordedQuestion, noise: float) -> RecordedQuestion:
    return replace(question, values={**question.values, "noise": noise})


def unanswerable(name: str, category: str, *, invented: bool) -> RecordedQuestion:
    return at_threshold(silent(name, category=category, confidence=0.5), 0.5 if invented else 1)


def failing(checks: Sequence[BoundCheck]) -> set[str]:
    return {each.measure.name for each in checks if each.failed}


def test_a_first_run_sets_each_bound_five_points_below_or_above() -> None:
    assert tightened({}, ten()) == {
        "given_right": 0.65,  # 7 / 10 less the margin
        "clean_right": 0.65,
        "noise": 0.25,  # .2 and the margin: lower is better
        "invented_near": 0.3,  # 1 / 4 and the margin
        "invented_far": 0.05,  # none of 4, and the margin
    }
    # A third of three: four digits are kept.
    third = [found("a"), found("b", right=False), found("c", right=False)]
    assert tightened({}, third)["given_right"] == 0.2833


def test_a_bound_stays_between_nothing_and_all() -> None:
    bounds = tightened({}, ten(right=0, noise=1.0, near=4, far=4))
    assert bounds == {
        "given_right": 0.0,
        "clean_right": 0.0,
        "noise": 1.0,
        "invented_near": 1.0,
        "invented_far": 1.0,
    }


def test_what_is_not_measured_sets_no_bound_and_keeps_the_former_one() -> None:
    answerable = [each for each in ten() if each.answerable]
    assert set(tightened({}, answerable)) == {"given_right", "clean_right", "noise"}
    kept = tightened({"invented_far": 0.1}, answerable)
    assert kept["invented_far"] == 0.1
    assert "invented_near" not in kept
    assert tightened({}, []) == {}


def test_a_bound_is_never_loosened() -> None:
    former = tightened({}, ten())
    worse = ten(right=5, noise=0.5, near=3, far=2)
    assert tightened(former, worse) == former
    better = ten(right=9, noise=0.1, near=0, far=0)
    expected = {"given_right": 0.85, "clean_right": 0.85, "noise": 0.15}
    assert tightened(former, better) == {
        **expected,
        "invented_near": 0.05,
        "invented_far": 0.05,
    }
    # Better here and worse there: each by itself.
    mixed = tightened(former, ten(right=9, noise=0.5, near=1, far=2))
    assert mixed == {**former, "given_right": 0.85, "clean_right": 0.85}
    # Small steps down do not add up.
    sinking = former
    for right in (6, 5, 4, 3):
        sinking = tightened(sinking, ten(right=right))
    assert sinking == former


def test_floors_and_ceilings_by_hand() -> None:
    # 7 of 10 right, noise .2, one of four near and none of four far invented.
    cases: list[tuple[str, float, bool]] = [
        ("given_right", 0.7, False),  # at the bound is good enough
        ("given_right", 0.71, True),
        ("given_right", 0.0, False),
        ("clean_right", 0.71, True),
        ("noise", 0.2, False),
        ("noise", 0.19, True),
        ("noise", 1.0, False),
        ("invented_near", 0.25, False),
        ("invented_near", 0.24, True),
        ("invented_far", 0.0, False),
    ]
    unlike = []
    for name, bound, fails in cases:
        (check,) = check_bounds({name: bound}, ten())
        if (check.measure.name, check.bound, check.failed) != (name, bound, fails):
            unlike.append((name, bound, check.value))
    assert unlike == []


def test_near_and_far_are_bounded_apart_whatever_their_kind() -> None:
    questions = [
        unanswerable("a", "near", invented=True),
        unanswerable("b", "near-premise", invented=True),
        unanswerable("c", "near-year", invented=False),
        unanswerable("d", "far", invented=False),
        unanswerable("e", "far", invented=True),
        found("f"),
    ]
    checks = check_bounds({"invented_near": 0.6, "invented_far": 0.6}, questions)
    assert [(each.measure.name, each.value) for each in checks] == [
        ("invented_near", pytest.approx(2 / 3)),
        ("invented_far", pytest.approx(1 / 2)),
    ]
    assert failing(checks) == {"invented_near"}


def test_a_bounded_measure_that_is_not_measured_fails() -> None:
    bounds = tightened({}, ten())
    answerable = [each for each in ten() if each.answerable]
    checks = check_bounds(bounds, answerable)
    assert failing(checks) == {"invented_near", "invented_far"}
    assert [each.value for each in checks if each.failed] == [None, None]
    assert failing(check_bounds(bounds, [])) == set(bounds)


def test_only_what_has_a_bound_is_checked_in_its_order() -> None:
    assert check_bounds({}, ten(right=0)) == ()
    turned = dict(reversed(tightened({}, ten()).items()))
    names = [each.measure.name for each in check_bounds(turned, ten())]
    assert names == [each.name for each in BOUNDED]


def test_each_is_told_in_french_by_a_name_of_its_own() -> None:
    labels = {each.name: each.label for each in BOUNDED}
    assert len(set(labels.values())) == len(BOUNDED)
    assert labels["noise"] == METRIC["noise"].label
    assert labels["invented_near"] == f"{METRIC['invented'].label} (sujet voisin)"


QUESTIONS = st.builds(
    ten,
    right=st.integers(0, 10),
    noise=st.floats(0, 1),
    near=st.integers(0, 4),
    far=st.integers(0, 4),
)


@given(st.lists(QUESTIONS, max_size=4))
def test_bounds_are_the_tightest_that_any_run_accepted_would_have_set(
    runs: list[list[RecordedQuestion]],
) -> None:
    alone = [tightened({}, run) for run in runs]
    assert [
        failing(check_bounds(bounds, run)) for bounds, run in zip(alone, runs, strict=True)
    ] == [set() for _ in runs]
    bounds: dict[str, float] = {}
    for run in runs:
        bounds = tightened(bounds, run)
    assert bounds == {
        measure.name: (max if measure.is_floor else min)(each[measure.name] for each in alone)
        for measure in BOUNDED
        if runs
    }
