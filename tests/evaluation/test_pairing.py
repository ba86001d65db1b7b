from dataclasses import replace

import numpy as np
import pytest

from rag.errors import BaselineError
from rag.evaluation.metrics.sets import Column, table_of
from rag.evaluation.pairing import (
    check_same_questions,
    listed,
    pairs_of,
    table_of_questions,
    values_of,
)
from rag.evaluation.report.record import record_of
from tests.evaluation.made_records import found, record, silent
from tests.evaluation.report import sample


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
