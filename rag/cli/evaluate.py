"""The command ``sourcier eval``: check, measure, hold against a reference, print."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.process import FAILED, PARTLY_DONE
from rag.errors import JudgementError, SourcierError
from rag.settings import load_settings

if TYPE_CHECKING:
    from rag.evaluation.evaluate import EvaluationRequest
    from rag.evaluation.run_record import Record
    from rag.evaluation.run_references import ReferenceResults, References


def evaluation(
    dataset: Annotated[
        Path,
        typer.Argument(
            metavar="JEU",
            help="Questions : un fichier .jsonl (notre format), un fichier .json (SQuAD 1.1 "
            "ou 2.0), ou un dossier BEIR (corpus.jsonl, queries.jsonl, qrels/).",
        ),
    ],
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="DOSSIER",
            help="Documents à indexer pour y poser les questions d'un fichier .jsonl ; sans "
            "cela, elles sont posées à l'index publié.",
        ),
    ] = None,
    index_dir: Annotated[
        Path | None,
        typer.Option(
            "--index", metavar="DOSSIER", help="Dossier de l'index (« index » par défaut)."
        ),
    ] = None,
    split: Annotated[
        str,
        typer.Option(
            "--split",
            metavar="PARTIE",
            help="Une partie du jeu : dev, test ou sealed (mesurée par type, jamais montrée) ; "
            "pour BEIR, un fichier de qrels/.",
        ),
    ] = "",
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="DOSSIER",
            help="Garde là l'index fait pour l'occasion : la fois suivante, un texte inchangé "
            "n'est pas vectorisé de nouveau.",
        ),
    ] = None,
    every: Annotated[
        int,
        typer.Option("--every", min=1, metavar="N", help="Pose une question sur N."),
    ] = 1,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            metavar="P",
            help="Confiance à partir de laquelle répondre, au lieu de celle des réglages.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="DOSSIER",
            help="Écrit là le rapport : page HTML, run.json, JUnit XML, fichiers TREC.",
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet",
            metavar="FEUILLE.csv",
            help="Écrit là cent réponses à juger à la main, telles qu'elles ont été lues, à "
            "ouvrir dans un tableur.",
        ),
    ] = None,
    gate: Annotated[
        bool,
        typer.Option(
            "--gate",
            help="Échoue (code 1) si une citation est inexacte, si une mesure passe sa borne "
            "ou est significativement moins bonne que la référence, si un type de question "
            "est nettement moins bien servi ; code 2 si elle ne peut pas juger.",
        ),
    ] = False,
    baseline: Annotated[
        Path,
        typer.Option(
            "--baseline", metavar="FICHIER", help="La référence de --gate et de --accept."
        ),
    ] = Path("eval/baseline.json"),
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare",
            metavar="RUN.json",
            help="Compare avec une évaluation passée (le run.json de son rapport).",
        ),
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option(
            "--accept",
            metavar="POURQUOI",
            help="Fait de ce résultat la référence, et note pourquoi ; la raison nomme les "
            "types de questions qui y perdent.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Mesure recherche, réponses, citations et silences sur des questions.

    Chaque mesure est donnée avec son intervalle de confiance à 95 %, sur
    tout le jeu puis par catégorie. Un jeu SQuAD ou BEIR apporte ses
    documents : ils sont indexés à part, et l'index publié ne change pas.

    Exemples :

      sourcier eval eval/questions.jsonl --documents documents --report R

      sourcier eval eval/questions.jsonl --documents documents --split test --gate

      sourcier eval eval/questions.jsonl --documents documents --sheet A.csv

      sourcier eval piaf-v1.1.json --keep index-piaf --report P

      sourcier eval piaf-v1.1.json --keep index-piaf --compare P/run.json
    """
    from rag.cli.evaluation_display import EvaluationDisplay, print_accepted
    from rag.evaluation.evaluate import EvaluationRequest, at_threshold, check_request, evaluate
    from rag.evaluation.report.sheet import write_sheet
    from rag.evaluation.report.writing import write_report
    from rag.evaluation.run_record import record_of, summarise
    from rag.evaluation.run_references import (
        compare_with_references,
        make_baseline,
        read_references,
    )

    if gate and accept is not None:
        raise typer.BadParameter("--gate juge, --accept remplace la référence : choisissez")
    with _never_worse_by_error(gate=gate):
        settings = load_settings()
        if threshold is not None:
            settings = at_threshold(settings, threshold)
        request = EvaluationRequest(dataset, split, documents, keep, every, index_dir)
        check_request(settings, request)
        references = read_references(
            gate=baseline if gate else None,
            compared=compare,
            accepted=None if accept is None else baseline,
            why=accept or "",
        )
        _check_before(request, references, report, sheet)
        with EvaluationDisplay() as display:
            run = evaluate(settings, request, display.watcher)
        record = record_of(run, summarise(run.outcomes))
        results = compare_with_references(record, references)
        if report is not None:
            write_report(report, run, record.summary, results.comparison)
        if sheet is not None:
            write_sheet(sheet, run)
        _print(record, results, as_json=as_json)
        if references.acceptor is not None:
            make_baseline(record, references.acceptor)
            print_accepted(references.acceptor.path, references.acceptor.why)
        _end(record, results)


@contextmanager
def _never_worse_by_error(*, gate: bool) -> Iterator[None]:
    """Keep the exit code of a gate that failed for runs that it judged."""
    try:
        yield
    except SourcierError as error:
        if gate and error.exit_code == FAILED:
            raise JudgementError(str(error)) from error
        raise


def _check_before(
    request: "EvaluationRequest",
    references: "References",
    report: Path | None,
    sheet: Path | None,
) -> None:
    """Tell what would make the work vain before it begins."""
    from rag.evaluation.datasets.factory import read_dataset
    from rag.evaluation.report.sheet import check_judgeable, prepare_sheet
    from rag.evaluation.report.writing import prepare_report
    from rag.evaluation.run_references import check_questions

    if report is not None:
        prepare_report(report)
    if sheet is not None:
        prepare_sheet(sheet)
    if sheet is None and references.gate is None and references.compared is None:
        return
    dataset = read_dataset(request.dataset, request.split)
    queries = dataset.queries[:: request.every]
    check_questions(references, queries)
    if sheet is not None:
        check_judgeable(queries)


def _print(record: "Record", results: "ReferenceResults", *, as_json: bool) -> None:
    from rag.cli.display import write_json
    from rag.cli.evaluation_display import print_comparison, print_judgement, print_record
    from rag.evaluation import run_references

    if as_json:
        write_json(run_references.as_json(record, results))
        return
    print_record(record)
    if results.comparison is not None:
        print_comparison(results.comparison)
    if results.judgement is not None:
        print_judgement(results.judgement)


def _end(record: "Record", results: "ReferenceResults") -> None:
    """The exit code: the gate's where it was asked for, else whether all could be put."""
    from rag.cli.evaluation_display import print_lost

    lost = print_lost(record)
    if results.judgement is not None:
        if not results.judgement.passed:
            raise typer.Exit(FAILED)
        return
    if lost:
        raise typer.Exit(PARTLY_DONE)
