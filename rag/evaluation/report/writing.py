"""Puts a report on disk: each file whole or not at all."""

from contextlib import AbstractContextManager
from pathlib import Path

from rag.evaluation.metrics.ranking_measures import trec_qrels, trec_run
from rag.evaluation.report.junit import junit_xml
from rag.evaluation.report.page import report_page
from rag.evaluation.run_comparison import Comparison
from rag.evaluation.run_record import encode_record, record_of
from rag.evaluation.runs import Run, Summary
from rag.storage.disk_errors import report_errors
from rag.storage.files import prepare_folder, write_whole

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
    Of a sealed run, only it and the page are written, and those of an earlier one go.
    """
    prepare_report(folder)
    with _writing(folder):
        write_whole(folder / RECORD, encode_record(record_of(run, summary)))
        if run.conditions.sealed:
            write_whole(folder / PAGE, report_page(run, summary, comparison))
            for name in (RUN, QRELS, JUNIT):
                (folder / name).unlink(missing_ok=True)
            return
        write_whole(folder / RUN, trec_run(run.outcomes, f"sourcier-{run.conditions.version}"))
        write_whole(folder / QRELS, trec_qrels(run.outcomes))
        write_whole(folder / JUNIT, junit_xml(run))
        write_whole(folder / PAGE, report_page(run, summary, comparison))


def prepare_report(folder: Path) -> None:
    """Create the folder and see that it can be written, before any long work."""
    with _writing(folder):
        prepare_folder(folder)


def _writing(folder: Path) -> AbstractContextManager[None]:
    return report_errors(
        f"le rapport dans {folder}", "choisissez un autre dossier avec --report"
    )
