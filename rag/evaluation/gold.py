"""Where the characters that answer stand in an index."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query
from rag.evaluation.datasets.sources import SHOWN, excerpt, listing
from rag.evaluation.evaluation_index import index_id
from rag.evaluation.quotes import Reading
from rag.evaluation.runs import Place
from rag.index.passage_index import Documents
from rag.ingest.discovery import display_path
from rag.types import Document, Span

Find = Callable[[str], Document | None]
"""The document of an index that `Gold.document` means, or None if it is not there."""

_TITLE: Final = "Les réponses attendues ne se retrouvent pas dans l'index"


def find_in_index(dataset: Dataset, documents: Documents) -> Find:
    """How to find the dataset's documents in an index made for it.

    Those that the dataset brings are found by id, those of files by path.
    """
    headers = documents.headers()
    if not dataset.texts:
        return find_by_path({header.path: header.id for header in headers}, documents.read)
    there = {header.id for header in headers}

    def find(name: str) -> Document | None:
        identity = index_id(name)
        return documents.read(identity) if identity in there else None

    return find


def find_by_path(ids: Mapping[str, str], read: Callable[[str], Document]) -> Find:
    """How to find documents by the path that a dataset gives them.

    The paths of an index are relative to the folder that was indexed, those of a dataset
    to wherever its author stood: ``documents/service-public/x.md`` means the document at
    that path, else ``service-public/x.md``, else ``x.md``; else the only document whose
    path ends so (``copie/documents/service-public/x.md``).
    ``ids`` are by path, as `DocumentHeader.path` gives it.
    """
    below: dict[str, list[str]] = defaultdict(list)
    for path in ids:
        below[PurePosixPath(path).name].append(path)

    def find(name: str) -> Document | None:
        path = _indexed(display_path(PurePosixPath(name)), ids, below)
        return None if path is None else read(ids[path])

    return find


def places(queries: Iterable[Query], find: Find) -> dict[str, tuple[Place, ...]]:
    """The places of each query's golds, in their order, by query id.

    A quote that stands several times in its document has its first place, or the one that
    ``Gold.start`` gives. A gold without a quote is its whole document. Each document is
    read once.

    Raises:
        DatasetError: documents are not in the index, or quotes not in their documents.
    """
    asked = list(queries)
    wanted: dict[str, dict[Gold, Place | None]] = defaultdict(dict)
    for query in asked:
        for gold in query.gold:
            wanted[gold.document][gold] = None
    absent = {name for name, golds in wanted.items() if not _fill(golds, find(name))}
    _refuse_missing(asked, wanted, absent)
    return {
        query.id: tuple(
            place for gold in query.gold if (place := wanted[gold.document][gold]) is not None
        )
        for query in asked
    }


def _fill(golds: dict[Gold, Place | None], document: Document | None) -> bool:
    """Look for a document's golds in it; whether there is such a document."""
    if document is None:
        return False
    reading = Reading(document.text)
    for gold in golds:
        span = (
            Span(0, len(document.text))
            if gold.quote is None
            else reading.locate(gold.quote, gold.start)
        )
        golds[gold] = None if span is None else Place(document.id, span, gold.fact)
    return True


def _refuse_missing(
    queries: Sequence[Query],
    wanted: Mapping[str, Mapping[Gold, Place | None]],
    absent: set[str],
) -> None:
    told: list[str] = []
    count = 0
    for query in queries:
        missing = [gold for gold in query.gold if wanted[gold.document][gold] is None]
        if not missing:
            continue
        count += 1
        if len(told) < SHOWN:
            told.append(_missing(query, missing[0], missing[0].document in absent))
    if told:
        raise DatasetError(listing(_TITLE, told, count))


def _missing(query: Query, gold: Gold, absent: bool) -> str:
    document = excerpt(gold.document)
    if absent:
        return (
            f"question {excerpt(query.id)} : le document {document} n'est pas dans "
            "l'index ; indexez-le, ou corrigez son chemin"
        )
    return (
        f"question {excerpt(query.id)} : « {excerpt(gold.quote or '')} » n'est pas dans "
        f"{document} ; recopiez la citation du texte lu"
    )


def _indexed(
    name: str, ids: Mapping[str, str], below: Mapping[str, Sequence[str]]
) -> str | None:
    parts = PurePosixPath(name).parts
    for first in range(len(parts)):
        path = "/".join(parts[first:])
        if path in ids:
            return path
    same_name = below.get(PurePosixPath(name).name, ())
    longer = [path for path in same_name if path.endswith(f"/{name}")]
    return longer[0] if len(longer) == 1 else None
