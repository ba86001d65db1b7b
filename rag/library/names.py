"""A name that someone gave a file: for showing, never a path on disk."""

import unicodedata
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 255
"""Most characters of a clean name."""
_NAMELESS: Final = "document"
_READ: Final = 16_384
_LONGEST_EXTENSION: Final = 16


def clean_name(raw: str) -> str:
    r"""The file's own name as it can be shown, stored and made an id of.

    What leads to it is dropped (``../../etc/passwd`` gives ``passwd``,
    ``C:\notes\été.txt`` gives ``été.txt``), the rest is in NFC and printable, without
    white space at either end or twice in a row, and at most `LONGEST` characters long:
    what is too long is cut before its extension. Nothing left gives ``document``.
    """
    # The end of a name matters most: it holds the name itself, and its extension.
    own = raw[-_READ:].replace("\\", "/").rstrip("/").rpartition("/")[2]
    spaced = " ".join(own.split())
    shown = unicodedata.normalize("NFC", "".join(filter(str.isprintable, spaced)))
    name = " ".join(_shortened(shown).split())
    return _NAMELESS if name in {"", ".", ".."} else name


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    extension = PurePosixPath(name).suffix
    if len(extension) > _LONGEST_EXTENSION:
        extension = ""
    return name[: LONGEST - len(extension)].rstrip() + extension
