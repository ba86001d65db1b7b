from dataclasses import replace

import numpy as np
import pytest

from rag.errors import BaselineError
from rag.evaluation.metrics.set_measures import Column, table_of
from rag.evaluation.run_comparison import (
    ChangedQuestion,
    changed_questions,
    check_same_questions,
    compare,
    listed,
    pairs_of,
    table_of_questions,
    values_of,
)
from rag.evaluation.run_record import Record, record_of
from rag.evaluation.runs import Verdict
from tests.evaluation.made_records import changed, found, hundred, record, silent
from tests.evaluation.report import sample


def test_a_run_equals_itself() -> None:
    run = hundred()
    told = compare(run, run)
    assert told.overall["recall@5"].count == 80
    assert told.overall["auroc_answerable"].count == 100
    assert all((each.value, each.low, each.high, each.p, each.p_lower) == (0, 0, 0, 1, 1)
               for each in told.overall.values())  # fmt: skip
    assert (told.worse, told.better) == ((), ())
    assert not changed_questions(pairs_of(run, run))


def test_differences_are_the_run_less_the_baseline() -> None:
    told = compare(hundred(), hundred(worse=8))
    # Eight of 80 answerable questions fall from 1 to 0; of 100, eight lose 1 - (-2) points.
    assert told.overall["recall@5"].value == pytest.approx(-8 / 80)
    assert told.overall["utility@2"].value == pytest.approx(-8 * 3 / 100)
    assert told.overall["given_wrong"].value == pytest.approx(8 / 80)
    assert told.overall["invented"].value == 0
    # Ten wrong among 80 answers given, then 18.
    assert told.overall["risk"].value == pytest.approx(8 / 80)
    # Both assignments of all eight signs alike, among 2 ** 8; one of them is as low.
    assert told.overall["recall@5"].p == pytest.approx(2 / 2**8)
    assert told.overall["recall@5"].p_lower == pytest.approx(1 / 2**8)
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


def test_the_area_under_the_risk_is_compared() -> None:
    def believed(right: float, wrong: float) -> Record:
        return record(
            found(f"q{n:02}", right=n < 20, confidence=right if n < 20 else wrong)
            for n in range(40)
        )

    sure, muddled = believed(0.9, 0.1), believed(0.1, 0.9)
    # Half are right. Those first: risk 0 over half of the curve, then 20 wrong of 40.
    # Those last: risk 1 over half of it, then 20 of 40.
    area = compare(sure, muddled).overall["aurc"]
    assert area.value == pytest.approx(0.75 - 0.25)
    # The run is worse the higher this is: it is not low by chance, but high.
    assert area.p < 0.05
    assert area.p_lower == 1
    mended = compare(muddled, sure).overall["aurc"]
    assert mended.value == pytest.approx(-0.5)
    assert mended.p_lower < 0.05


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
    assert compare(before, after) == compare(before, after)


def test_other_questions_are_refused() -> None:
    with pytest.raises(BaselineError):
        compare(record([found("a")]), record([found("b")]))


def test_questions_are_paired_by_id_in_the_order_of_the_run() -> None:
    before = record([found("a"), found("b", right=False)])
    after = record([found("b"), found("a")])
    pairs = pairs_of(before, after)
    assert [(pair.before.id, pair.after.id) for pair in pairs] == [("b", "b"), ("a", "a")]
    assert [pair.before.right for pair in pairs] == [False, True]


def test_another_digest_of_the_same_questions_is_no_matter() -> None:
    before = record([found("a")])
    conditions = replace(before.conditions, digest="sha256:1", split="")
    after = replace(before, conditions=conditions)
    assert len(pairs_of(before, after)) == 1


def test_other_ids_are_counted_and_named() -> None:
    before = record([found(f"q{n:02}") for n in range(15)])
    after = record([found("q00"), found("neuve")])
    with pytest.raises(BaselineError) as caught:
        pairs_of(before, after)
    said = str(caught.value)
    assert "14 questions de la référence ne sont pas ici (q01, q02," in said
    assert "q10 et 4 autres" in said
    assert "1 question d'ici n'est pas dans la référence (neuve)" in said
    assert "--accept" in said


def test_questions_that_changed_are_named() -> None:
    before = record([found("a"), found("b")])
    after = record([found("a"), replace(found("b"), fingerprint="1" * 16)])
    with pytest.raises(BaselineError, match="1 question n'a plus le même texte") as caught:
        pairs_of(before, after)
    assert "(b)" in str(caught.value)


def test_no_question_is_refused() -> None:
    some, none = record([found("a")]), record([])
    with pytest.raises(BaselineError, match="résultat mesuré ne contient aucune question"):
        pairs_of(some, none)
    with pytest.raises(BaselineError, match="référence ne contient aucune question"):
        pairs_of(none, some)
    with pytest.raises(BaselineError, match="aucune question"):
        check_same_questions(none, {})


def test_the_table_is_that_of_the_outcomes() -> None:
    run = sample.run()
    kept = table_of_questions(record_of(run, sample.summary()).questions)
    timeless = table_of(run.outcomes)
    timeless[:, [Column.TOTAL, Column.EMBED]] = 0
    np.testing.assert_array_equal(kept, timeless)


def test_a_measure_that_does_not_apply_is_not_a_number() -> None:
    values = values_of([found("a"), silent("b")], "right")
    np.testing.assert_array_equal(values, [1.0, np.nan])


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b et 1 autre"),
        (["a", "b", "c", "d"], "a, b et 2 autres"),
        (["a\x1b[2J"], "a\ufffd[2J"),
        (["a" * 100], "a" * 79 + "…"),
    ],
)
def test_ids_are_listed_up_to_a_number(ids: list[str], words: str) -> None:
    assert listed(ids, 2) == words
