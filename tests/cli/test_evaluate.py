"""``sourcier eval`` in this process, with the little embedder in place of the model."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner, Result

from rag.cli.app import app
from rag.errors import (
    BaselineError,
    DatasetError,
    IndexMissingError,
    IndexWriteError,
    InputPathError,
    JudgementError,
    ReportWriteError,
    SourcierError,
    UsageError,
)
from rag.evaluation import evaluate as evaluation
from rag.evaluation.baseline import read_baseline
from rag.evaluation.run_record import read_record
from rag.service import Watcher, update_index
from rag.settings import Settings
from rag.updating import update_index as indexing
from rag.updating.folder_sync import SyncRequest
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, write

QUESTIONS = [
    ("q1", "Quand ouvre le salon de la donnée ?", "full", "salon.md", "3 février 2026"),
    ("q2", "Qui préside le Bureau des cartes ?", "full", "bureau.md", "Jeanne Martin"),
    ("q3", "budget du bureau des cartes", "keywords", "bureau.md", "12 M€"),
    ("q4", "Comment cuire une tarte aux pommes ?", "far", "", ""),
]


def line(identity: str, question: str, category: str, document: str, quote: str) -> str:
    gold = [{"document": document, "quote": quote}] if document else []
    return json.dumps(
        {
            "id": identity,
            "question": question,
            "lang": "fr",
            "category": category,
            "answerable": bool(gold),
            "gold": gold,
            **({"short": quote} if gold else {}),
        }
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "files", {"salon.md": SALON, "bureau.md": BUREAU})
    write(tmp_path, {"set.jsonl": "\n".join(line(*each) for each in QUESTIONS)})
    monkeypatch.chdir(tmp_path)
    for module in (evaluation, indexing):
        monkeypatch.setattr(module, "open_embedder", lambda *given: LittleEmbedder())
    return tmp_path


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", "set.jsonl", "--documents", "files", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    result = ran("--json", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(kind: type[SourcierError], *arguments: str) -> str:
    result = ran(*arguments)
    assert isinstance(result.exception, kind)
    assert result.stdout == ""
    return str(result.exception)


@pytest.fixture
def idle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing may be measured."""

    def evaluate(*given: object) -> NoReturn:
        raise AssertionError("the long work began")

    monkeypatch.setattr(evaluation, "evaluate", evaluate)
    return folder


def test_figures_are_printed_with_their_intervals_and_by_category(folder: Path) -> None:
    result = ran()
    assert result.exit_code == 0
    head, given, *lines = result.stdout.splitlines()
    assert head.startswith("set\u00a0: 4 questions, 2 documents")
    assert given.startswith("Sur 3 questions auxquelles les documents répondent, ")
    assert any("Rappel à 5" in each and "100,0\u00a0%" in each for each in lines)
    assert any(each.startswith("Mots-clés") for each in lines)
    assert "\x1b" not in result.stdout
    assert result.stderr == ""
    assert sorted(each.name for each in folder.iterdir()) == ["files", "set.jsonl"]


def test_the_summary_as_json(folder: Path) -> None:
    found = told()
    assert found.keys() == {"conditions", "summary"}
    assert found["conditions"]["documents"] == 2
    assert found["summary"]["overall"]["quote_fidelity"]["value"] == 1
    assert found["summary"]["overall"]["recall@5"]["count"] == 3
    assert set(found["summary"]["categories"]) == {"full", "keywords", "far"}


def test_a_threshold_stands_for_that_of_the_settings(folder: Path) -> None:
    assert told("--threshold", "0")["summary"]["overall"]["answered"]["value"] == 1
    always = told("--threshold", "1")
    assert always["summary"]["overall"]["answered"]["value"] == 0
    assert always["conditions"]["threshold"] == 1


def test_one_question_in_so_many(folder: Path) -> None:
    assert told("--every", "2")["summary"]["overall"]["answered"]["count"] == 2


