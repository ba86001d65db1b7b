"""The command line: parse, call the service, print. Results on stdout, the rest on stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag import feedback_cli, keys_cli
from rag.evaluation_cli import evaluation
from rag.options import IndexOption, JsonOption
from rag.process import FAILED, PARTLY_DONE, run_command
from rag.serve_cli import serve
from rag.settings import load_settings
from rag.work_cli import work

if TYPE_CHECKING:
    from rag.service import Searcher


app = typer.Typer(
    name="sourcier",
    help="Sourcier répond à des questions à partir de vos documents ; chaque phrase de ses "
    "réponses mène aux caractères exacts dont elle vient.\n\n"
    "Premiers pas :\n\n  sourcier index MES_DOCUMENTS\n\n"
    '  sourcier ask "Quand a lieu le salon ?"',
    epilog="Réglages : sourcier.toml dans le dossier courant, ou variables SOURCIER_* "
    "(par exemple SOURCIER_EMBEDDING__MODEL). Codes de sortie : 0 fait, 1 échec, "
    "2 mauvais usage, 3 fait en partie.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

HitsOption = Annotated[
    int | None,
    typer.Option(
        "-k", min=1, max=1000, metavar="N", help="Nombre de passages à donner (10 par défaut)."
    ),
]
BatchOption = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        metavar="FICHIER.jsonl",
        help='Lit des lignes {"id", "question"} ; écrit une ligne JSON par question, avec '
        "son id, dans l'ordre. « - » lit l'entrée standard. Une ligne peut porter les tours "
        'précédents de sa conversation, "history": [{"question", "answer"}] : « Et en '
        "2027 ? » se comprend alors.",
    ),
]


@app.command(short_help="Construit ou met à jour l'index.")
def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CHEMIN",
            show_default=False,
            help="Fichiers ou dossiers à indexer. Sans aucun, l'index garde ce qu'il a, et "
            "retrouve les documents envoyés au service.",
        ),
    ] = None,
    index_dir: IndexOption = None,
    collection: Annotated[
        str,
        typer.Option("--collection", metavar="NOM", help="Collection où ranger les documents."),
    ] = "documents",
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Retire de la collection tout document qui n'est sous aucun CHEMIN donné.",
        ),
    ] = False,
) -> None:
    """Construit ou met à jour l'index.

    Seul ce qui a changé est relu et vectorisé. Un document supprimé sous un CHEMIN donné
    disparaît de l'index ; ceux qui ont été envoyés au service y restent.
    Formats lus : Markdown, HTML, texte, PDF et DOCX.
    Un fichier illisible est signalé avec sa raison ; le reste est indexé (code de sortie 3).

    Exemple : sourcier index notes/ rapports/ --collection direction
    """
    from rag.console import IndexingDisplay, print_index_report
    from rag.intake import Request
    from rag.library.labels import read_label
    from rag.service import update_index

    label = read_label(collection, "une collection")
    settings = load_settings(index_dir)
    with IndexingDisplay() as display:
        request = Request(paths or [], label, prune, apart=settings.index.directory)
        report = update_index(settings, request, display.watcher)
    print_index_report(report, settings.index.directory)
    if report.skipped:
        raise typer.Exit(PARTLY_DONE)


@app.command(short_help="Répond à une question, citations à l'appui.")
def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="La question, entre guillemets.")
    ] = None,
    index_dir: IndexOption = None,
    k: HitsOption = None,
    as_json: JsonOption = False,
    batch: BatchOption = None,
) -> None:
    """Répond à une question par les phrases mêmes des documents, chacune avec sa source.

    Quand les documents ne répondent pas, Sourcier le dit et montre les passages les plus
    proches.

    Exemples : sourcier ask "Qui préside le comité ?" ; sourcier ask --batch questions.jsonl
    """
    from rag.console import print_answer, write_json

    if (question is None) == (batch is None):
        raise typer.BadParameter("donnez une QUESTION, ou --batch FICHIER.jsonl")
    with _searcher(index_dir) as searcher:
        if batch is not None:
            _run_batch(searcher, batch, k, answers=True)
            return
        answer = searcher.ask(question or "", k)
    if as_json:
        write_json(answer)
        return
    print_answer(answer)


@app.command(short_help="Cherche des passages, sans composer de réponse.")
def search(
    query: Annotated[
        str | None, typer.Argument(metavar="RECHERCHE", help="Question ou mots-clés.")
    ] = None,
    index_dir: IndexOption = None,
    k: HitsOption = None,
    as_json: JsonOption = False,
    batch: BatchOption = None,
) -> None:
    """Donne les passages les plus proches, avec chacun de leurs signaux."""
    from rag.console import print_hits, write_json

    if (query is None) == (batch is None):
        raise typer.BadParameter("donnez une RECHERCHE, ou --batch FICHIER.jsonl")
    with _searcher(index_dir) as searcher:
        if batch is not None:
            _run_batch(searcher, batch, k, answers=False)
            return
        hits = searcher.search(query or "", k)
    if as_json:
        write_json({"query": query, "hits": hits})
        return
    print_hits(hits)


@app.command(short_help="Décrit l'index publié.")
def status(index_dir: IndexOption = None, as_json: JsonOption = False) -> None:
    """Décrit l'index publié : génération, modèle, documents, fichiers laissés de côté."""
    from rag.console import print_status, write_json
    from rag.service import describe_index

    settings = load_settings(index_dir)
    description = describe_index(settings)
    if as_json:
        write_json(description)
        return
    print_status(description, settings.index.directory)


@app.command(short_help="Vérifie l'index publié, octet par octet.")
def verify(index_dir: IndexOption = None, as_json: JsonOption = False) -> None:
    """Vérifie l'index publié : sommes de contrôle, positions, vecteurs, restes.

    Le code de sortie est 1 si quelque chose est abîmé ; chaque défaut est nommé.
    """
    from rag.console import print_problems, write_json
    from rag.indexing.verification import verify as find_problems

    settings = load_settings(index_dir)
    problems = find_problems(settings.index.directory)
    if as_json:
        write_json({"problems": problems})
    else:
        print_problems(problems, settings.index.directory)
    if problems:
        raise typer.Exit(FAILED)


app.command("eval", short_help="Mesure les réponses sur un jeu de questions.")(evaluation)
app.command("serve", short_help="Sert les questions et les documents par HTTP.")(serve)
app.command("work", short_help="Applique à l'index les changements en attente.")(work)
app.add_typer(keys_cli.app, short_help="Les clés d'accès au service.")
app.add_typer(feedback_cli.app, short_help="Les avis laissés sur les réponses.")


def main() -> None:
    """Run the command line; every failure is a sentence and an exit code."""
    run_command(app)


def _searcher(index_dir: Path | None) -> "Searcher":
    from rag.console import ModelDisplay
    from rag.service import Searcher

    with ModelDisplay() as display:
        return Searcher.open(load_settings(index_dir), display.progress)


def _run_batch(searcher: "Searcher", path: Path, k: int | None, *, answers: bool) -> None:
    from rag.batch import read_batch, run_batch

    failed = 0
    for line in run_batch(searcher, read_batch(path), k, answers=answers):
        failed += "error" in line
        typer.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise typer.Exit(PARTLY_DONE)
