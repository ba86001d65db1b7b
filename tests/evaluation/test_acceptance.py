from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import BaselineError
from rag.evaluation.acceptance import accept, checked_why
from rag.evaluation.baseline import (
    Acceptance,
    Baseline,
    Former,
    read_baseline,
    read_former,
    write_baseline,
)
from rag.evaluation.run_record import Record
from tests.evaluation.made_records import CONDITIONS, accepted, found, hundred, record


def test_an_accepted_run_keeps_its_questions_without_answers_and_says_why() -> None:
    run = record([found("a")])
    baseline = accepted(run, "  Tableaux\n mieux découpés ")
    assert baseline.conditions == run.conditions
    assert baseline.questions == (replace(found("a"), answer=""),)
    # Verbosity is not one of the main figures.
    assert baseline.history == (
        Acceptance(
            CONDITIONS.created,
            "0.1.0",
            "Tableaux mieux découpés",
            {"recall@5": 0.8413},
            "questions, partie test, 1",
        ),
    )


def test_the_history_grows() -> None:
    first = accepted(record([found("a")]), "Premier résultat")
    former = Former(first.history, first.bounds, {"a": found("a")})
    second = accept(record([found("b")]), "Nouvelles questions", former)
    assert [each.why for each in second.history] == ["Premier résultat", "Nouvelles questions"]
    assert [each.id for each in second.questions] == ["b"]


@pytest.mark.parametrize("why", ["", "  ", "…", "\u200b", "a" * 2001])
def test_a_reason_that_says_nothing_or_too_much_is_refused(why: str) -> None:
    with pytest.raises(BaselineError, match="raison"):
        checked_why(why)


def test_bounds_are_set_when_a_run_is_accepted_and_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, accepted(hundred()))
    # 70 of 80 right, nothing invented of what is near; nothing here is far.
    expected = {
        "given_right": 0.825,
        "clean_right": 0.825,
        "noise": 0.175,
        "invented_near": 0.05,
    }
    assert read_baseline(path).bounds == expected
    better = accept(hundred(better=10), "Mieux", read_former(path))
    expected = {**expected, "given_right": 0.95, "clean_right": 0.95, "noise": 0.05}
    assert better.bounds == expected
    write_baseline(path, better)
    # Worse by two: accepted, and what no run may fall short of stays where it was.
    worse = accept(hundred(better=8), "Moins bien", read_former(path))
    assert worse.bounds == expected


def tables(lost: int, why: str, *, others: int = 0) -> Baseline:
    """A run accepted that lost so many of ten tables, and of ten lists."""

    def run(tables: int, lists: int) -> Record:
        return record(
            [
                *(found(f"t{n}", right=n >= tables, category="table") for n in range(10)),
                *(found(f"l{n}", right=n >= lists, category="list") for n in range(10)),
            ]
        )

    before = run(0, 0)
    return accept(run(lost, others), why, Former(questions={q.id: q for q in before.questions}))


def test_a_reason_names_the_categories_that_lost() -> None:
    with pytest.raises(BaselineError) as caught:
        tables(3, "Nouveau modèle")
    said = str(caught.value)
    assert "Tableaux (table)\u00a0: 10 → 7" in said
    assert "nommez-les dans --accept" in said
    # Both are told where both lost; naming one is not enough.
    with pytest.raises(BaselineError) as caught:
        tables(3, "Nouveau modèle, moins bon sur les tableaux", others=5)
    said = str(caught.value)
    assert "Listes (list)\u00a0: 10 → 5" in said
    assert "Tableaux" not in said
    for why in ("Moins bon sur les TABLEAUX", "table : on l'accepte"):
        assert tables(3, why).history[-1].why == why
    # A smaller loss needs no word.
    assert tables(2, "Nouveau modèle").history[-1].why == "Nouveau modèle"