def test_the_published_index_is_asked_without_documents(folder: Path) -> None:
    ran("--keep", "kept")
    result = CliRunner().invoke(app, ["eval", "set.jsonl", "--index", "kept", "--json"])
    assert json.loads(result.stdout)["conditions"]["documents"] == 2


def test_an_accepted_run_passes_its_own_gate(folder: Path) -> None:
    result = ran("--accept", "Premier résultat", "--baseline", "accepted.json")
    assert result.exit_code == 0
    assert "Premier résultat" in result.stderr
    assert read_baseline(folder / "accepted.json").history[0].why == "Premier résultat"
    result = ran("--gate", "--baseline", "accepted.json")
    assert result.exit_code == 0
    assert "Contrôle réussi" in result.stdout
    again = ran("--accept", "Second", "--baseline", "accepted.json")
    assert again.exit_code == 0
    history = read_baseline(folder / "accepted.json").history
    assert [each.why for each in history] == ["Premier résultat", "Second"]


def test_a_category_that_loses_fails_the_gate_and_is_named_where_it_is_accepted(
    folder: Path,
) -> None:
    assert ran("--accept", "Premier résultat", "--threshold", "0").exit_code == 0
    before = (folder / "eval" / "baseline.json").read_bytes()
    # Both whole sentences are answered rightly, then no longer.
    result = ran("--gate", "--threshold", "1")
    assert result.exit_code == 1
    said = " ".join(result.stdout.replace("\u00a0", " ").split())
    assert "Phrases entières (full) : 2 questions bien servies, 0 à présent" in said
    assert "Réponses justes données : 0,0 % ; il faut au moins" in said
    gate = told("--gate", "--threshold", "1")["gate"]
    assert {"category": "full", "before": 2, "after": 0} in gate["categories"]
    assert {"name": "given_right", "bound": 0.95, "value": 0.0} in gate["bounds"]

    result = ran("--accept", "Silence partout", "--threshold", "1")
    assert isinstance(result.exception, BaselineError)
    assert "Phrases entières (full)" in str(result.exception)
    assert (folder / "eval" / "baseline.json").read_bytes() == before
    named = ("--accept", "Silence, phrases entières comprises", "--threshold", "1")
    result = ran(*named)
    assert "given_right" in str(result.exception)
    # Bounds are loosened by hand.
    path = folder / "eval" / "baseline.json"
    path.write_text(json.dumps({**json.loads(before), "bounds": {}}))
    assert ran(*named).exit_code == 0
    history = read_baseline(folder / "eval" / "baseline.json").history
    assert [each.why for each in history][1:] == ["Silence, phrases entières comprises"]
    assert [each.questions for each in history] == ["set, 4", "set, 4"]


def test_a_sealed_part_is_measured_by_category_and_never_told(folder: Path) -> None:
    sealed = [{**json.loads(line(*each)), "split": "sealed"} for each in QUESTIONS]
    write(folder, {"set.jsonl": "\n".join(json.dumps(each) for each in sealed)})
    first = ran("--report", "report", "--accept", "Premier résultat", "--threshold", "0")
    assert first.exit_code == 0
    # Asked for or not, for there is nothing else in the file.
    result = ran("--split", "sealed", "--report", "report", "--compare", "report/run.json",
                 "--threshold", "1")  # fmt: skip
    assert result.exit_code == 0
    assert any(each.startswith("Mots-clés") for each in result.stdout.splitlines())
    assert "réponse juste → réponse juste, mais tue\u00a0: " in result.stdout
    assert sorted(each.name for each in (folder / "report").iterdir()) == [
        "report.html",
        "run.json",
    ]
    gate = ran("--split", "sealed", "--gate", "--threshold", "1")
    assert gate.exit_code == 1
    written = [text for each in (first, result, gate) for text in (each.stdout, each.stderr)]
    files = (*(folder / "report").iterdir(), folder / "eval" / "baseline.json")
    written += [path.read_text(encoding="utf-8") for path in files]
    words = [each for question in QUESTIONS for each in (question[1], question[4]) if each]
    told = [
        word
        for word in words
        if any(form in text for text in written for form in (word, json.dumps(word)[1:-1]))
    ]
    assert told == []


