"""Which reader reads which dataset: told by the shape of what lies at the path."""

from pathlib import Path

from rag.errors import DatasetError
from rag.evaluation.datasets.beir import CORPUS, QRELS, QUERIES, is_beir, read_beir
from rag.evaluation.datasets.dataset import Dataset
from rag.evaluation.datasets.own import read_own
from rag.evaluation.datasets.sources import check_there, excerpt
from rag.evaluation.datasets.squad import read_squad
from rag.ingest.discovery import display_path
from rag.text.typography import typeset


def read_dataset(path: Path, split: str = "") -> Dataset:
    """Read and check an evaluation set.

    A folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/*.tsv`` is BEIR, a
    ``.jsonl`` file our own format, a ``.json`` file SQuAD 1.1 or 2.0.

    ``split`` is ``dev`` or ``test`` for our own format, "" for all of it; the stem of a file
    of ``qrels/`` for BEIR, "" for ``test`` or the only one; "" for SQuAD.

    Raises:
        DatasetError: it is not there, of no known shape, or at fault; the message names
            file and line, what is wrong and what to do, for up to ten faults of a file.
    """
    try:
        folder = path.is_dir()
    except (OSError, ValueError):
        folder = False
    if folder:
        if is_beir(path):
            return read_beir(path, split)
        raise DatasetError(
            typeset(
                f"Dossier sans jeu d'évaluation : {display_path(path)}. Un dossier BEIR "
                f"contient {CORPUS}, {QUERIES} et {QRELS}/."
            )
        )
    form = path.suffix.casefold()
    if form == ".jsonl":
        return read_own(path, split)
    if form == ".json":
        if not split:
            return read_squad(path)
        raise DatasetError(
            typeset(
                f"{display_path(path)} est au format SQuAD, qui n'a pas de parties : "
                f"retirez « {excerpt(split)} »."
            )
        )
    check_there(path)
    raise DatasetError(
        typeset(
            f"Jeu d'évaluation de forme inconnue : {display_path(path)}. Donnez un fichier "
            ".jsonl (nos questions), un fichier .json (SQuAD) ou un dossier BEIR "
            f"({CORPUS}, {QUERIES}, {QRELS}/)."
        )
    )
