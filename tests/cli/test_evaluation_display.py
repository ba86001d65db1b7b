from dataclasses import replace

import pytest

from rag.cli.evaluation_display import (
    print_comparison,
    print_judgement,
    print_lost,
    print_record,
)
from rag.evaluation.gate import judge
from rag.evaluation.run_comparison import compare
from rag.evaluation.run_record import Record
from rag.evaluation.runs import Figure, Summary
from tests.evaluation.made_records import changed, found, hundred, record, silent


def gate(run: Record, baseline: Record, capsys: pytest.CaptureFixture[str]) -> str:
    print_judgement(judge(run, baseline))
    return capsys.readouterr().out.replace("\u00a0", " ")


def test_a_gate_that_fails_names_twenty_questions_and_counts_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = gate(hundred(worse=23), hundred(), capsys)
    assert "Contrôle échoué" in said
    # 70 of 80, then 47.
    assert "Rappel à 5 : 87,5 % → 58,8 % (−28,7 pt, p corrigée" in said
    assert "1,00 → 0,00  q19  Question q19 ?" in said
    assert "q20  " not in said
    assert "et 3 autres" in said


def test_a_gate_that_passes_tells_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    said = gate(hundred(worse=1), hundred(), capsys)
    assert "Contrôle réussi" in said
    assert "Changé sans faire échouer" in said
    assert "moins bien : q00" in said
    assert "Les 13 mesures jugées n'ont pas changé." in gate(hundred(), hundred(), capsys)


def test_a_wrong_quote_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    said = gate(changed(hundred(), "q07", quote_fidelity=0.5), hundred(), capsys)
    assert "1 question cite ce que le document ne dit pas au caractère près (q07)" in said


def test_a_comparison_tells_measures_categories_and_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = record([found("a"), found("b", category="table"), silent("s")])
    after = record([found("a"), found("b", category="table", right=False), silent("s")])
    print_comparison(compare(before, after))
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    assert any(line.startswith("Rappel à 5") and "−50,0 pt" in line for line in lines)
    assert any(line.startswith("Tableaux") and "−100,0 pt" in line for line in lines)
    assert not any(line.startswith("Phrases entières") for line in lines)
    assert lines[-2:] == ["réponse juste → réponse fausse : 1", "  b  Question b ?"]


def test_nothing_changed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(compare(hundred(), hundred()))
    assert "Aucune mesure n'a changé." in capsys.readouterr().out


def test_figures_by_category_hold_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    figures = dict.fromkeys(
        ["recall@5", "sentence_hit@1", "right", "contains_short", "wrong_answered"],
        Figure(1.0, 1.0, 1.0, 1),
    )
    questions = [found("a", category="near"), found("b", category="full")]
    made = replace(record(questions), summary=Summary(figures, {"near": figures, "full": {}}))
    print_record(made)
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    (near,) = [line for line in lines if line.startswith("Sans réponse, sujet voisin")]
    assert near.split("voisin")[1].split() == ["1", *["100,0", "%"] * 5]
    (full,) = [line for line in lines if line.startswith("Phrases entières")]
    assert full.split()[2:] == ["1", *"–––––"]


def test_a_hostile_question_drives_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = replace(found("[bold]a"), question="\x1b[2J[red]" + "x" * 1000)
    before = record([hostile])
    after = record([replace(found("[bold]a", right=False), question=hostile.question)])
    print_comparison(compare(before, after))
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "[bold]a  \ufffd[2J[red]xxx" in said
    assert "x" * 100 not in said


def test_no_lost_question_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_lost(hundred()) == 0
    assert capsys.readouterr() == ("", "")
