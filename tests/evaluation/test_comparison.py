from dataclasses import replace

import pytest

from rag.errors import BaselineError
from rag.evaluation.comparison import ChangedQuestion, changed_questions, compare
from rag.evaluation.pairing import pairs_of
from rag.evaluation.report.verdicts import Verdict
from tests.evaluation.made_records import changed, found, hundred, record, silent


def test_a_run_equals_itself() -> None:
    run = hundred()
    told = compare(run, run)
    assert told.overall["recall@5"].count == 80
    assert told.overall["auroc_answerable"].count == 100
    assert all((each.value, each.low, each.high, each.p) == (0, 0, 0, 1)
               for each in told.overall.values())  # fmt: skip
    assert (told.worse, told.better) == ((), ())
    assert not changed_questions(pairs_of(run, run))


def test_differences_are_the_run_less_the_baseline() -> None:
    told = compare(hundred(), hundred(worse=8))
    # Eight of 80 answerable questions fall from 1 to 0; of 100, eight lose 1 - (-2) points.
    assert told.overall["recall@5"].value == pytest.approx(-8 / 80)
    assert told.overall["utility@2"].value == pytest.approx(-8 * 3 / 100)
    assert told.overall["wrong_answered"].value == pytest.approx(8 / 100)
    # Ten wrong among 80 answers given, then 18.
    assert told.overall["risk"].value == pytest.approx(8 / 80)
    # Both assignments of all eight signs alike, among 2 ** 8.
    assert told.overall["recall@5"].p == pytest.approx(2 / 2**8)
    assert told.overall["recall@5"].low < -0.1 < told.overall["recall@5"].high < 0
    assert told.worse == tuple(f"q{n:02}" for n in range(8))
    assert told.better == ()


def test_measures_of_a_set_are_compared_too() -> None:
    before = record([*(found(f"q{n}") for n in range(4)), silent("s")])
    after = record([*(found(f"q{n}") for n in range(4)), silent("s", confidence=0.95)])
    told = compare(before, after)
    # The only question without an answer was the least sure, and is now the surest.
    assert told.overall["auroc_answerable"].value == -1
    assert "latency_p50" not in told.overall


def test_categories_are_those_of_the_run() -> None:
    before = record([found("a"), found("b"), silent("s")])
    after = record([found("a", category="table"), found("b", right=False), silent("s")])
    told = compare(before, after)
    assert list(told.categories) == ["full", "near", "table"]
    assert told.categories["full"]["recall@1"].value == -1
    assert told.categories["table"]["recall@1"].value == 0
    assert "recall@1" not in told.categories["near"]
    assert "auroc_answerable" not in told.categories["full"]


def test_a_measure_counts_where_it_applies_in_both() -> None:
    before = changed(record([found("a"), found("b")]), "a", verbosity=2.0)
    after = changed(changed(before, "a", verbosity=3.5), "b", verbosity=9.0)
    told = compare(before, after).overall["verbosity"]
    assert (told.value, told.count) == (1.5, 1)


def test_each_change_of_verdict_is_told() -> None:
    before = record([found("a"), found("b", right=False), found("c"), silent("s")])
    shy = replace(found("c"), verdict=Verdict.SHY, answered=False)
    after = record([found("a", right=False), found("b"), shy, silent("s")])
    assert changed_questions(pairs_of(before, after)) == (
        ChangedQuestion("a", "Question a ?", "full", Verdict.RIGHT, Verdict.WRONG),
        ChangedQuestion("b", "Question b ?", "full", Verdict.WRONG, Verdict.RIGHT),
        ChangedQuestion("c", "Question c ?", "full", Verdict.RIGHT, Verdict.SHY),
    )
    told = compare(before, after)
    assert (told.worse, told.better) == (("a",), ("b",))


def test_the_same_seed_gives_the_same_figures() -> None:
    before, after = hundred(), hundred(worse=15, better=4)
    assert compare(before, after, seed=3) == compare(before, after, seed=3)


def test_other_questions_are_refused() -> None:
    with pytest.raises(BaselineError):
        compare(record([found("a")]), record([found("b")]))
