from dataclasses import replace

import pytest

from rag.cli.evaluation_display import (
    print_comparison,
    print_judgement,
    print_lost,
    print_record,
)
from rag.evaluation.baseline import Baseline
from rag.evaluation.gate import judge
from rag.evaluation.run_comparison import compare
from rag.evaluation.run_record import Record, record_of
from rag.evaluation.runs import Figure, Summary, Verdict
from tests.evaluation.made_records import (
    accepted,
    at_threshold,
    changed,
    found,
    hundred,
    record,
    silent,
)
from tests.evaluation.report import sample


def gate(run: Record, baseline: Record | Baseline, capsys: pytest.CaptureFixture[str]) -> str:
    held = baseline if isinstance(baseline, Baseline) else accepted(baseline)
    print_judgement(judge(run, held))
    return capsys.readouterr().out.replace("\u00a0", " ")


def test_a_gate_that_fails_names_twenty_questions_and_counts_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = gate(hundred(worse=23), hundred(), capsys)
    assert "Contrôle échoué" in said
    # 70 of 80, then 47.
    assert "Phrase juste à 3 : 87,5 % → 58,8 % (−28,7 pt, p corrigée" in said
    assert "1,00 → 0,00  q19  Question q19 ?" in said
    assert "q20  " not in said
    assert "et 3 autres" in said


def test_a_gate_that_passes_tells_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    said = gate(hundred(worse=1), hundred(), capsys)
    assert "Contrôle réussi" in said
    assert "Changé sans faire échouer" in said
    assert "moins bien : q00" in said
    assert "Phrases entières (full) : 70 questions bien servies, 69 à présent" in said
    assert "nommez ce type" not in said
    assert "Les 5 mesures jugées n'ont pas changé." in gate(hundred(), hundred(), capsys)


def test_a_bound_passed_is_told_with_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    bounds = {"given_right": 0.9, "noise": 0.1, "invented_near": 0.05, "invented_far": 0.05}
    said = gate(hundred(), replace(accepted(hundred()), bounds=bounds), capsys)
    assert "Contrôle échoué" in said
    lines = [line for line in said.splitlines() if "il faut" in line]
    assert lines == [
        "Réponses justes données : 87,5 % ; il faut au moins 90,0 %",
        "Bruit : 12,5 % ; il faut au plus 10,0 %",
        # Nothing is far here, so that nobody knows.
        "Réponses à tort (autre sujet) : pas mesuré ; il faut au plus 5,0 %",
    ]


def test_a_category_that_lost_is_told_with_what_accepting_it_asks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = hundred()
    invented = [at_threshold(silent(f"s{n:02}", confidence=0.6), 0.5) for n in range(5)]
    run = record([*plain.questions[:80], *invented, *plain.questions[85:]])
    said = gate(run, replace(accepted(plain), bounds={}), capsys)
    assert "Contrôle échoué" in said
    assert (
        "Sans réponse, sujet voisin (near) : 20 questions bien servies, 15 à présent ; si vous "
        "l'acceptez, nommez ce type dans --accept" in said.replace("\n", " ")
    )


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
    (wrong,) = [line for line in lines if line.startswith("Réponses fausses données")]
    assert "+50,0 pt" in wrong
    assert any(line.startswith("Tableaux") and "−100,0 pt" in line for line in lines)
    assert not any(line.startswith("Phrases entières") for line in lines)
    assert lines[-2:] == ["réponse juste → réponse fausse : 1", "  b  Question b ?"]


def test_what_changed_of_sealed_questions_is_counted_and_not_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    after = record_of(sample.sealed(), sample.summary())
    before = replace(
        after,
        questions=tuple(
            replace(each, verdict=Verdict.RIGHT) if each.verdict is Verdict.WRONG else each
            for each in after.questions
        ),
    )
    print_record(after)
    print_comparison(compare(before, after))
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert said.splitlines()[-1] == "réponse juste → réponse fausse : 2"
    assert [each.id for each in after.questions if each.id in said] == []


def test_a_gate_of_sealed_questions_counts_and_names_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def sealed(given: Record) -> Record:
        questions = tuple(replace(each, question="", answer="") for each in given.questions)
        conditions = replace(given.conditions, split="sealed")
        return replace(given, conditions=conditions, questions=questions)

    for worse, said in ((8, "moins bien : 8 questions"), (1, "Changé sans faire échouer")):
        run, before = sealed(hundred(worse=worse)), sealed(hundred())
        told = gate(run, before, capsys)
        assert said in told
        assert [each.id for each in run.questions if each.id in told] == []


def test_nothing_changed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(compare(hundred(), hundred()))
    assert "Aucune mesure n'a changé." in capsys.readouterr().out


def test_figures_by_category_hold_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    figures = dict.fromkeys(
        ["given_right", "given_wrong", "invented", "clean_right", "noise"],
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


def test_a_run_opens_with_what_users_were_given(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(record_of(sample.run(), sample.summary()))
    said = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    lede = said.index("Sur 5 questions auxquelles les documents répondent, 20 % reçoivent")
    figures = [
        said.index(label) for label in ("Mesure", "Réponses justes données", "Rappel à 5")
    ]
    assert [lede, *figures] == sorted([lede, *figures])


def test_the_category_served_worst_is_told_first(capsys: pytest.CaptureFixture[str]) -> None:
    questions = [
        found("a", category="full"),
        found("b", category="table"),
        found("c", category="table", right=False),
        silent("d", category="far"),
        at_threshold(silent("e"), 0),
    ]
    figures = {"full": {}, "table": {}, "far": {}, "near": {}}
    print_record(replace(record(questions), summary=Summary({}, figures)))
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    labels = ("Sans réponse, sujet voisin", "Tableaux", "Sans réponse, autre sujet",
              "Phrases entières")  # fmt: skip
    told = [label for line in lines for label in labels if line.startswith(label)]
    # One of none served, one of two; then two alike, by name.
    assert told == list(labels)


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
