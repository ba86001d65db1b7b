"""The commands ``sourcier feedback …``: what readers thought of answers."""

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated

import typer

from rag.cli.options import IndexOption
from rag.errors import ReportWriteError
from rag.settings import load_settings
from rag.storage.disk_errors import refusal
from rag.text.typography import counted, typeset

app = typer.Typer(
    name="feedback", help="Ce que les lecteurs pensent des réponses.", no_args_is_help=True
)


@app.callback()
def feedback() -> None:
    """Ce que les lecteurs pensent des réponses."""


@app.command(short_help="Donne les avis en questions à relire.")
def export(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FICHIER.jsonl", help="Écrit là plutôt qu'à l'écran."
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            metavar="DATE",
            help="Seulement les avis donnés depuis cette date (2026-01-31).",
        ),
    ] = None,
    index_dir: IndexOption = None,
) -> None:
    """Donne les avis reçus, une ligne JSON par réponse jugée, en questions à relire.

    Chaque ligne a la forme d'une question de « sourcier eval ». Il reste à décider si les
    documents y répondent (« answerable »), à vérifier les citations (« gold »), puis à
    retirer « review », où se trouvent l'avis et le commentaire. Les citations sont relues
    dans l'index : celles d'un document retiré ou modifié n'y sont plus.
    """
    from rag.service.feedback import draft_questions

    written = lost = 0
    with draft_questions(load_settings(index_dir), since) as drafts, _writing(output) as stream:
        for draft in drafts:
            stream.write(json.dumps(draft.line, ensure_ascii=False) + "\n")
            written += 1
            lost += draft.lost
    _tell(written, lost)


def _tell(written: int, lost: int) -> None:
    said = f"{counted(written, 'question')} à relire." if written else "Aucun avis à relire."
    if lost:
        said += f" {counted(lost, 'citation')} : document retiré ou modifié depuis."
    typer.echo(typeset(said), err=True)


@contextlib.contextmanager
def _writing(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    try:
        # What cannot be encoded is escaped as JSON itself would.
        with output.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            yield stream
    except OSError as error:
        raise ReportWriteError(
            typeset(
                f"Impossible d'écrire {output} : {refusal(error)}. Donnez un autre fichier à "
                "--output."
            )
        ) from error
