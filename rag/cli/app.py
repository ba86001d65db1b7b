"""The command line as a whole: every command, and how the process ends.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done.
"""

import typer

from rag.cli import feedback, keys
from rag.cli.ask import ask
from rag.cli.evaluate import evaluation
from rag.cli.index import index
from rag.cli.process import run_command
from rag.cli.search import search
from rag.cli.serve import serve
from rag.cli.status import status, verify
from rag.cli.work import work

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
app.command(short_help="Construit ou met à jour l'index.")(index)
app.command(short_help="Répond à une question, citations à l'appui.")(ask)
app.command(short_help="Cherche des passages, sans composer de réponse.")(search)
app.command(short_help="Décrit l'index publié.")(status)
app.command(short_help="Vérifie l'index publié, octet par octet.")(verify)
app.command("eval", short_help="Mesure les réponses sur un jeu de questions.")(evaluation)
app.command("serve", short_help="Sert les questions et les documents par HTTP.")(serve)
app.command("work", short_help="Applique à l'index les changements en attente.")(work)
app.add_typer(keys.app, short_help="Les clés d'accès au service.")
app.add_typer(feedback.app, short_help="Les avis laissés sur les réponses.")


def main() -> None:
    """Run the command line; every failure is a sentence and an exit code."""
    run_command(app)