def test_a_sealed_part_is_not_measured_with_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.loads(line(*each)) for each in QUESTIONS]
    lines[3]["split"] = "sealed"
    write(folder, {"set.jsonl": "\n".join(json.dumps(each) for each in lines)})
    monkeypatch.setattr(evaluation, "open_embedder", None)
    assert "--split sealed" in refused(DatasetError)


def test_the_baseline_is_in_eval_unless_told(folder: Path) -> None:
    assert ran("--accept", "Premier résultat").exit_code == 0
    assert (folder / "eval" / "baseline.json").is_file()
    assert ran("--gate").exit_code == 0


def test_a_wrong_quote_fails_the_gate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran("--accept", "Premier résultat").exit_code == 0
    monkeypatch.setattr(
        "rag.evaluation.metrics.citation_measures._is_exact", lambda *given: False
    )
    result = ran("--gate")
    assert result.exit_code == 1
    assert "Contrôle échoué" in result.stdout
    assert "Fidélité des citations" in result.stdout
    gate = told("--gate")["gate"]
    assert gate["passed"] is False
    assert "q1" in [name for name, _ in gate["fidelity"]["wrong"]]


def test_a_report_is_written_and_compared_with(folder: Path) -> None:
    assert ran("--report", "report").exit_code == 0
    assert read_record(folder / "report" / "run.json").conditions.documents == 2
    assert (folder / "report" / "report.html").is_file()
    result = ran("--compare", "report/run.json", "--threshold", "1")
    assert result.exit_code == 0
    assert "Écart avec la référence" in result.stdout
    found = told("--compare", "report/run.json")
    assert found["comparison"]["overall"]["recall@5"]["p"] == 1
    assert found["comparison"]["changed"] == []
    assert "gate" not in found


def test_a_question_that_cannot_be_put_is_told_and_the_rest_is_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_LIMITS__QUESTION_CHARACTERS", "35")
    result = ran()
    assert result.exit_code == 3
    assert "1 question n'a pas pu être posée" in result.stderr
    assert "q4" in result.stderr


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gate"], "eval/baseline.json n'existe pas"),
        (["--gate", "--baseline", "set.jsonl"], "set.jsonl"),
        (["--compare", "absent.json"], "absent.json"),
        (["--accept", "   "], "raison"),
        (["--accept", "Raison", "--baseline", "set.jsonl"], "set.jsonl"),
    ],
)
def test_a_bad_reference_is_told_before_any_long_work(arguments: list[str], said: str) -> None:
    assert said in refused(BaselineError, *arguments)


def test_a_baseline_of_other_questions_is_told_before_any_long_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran("--accept", "Premier résultat")
    write(folder, {"set.jsonl": "\n".join(line(*each) for each in QUESTIONS[1:])})
    monkeypatch.setattr(evaluation, "evaluate", None)
    assert "(q1)" in refused(BaselineError, "--gate")


@pytest.mark.usefixtures("idle")
def test_a_report_that_cannot_be_written_is_told_before_any_long_work() -> None:
    told = refused(ReportWriteError, "--report", "set.jsonl/report").replace("\u00a0", " ")
    assert "Impossible d'écrire le rapport" in told
    assert "n'est pas un dossier" in told


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def published(folder: Path) -> Path:
    """The published index, made as `sourcier index` makes it."""
    request = SyncRequest([folder / "files"], "documents", apart=folder / "index")
    update_index(Settings(), request, Watcher())
    return folder / "index"


@pytest.mark.parametrize("keep", ["index", "files/../index", "link"])
def test_the_published_index_is_never_replaced(
    published: Path, monkeypatch: pytest.MonkeyPatch, keep: str
) -> None:
    (published.parent / "link").symlink_to(published)
    before = contents(published)
    monkeypatch.setattr(evaluation, "read_dataset", None)
    told = refused(InputPathError, "--keep", keep)
    assert "l'index publié" in told
    assert "--keep build/evaluation" in told
    assert contents(published) == before


