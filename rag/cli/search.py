"""``sourcier search``: the passages that speak of a query, or of many from a file."""

from typing import Annotated

import typer

from rag.cli.options import BatchOption, HitsOption, IndexOption, JsonOption


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
    from rag.cli.batch import print_batch
    from rag.cli.display import open_searcher, print_hits, write_json

    if (query is None) == (batch is None):
        raise typer.BadParameter("donnez une RECHERCHE, ou --batch FICHIER.jsonl")
    with open_searcher(index_dir) as searcher:
        if batch is not None:
            print_batch(searcher, batch, k, answers=False)
            return
        hits = searcher.search(query or "", k)
    if as_json:
        write_json({"query": query, "hits": hits})
        return
    print_hits(hits)
