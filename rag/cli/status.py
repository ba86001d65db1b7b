"""``sourcier status`` and ``sourcier verify``: what is published, and whether it is whole."""

import typer

from rag.cli.options import IndexOption, JsonOption
from rag.cli.process import FAILED
from rag.settings import load_settings


def status(index_dir: IndexOption = None, as_json: JsonOption = False) -> None:
    """Décrit l'index publié : génération, modèle, documents, fichiers laissés de côté."""
    from rag.cli.display import print_status, write_json
    from rag.service import describe_index

    settings = load_settings(index_dir)
    description = describe_index(settings)
    if as_json:
        write_json(description)
        return
    print_status(description, settings.index.directory)


def verify(index_dir: IndexOption = None, as_json: JsonOption = False) -> None:
    """Vérifie l'index publié : sommes de contrôle, positions, vecteurs, restes.

    Le code de sortie est 1 si quelque chose est abîmé ; chaque défaut est nommé.
    """
    from rag.cli.display import print_problems, write_json
    from rag.service import verify_index

    settings = load_settings(index_dir)
    problems = verify_index(settings)
    if as_json:
        write_json({"problems": problems})
    else:
        print_problems(problems, settings.index.directory)
    if problems:
        raise typer.Exit(FAILED)
