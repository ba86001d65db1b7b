"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index", metavar="DOSSIER", help="Dossier de l'index (« index » par défaut)."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Sortie en JSON.")]
