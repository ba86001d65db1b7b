"""Puts a report on disk: each file whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import SourcierError
from rag.evaluation.metrics.ranking import trec_qrels, trec_run
from rag.evaluation.records import Run, Summary
from rag.evaluation.report.comparison import Comparison
from rag.evaluation.report.junit import junit_xml
from rag.evaluation.report.page import report_page
from rag.evaluation.report.record import encode_record, record_of

PAGE = "report.html"
RECORD = "run.json"
JUNIT = "junit.xml"
RUN = "run.trec"
QRELS = "qrels.trec"


def write_report(
    folder: Path, run: Run, summary: Summary, comparison: Comparison | None = None
) -> None:
    """Write ``report.html``, ``run.json``, ``junit.xml``, ``run.trec`` and ``qrels.trec``.

    The folder is created where it is not there; files of an earlier report are replaced
    one by one, each by a rename. ``run.json`` comes first, as it holds all that was found.

    Raises:
        SourcierError: the folder or a file in it cannot be written.
    """
    prepare_report(folder)
    write_file(folder / RECORD, encode_record(record_of(run, summary)))
    write_file(folder / RUN, trec_run(run.outcomes, f"sourcier-{run.conditions.version}"))
    write_file(folder / QRELS, trec_qrels(run.outcomes))
    write_file(folder / JUNIT, junit_xml(run))
    write_file(folder / PAGE, report_page(run, summary, comparison))


def prepare_report(folder: Path) -> None:
    """Create the folder and see that it can be written, before any long work.

    Raises:
        SourcierError: it cannot.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def write_file(path: Path, text: str) -> None:
    """Write a text in UTF-8 under a temporary name, then give it its own.

    Raises:
        SourcierError: it cannot be written; what was there before is still there.
    """
    with _writing(path.parent):
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourcierError(
            f"Impossible d'écrire le rapport dans {folder}\u00a0: "
            f"{error.strerror or error}. Vérifiez les droits et la place sur le disque, ou "
            "choisissez un autre dossier avec --report."
        ) from error
