"""Names that people give to keys and collections."""

import unicodedata
from typing import Final

from rag.errors import UsageError
from rag.text.typography import typeset

LONGEST: Final = 64
"""Most characters of a label."""


def read_label(raw: str, what: str) -> str:
    """A label without white space around it, in NFC.

    Args:
        raw: as it was given.
        what: what it names, with its article: « la collection ».

    Raises:
        UsageError: it is empty, over `LONGEST` characters, or holds a slash or what cannot
            be printed.
    """
    label = as_label(raw)
    if not label:
        raise _refused(what, "il est vide")
    if len(label) > LONGEST:
        raise _refused(what, "il est trop long")
    if not label.isprintable() or "/" in label or "\\" in label:
        raise _refused(what, "il contient une barre oblique ou un caractère invisible")
    return label


def as_label(raw: str) -> str:
    """How `read_label` would write a name, to look it up: nothing is refused."""
    if len(raw) > LONGEST * 8:
        return raw
    return unicodedata.normalize("NFC", raw.strip())


def _refused(what: str, reason: str) -> UsageError:
    return UsageError(
        typeset(
            f"Ce nom ne convient pas pour {what} : {reason}. Donnez de 1 à {LONGEST} "
            "caractères, sans barre oblique ni caractère invisible (une marque de sens "
            "d'écriture, par exemple)."
        )
    )
