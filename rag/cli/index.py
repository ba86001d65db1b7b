"""``sourcier index``: builds the index, or brings it up to date."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import IndexOption
from rag.cli.process import PARTLY_DONE
from rag.settings import load_settings


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
    from rag.cli.display import IndexingDisplay, print_index_report
    from rag.library.names import read_label
    from rag.service import update_index
    from rag.updating.folder_sync import SyncRequest

    label = read_label(collection, "une collection")
    settings = load_settings(index_dir)
    with IndexingDisplay() as display:
        request = SyncRequest(paths or [], label, prune, apart=settings.index.directory)
        report = update_index(settings, request, display.watcher)
    print_index_report(report, settings.index.directory)
    if report.skipped:
        raise typer.Exit(PARTLY_DONE)