@pytest.mark.usefixtures("idle")
def test_an_index_that_is_not_an_evaluation_s_is_never_replaced(published: Path) -> None:
    other = published.rename(published.with_name("autre"))
    before = contents(other)
    assert "documents" in refused(InputPathError, "--keep", "autre")
    (other / "CURRENT").write_bytes(b"?")
    assert "illisible" in refused(InputPathError, "--keep", "autre")
    assert contents(other).keys() == before.keys()


def test_a_kept_index_may_be_kept_again_for_another_set(folder: Path) -> None:
    squad = {"data": [{"paragraphs": [{"context": SALON, "qas": [
        {"id": "a", "question": "Quand ouvre le salon ?", "answers": [
            {"text": "Salon", "answer_start": SALON.index("Salon")}]}]}]}]}  # fmt: skip
    write(folder, {"squad.json": json.dumps(squad)})
    assert ran("--keep", "kept").exit_code == 0
    assert ran("--keep", "kept").exit_code == 0
    assert asked("squad.json", "--keep", "kept").exit_code == 0
    assert ran("--keep", "kept").exit_code == 0


def test_a_place_to_keep_that_cannot_be_written_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "open_embedder", None)
    told = refused(IndexWriteError, "--keep", "/dev/null/x")
    assert "--keep" in told
    assert "--index" not in told


def test_options_that_do_not_go_together_are_told(folder: Path) -> None:
    assert "retirez l'un des deux" in refused(UsageError, "--index", "index")
    result = asked("set.jsonl", "--keep", "kept")
    assert isinstance(result.exception, UsageError)
    assert "Ajoutez --documents" in str(result.exception)
    write(folder, {"squad.json": json.dumps({"data": [{"paragraphs": [
        {"context": "Un texte.", "qas": [{"id": "a", "question": "Quoi ?", "answers": [
            {"text": "Un texte", "answer_start": 0}]}]}]}]})})  # fmt: skip
    result = asked("squad.json", "--index", "index")
    assert isinstance(result.exception, UsageError)
    assert "Retirez --index" in str(result.exception)
    assert not (folder / "kept").exists()


def test_what_keeps_the_gate_from_judging_is_not_worse(folder: Path) -> None:
    assert ran("--accept", "Premier résultat").exit_code == 0
    result = asked("set.jsonl", "--gate")
    assert isinstance(result.exception, JudgementError)
    assert result.exception.exit_code == 2
    assert isinstance(result.exception.__cause__, IndexMissingError)
    assert "Aucun index" in str(result.exception)
    told = refused(JudgementError, "--gate", "--report", "set.jsonl/report")
    assert "Impossible d'écrire le rapport" in told
    assert refused(JudgementError, "--gate", "--keep", "/dev/null/x")
    # Without the gate it is the failure that it is.
    result = asked("set.jsonl")
    assert isinstance(result.exception, IndexMissingError)


def test_a_dataset_at_fault_is_told(folder: Path) -> None:
    write(folder, {"set.jsonl": "non"})
    assert "ligne 1" in refused(DatasetError).replace("\u00a0", " ")


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    "arguments",
    [["--gate", "--accept", "Raison"], ["--every", "0"], ["--threshold", "1.5"]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert ran(*arguments).exit_code == 2


def test_help_teaches() -> None:
    result = CliRunner().invoke(app, ["eval", "--help"])
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ("--gate", "--compare", "--accept", "SQuAD"))
    # The project's baseline is of the test part: the gate as shown must judge by it.
    assert "--documents documents --split test --gate" in " ".join(result.stdout.split())


def test_answering_does_not_load_what_only_evaluation_needs() -> None:
    code = "import sys, rag.cli.app, rag.service; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    assert not {"matplotlib", "ir_measures", "sklearn"} & set(loaded)
    assert "rag.cli.app" in loaded
