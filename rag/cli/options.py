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
        'précédents de sa conversation, "history": [{"question", "answer", "cited"}] : « Et en '
        "2027 ? » se comprend alors.",
    ),
]
