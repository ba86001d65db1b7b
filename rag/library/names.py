"""Names that people give: to keys and collections, and to the files that they send.

They are for showing, never a path on disk.
"""

import unicodedata
from pathlib import PurePosixPath
from typing import Final

from rag.errors import UsageError
from rag.text.typography import typeset

LONGEST_LABEL: Final = 64
"""Most characters of the name of a key or a collection."""
LONGEST_FILE_NAME: Final = 255
"""Most characters of a clean file name."""
_NAMELESS: Final = "document"
_READ: Final = 16_384
_LONGEST_EXTENSION: Final = 16


def read_label(raw: str, what: str) -> str:
    """A label without white space around it, in NFC; ``what`` it names has its article.

    Raises:
        UsageError: it is empty, over `LONGEST_LABEL` characters, or holds a slash or what
            cannot be printed.
    """
    label = as_label(raw)
    if not label:
        raise _refused(what, "il est vide")
    if len(label) > LONGEST_LABEL:
        raise _refused(what, "il est trop long")
    if not label.isprintable() or "/" in label or "\\" in label:
        raise _refused(what, "il contient une barre oblique ou un caractère invisible")
    return label


def as_label(raw: str) -> str:
    """How `read_label` would write a name, to look it up: nothing is refused."""
    if len(raw) > LONGEST_LABEL * 8:
        return raw
    return unicodedata.normalize("NFC", raw.strip())


def clean_name(raw: str) -> str:
    r"""The file's own name as it can be shown, stored and made an id of.

    What leads to it is dropped (``../../etc/passwd`` gives ``passwd``,
    ``C:\notes\été.txt`` gives ``été.txt``), the rest is in NFC and printable, without
    white space at either end or twice in a row, and at most `LONGEST_FILE_NAME` characters
    long: what is too long is cut before its extension. Nothing left gives ``document``.
    """
    # The end of a name matters most: it holds the name itself, and its extension.
    own = raw[-_READ:].replace("\\", "/").rstrip("/").rpartition("/")[2]
    spaced = " ".join(own.split())
    shown = unicodedata.normalize("NFC", "".join(filter(str.isprintable, spaced)))
    name = " ".join(_shortened(shown).split())
    return _NAMELESS if name in {"", ".", ".."} else name


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_FILE_NAME:
        return name
    extension = PurePosixPath(name).suffix
    if len(extension) > _LONGEST_EXTENSION:
        extension = ""
    return name[: LONGEST_FILE_NAME - len(extension)].rstrip() + extension


def _refused(what: str, reason: str) -> UsageError:
    return UsageError(
        typeset(
            f"Ce nom ne convient pas pour {what} : {reason}. Donnez de 1 à {LONGEST_LABEL} "
            "caractères, sans barre oblique ni caractère invisible (une marque de sens "
            "d'écriture, par exemple)."
        )
    )
