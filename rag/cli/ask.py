"""``sourcier ask``: answers one question, or many from a file."""

from typing import Annotated

import typer

from rag.cli.options import BatchOption, HitsOption, IndexOption, JsonOption


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
    from rag.cli.batch import print_batch
    from rag.cli.display import open_searcher, print_answer, write_json

    if (question is None) == (batch is None):
        raise typer.BadParameter("donnez une QUESTION, ou --batch FICHIER.jsonl")
    with open_searcher(index_dir) as searcher:
        if batch is not None:
            print_batch(searcher, batch, k, answers=True)
            return
        answer = searcher.ask(question or "", k)
    if as_json:
        write_json(answer)
        return
    print_answer(answer)
