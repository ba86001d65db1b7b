"""``sourcier feedback`` as people type it."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rag.cli.feedback import app
from rag.errors import LibraryError, ReportWriteError
from rag.library.database import Database
from rag.library.feedback import Feedback, FeedbackLog, Reference
from rag.library.library import ServiceLayout


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", *arguments])


def give(question: str, *references: Reference, index: str = "index") -> None:
    layout = ServiceLayout(Path(index) / "service")
    with closing(Database(layout.database)) as database:
        FeedbackLog(database).add(
            Feedback(
                answer_id=question,
                helpful=True,
                comment="",
                question=question,
                answered=True,
                confidence=0.5,
                references=references,
                generation="g",
                collections=("documents",),
            )
        )


def test_lines_on_standard_output_and_the_rest_elsewhere() -> None:
    give("Où est l'été ?")
    give("Et l'hiver ?", Reference("d", "sha256:0", 0, 4))
    result = ran()
    assert result.exit_code == 0
    questions = [json.loads(line)["question"] for line in result.stdout.splitlines()]
    assert questions == ["Où est l'été ?", "Et l'hiver ?"]
    assert "été" in result.stdout
    assert "2 questions à relire" in result.stderr
    assert "1 citation" in result.stderr


def test_into_a_file() -> None:
    give("Où ?", index="autre")
    result = ran("--index", "autre", "--output", "à relire.jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    (line,) = Path("à relire.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["question"] == "Où ?"


def test_nothing_to_review() -> None:
    result = ran()
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Aucun avis" in result.stderr
    assert not Path("index").exists()


def test_since_a_day() -> None:
    give("Où ?")
    assert ran("--since", "2000-01-31").stdout != ""
    assert ran("--since", "9000-01-31").stdout == ""
    assert ran("--since", "hier").exit_code == 2


def test_a_file_that_cannot_be_written() -> None:
    give("Où ?")
    result = ran("--output", "absent/avis.jsonl")
    assert isinstance(result.exception, ReportWriteError)
    assert "--output" in str(result.exception)


def test_records_that_cannot_be_read_leave_the_file_as_it_was() -> None:
    Path("index/service").mkdir(parents=True)
    Path("index/service/service.sqlite").write_text("autre chose")
    Path("avis.jsonl").write_text("anciens avis")
    assert isinstance(ran("--output", "avis.jsonl").exception, LibraryError)
    assert Path("avis.jsonl").read_text() == "anciens avis"
