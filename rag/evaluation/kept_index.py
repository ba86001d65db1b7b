"""The folder where an evaluation keeps the index that it makes: never anybody else's."""

import os
from pathlib import Path
from typing import Final

from rag.errors import IndexingError, IndexMissingError, IndexWriteError, InputPathError
from rag.evaluation import corpus
from rag.evaluation.files import prepare_folder
from rag.index.local.generation import open_generation
from rag.ingest.discovery import display_path
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset

COLLECTION: Final = "evaluation"
"""Where documents indexed to be asked go; `sourcier index` does not use it unless told."""

_OURS: Final = frozenset({COLLECTION, corpus.COLLECTION})
_OTHER: Final = "Donnez un autre dossier, par exemple --keep build/evaluation."


def check_keep(keep: Path, published: Path) -> None:
    """See that what would be replaced is nothing, or was made by an evaluation.

    Args:
        keep: where the index made for the purpose would be kept.
        published: the folder of the index that people ask.

    Raises:
        InputPathError: they are one folder, or another index is in ``keep``.
    """
    if os.path.realpath(keep) == os.path.realpath(published):
        raise _refused(keep, "c'est le dossier de l'index publié, qui serait remplacé")
    try:
        with open_generation(keep) as kept:
            others = sorted(kept.manifest.collections.keys() - _OURS)
    except IndexMissingError:
        return
    except IndexingError as error:
        fault = "l'index qui s'y trouve est illisible, et rien ne dit qu'il vient d'ici"
        raise _refused(keep, fault) from error
    if others:
        named = ", ".join(map(display_path, others))
        raise _refused(
            keep, f"un index qu'une évaluation n'a pas fait s'y trouve (collections : {named})"
        )


def prepare_keep(keep: Path) -> None:
    """Create the folder and see that it can be written, before any long work.

    Raises:
        IndexWriteError: it cannot.
    """
    try:
        prepare_folder(keep)
    except OSError as error:
        raise IndexWriteError(
            typeset(
                f"Impossible de garder l'index dans {display_path(keep)} : {refusal(error)}. "
                f"{_OTHER}"
            )
        ) from error


def _refused(keep: Path, reason: str) -> InputPathError:
    return InputPathError(
        typeset(
            f"L'évaluation ne peut pas garder son index dans {display_path(keep)} : {reason}. "
            f"{_OTHER}"
        )
    )
