from collections.abc import Sequence

import numpy as np
import pytest

from eval.logit import Choice, fit_logit, score
from eval.ranking import folded, rank_of
from rag.retrieval.fusion import shares


def choice(signals: Sequence[Sequence[float]], right: int, group: str = "a") -> Choice:
    marks = np.arange(len(signals)) == right
    return Choice(np.array(signals, np.float32), marks, group)


def drawn(weights: Sequence[float], questions: int) -> list[Choice]:
    """Questions of four candidates, the right one drawn by its odds."""
    random = np.random.default_rng(7)
    made = []
    for number in range(questions):
        signals = random.normal(size=(4, len(weights)))
        right = random.choice(4, p=shares(signals @ np.array(weights)))
        made.append(choice(signals.tolist(), int(right), f"group {number % 10}"))
    return made


def test_odds_by_hand() -> None:
    # The candidate whose signal is 1 more is right three times in four: odds of 3 to 1.
    choices = [choice([[1.0], [0.0]], 0)] * 3 + [choice([[1.0], [0.0]], 1)]
    assert fit_logit(choices, ["signal"])["signal"] == pytest.approx(np.log(3), abs=0.01)


def test_weights_are_found_again_in_their_own_units() -> None:
    found = fit_logit(drawn([1.5, -0.5], 4000), ["one", "other"])
    assert found["one"] == pytest.approx(1.5, abs=0.15)
    assert found["other"] == pytest.approx(-0.5, abs=0.15)


def test_a_signal_that_never_differs_weighs_nothing() -> None:
    choices = [choice([[1.0, 5.0], [0.0, 5.0]], 0)] * 3 + [choice([[1.0, 5.0], [0.0, 5.0]], 1)]
    assert fit_logit(choices, ["told", "same"])["same"] == 0.0


def test_questions_that_tell_nothing_change_nothing() -> None:
    told = drawn([1.0], 50)
    silent = [choice([[3.0], [1.0]], -1), choice([[2.0]], 0)]
    assert fit_logit(told + silent, ["signal"]) == fit_logit(told, ["signal"])


def test_a_fold_s_weights_have_not_seen_its_groups() -> None:
    choices = drawn([1.0], 100)
    found = folded(choices, ["signal"])
    assert len(found.weights) == 5
    for number, each in enumerate(choices):
        others = [
            other
            for place, other in enumerate(choices)
            if found.folds[place] != found.folds[number]
        ]
        assert each.group not in {other.group for other in others}
        if number < 5:
            assert found.of_choice(number) == fit_logit(others, ["signal"])


def test_ranks_by_hand() -> None:
    asked = choice([[1.0], [3.0], [2.0], [0.0]], 0)
    scores = score(asked, {"signal": 2.0})
    assert scores.tolist() == [2.0, 6.0, 4.0, 0.0]
    assert rank_of(scores, asked) == 3
    # The two better ones are of one document.
    assert rank_of(scores, asked, np.array(["a", "b", "b", "c"])) == 2
    assert rank_of(scores[:2], choice([[1.0], [3.0]], -1)) == np.inf
