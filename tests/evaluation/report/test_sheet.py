import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import ReportWriteError, UsageError
from rag.evaluation.report.sheet import (
    COLUMNS,
    GRADES,
    OUTSIDE,
    REFUSALS,
    SIZE,
    check_judgeable,
    judging_sheet,
    prepare_sheet,
    write_sheet,
)
from rag.evaluation.runs import Run
from tests.evaluation.report import sample

SHOWN, EXPECTED = COLUMNS[3], COLUMNS[5]


def rows(run: Run) -> dict[str, dict[str, str]]:
    read = csv.DictReader(io.StringIO(judging_sheet(run)), delimiter=";")
    assert tuple(read.fieldnames or ()) == COLUMNS
    return {row["id"]: row for row in read}


def to_fill(row: dict[str, str]) -> set[str]:
    return {name for name in (*GRADES, *REFUSALS) if row[name] == ""}


def test_what_was_put_and_can_be_judged_is_on_the_sheet() -> None:
    # q7 could not be put, and q9 expects a whole document.
    assert set(rows(sample.run())) == {"q1", "q2", "q3", "q4", "q5", "q6", "q8"}


def test_cells_to_fill_are_those_that_apply() -> None:
    found = rows(sample.run())
    assert to_fill(found["q1"]) == to_fill(found["q2"]) == set(GRADES)
    assert to_fill(found["q3"]) == to_fill(found["q8"]) == set()  # silent, and answerable
    assert to_fill(found["q4"]) == to_fill(found["q5"]) == set(REFUSALS)
    filled = {row[name] for row in found.values() for name in (*GRADES, *REFUSALS)}
    assert filled == {"", OUTSIDE}


def test_a_row_holds_what_was_read_and_what_was_expected() -> None:
    found = rows(sample.run())
    assert found["q1"][SHOWN] == "ouvre le 3 mars [1]"
    assert found["q1"]["documents cités"] == "a"
    assert found["q1"][EXPECTED] == "1. 3 mars"
    assert found["q3"][SHOWN] == (
        "(Silence.) Passages les plus proches\u00a0:\n"
        "• Le salon ouvre le 3 mars.…\n• Le salon ouvre le 3 mars.…"
    )
    assert found["q5"][EXPECTED] == "Rien dans les documents ne répond."
    assert found["q6"]["question"] == "(Et avant ? → Rien.)\n(Où ? → –)\nQuestion q6 ?"


def test_neither_verdict_nor_confidence_is_told() -> None:
    sheet = judging_sheet(sample.run())
    assert not [
        word for word in ("0.9", "0,9", "90", "right", "wrong", "juste") if word in sheet
    ]


def test_every_category_has_its_share_of_a_hundred() -> None:
    many = [sample.outcome(sample.asked(f"m{n}"), 0.9, True, True) for n in range(300)]
    few = [sample.outcome(sample.asked(f"f{n}", "table"), 0.9, True, True) for n in range(7)]
    run = replace(sample.run(), outcomes=tuple(many + few))
    found = rows(run)
    assert len(found) == SIZE
    assert sum(name.startswith("f") for name in found) == 7
    assert judging_sheet(run) == judging_sheet(run)
    # By chance, not the first ones.
    assert set(found) != {f"m{n}" for n in range(93)} | {f"f{n}" for n in range(7)}


def test_no_cell_begins_as_a_formula() -> None:
    asked = replace(sample.asked("q1"), question='=HYPERLINK("http://x";"cliquez")')
    outcomes = tuple(
        sample.outcome(replace(asked, id=name), 0.9, True, True)
        for name in ("=1+1", "@a", "-2")
    )
    read = csv.reader(
        io.StringIO(judging_sheet(replace(sample.run(), outcomes=outcomes))), delimiter=";"
    )
    cells = [cell for row in read for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "'=1+1" in cells


def test_sealed_questions_and_whole_documents_are_refused() -> None:
    sealed = replace(sample.asked("q1"), split="sealed")
    with pytest.raises(UsageError, match="scellées"):
        check_judgeable([sealed])
    with pytest.raises(UsageError, match="documents entiers"):
        check_judgeable([sample.asked("q1", quote=None)])
    check_judgeable([sample.asked("q1"), sample.asked("q2", quote=None)])


def test_it_is_written_for_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "feuilles" / "A.csv"
    prepare_sheet(path)
    write_sheet(path, sample.run())
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid;type;")
    assert path.read_text(encoding="utf-8-sig") == judging_sheet(sample.run()).replace(
        "\r\n", "\n"
    )


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "fichier"
    taken.write_text("")
    with pytest.raises(ReportWriteError, match="--sheet"):
        prepare_sheet(taken / "A.csv")
