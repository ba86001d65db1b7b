import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from rag.errors import ReportWriteError
from rag.evaluation.report import writing
from rag.evaluation.run_record import read_record, record_of
from tests.evaluation.report import sample

FILES = {"report.html", "run.json", "junit.xml", "run.trec", "qrels.trec"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_report_is_five_files(tmp_path: Path) -> None:
    folder = tmp_path / "un" / "rapport"
    writing.write_report(folder, sample.run(), sample.summary())
    written = contents(folder)
    assert set(written) == FILES
    assert read_record(folder / "run.json") == record_of(sample.run(), sample.summary())
    Xml.fromstring(written["junit.xml"])  # noqa: S314 – written by us
    assert b"q1 Q0 fact:1 2 " in written["run.trec"]
    assert b"q1 0 fact:1 1\n" in written["qrels.trec"]
    json.loads(written["run.json"])


def test_a_second_report_replaces_the_first_and_is_the_same(tmp_path: Path) -> None:
    writing.write_report(tmp_path, sample.run(), sample.summary())
    first = contents(tmp_path)
    (tmp_path / "run.json").write_text("ancien")
    writing.write_report(tmp_path, sample.run(), sample.summary())
    assert contents(tmp_path) == first


def test_a_sealed_report_is_two_files_without_a_question(tmp_path: Path) -> None:
    # Those of an earlier report, of questions that may be read, would tell these.
    writing.write_report(tmp_path, sample.run(), sample.summary())
    (tmp_path / "notes.txt").write_text("à garder")
    writing.write_report(tmp_path, sample.sealed(), sample.summary())
    written = contents(tmp_path)
    assert set(written) == {"report.html", "run.json", "notes.txt"}
    record = read_record(tmp_path / "run.json")
    assert record == record_of(sample.sealed(), sample.summary())
    plain = record_of(sample.run(), sample.summary())
    assert [each.values for each in record.questions] == [
        each.values for each in plain.questions
    ]
    told = [
        (name, word)
        for name in ("report.html", "run.json")
        for word in ("Question q", "3 mars", "Et avant", "ouvre le", "Le salon", "a.md")
        if word in html.unescape(json_text(written[name]))
    ]
    assert told == []
    # Another run of questions that may be read writes them all again.
    writing.write_report(tmp_path, sample.run(), sample.summary())
    assert set(contents(tmp_path)) == FILES | {"notes.txt"}


def json_text(content: bytes) -> str:
    """What a file says, JSON's escapes undone."""
    return re.sub(
        r"\\u([0-9a-f]{4})", lambda match: chr(int(match.group(1), 16)), content.decode("utf-8")
    )


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "rapport"
    taken.write_text("fichier")
    with pytest.raises(ReportWriteError, match="Impossible d'écrire le rapport"):
        writing.write_report(taken, sample.run(), sample.summary())
    assert taken.read_text() == "fichier"


def test_the_folder_is_tried_before_long_work(tmp_path: Path) -> None:
    writing.prepare_report(tmp_path / "neuf")
    assert contents(tmp_path / "neuf") == {}
