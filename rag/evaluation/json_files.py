"""JSON files that others may have touched: loaded with care, read by pydantic into nouns."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from rag.errors import BaselineError, DatasetError
from rag.evaluation.datasets.sources import parsed
from rag.evaluation.french import shortened, shown
from rag.evaluation.runs import Count
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset

_LONGEST_NAME: Final = 80
_OBJECTS: Final = frozenset({"dataclass_type", "dict_type", "mapping_type"})
_WHOLE: Final = "un nombre entier positif ou nul"
_KINDS: Final[Mapping[str, str]] = {
    "string_type": "un texte",
    "bool_type": "true ou false",
    "tuple_type": "une liste",
    "int_type": _WHOLE,
    "greater_than_equal": _WHOLE,
    "float_type": "un nombre",
    "finite_number": "un nombre fini",
}
_Noun = TypeVar("_Noun")


@dataclass(frozen=True, slots=True)
class _Head:
    format: str
    format_version: Count


_HEAD: Final = TypeAdapter(_Head)


class Fault(ValueError):
    """A field is absent or of the wrong kind; the message is French, without a full stop."""


def load_json(path: Path, most: int, missing: str, remedy: str) -> object:
    """The value in a JSON file of at most ``most`` MiB.

    ``missing`` is the message where it does not exist, ``remedy`` what can be done where it
    holds no JSON, after « ou ».

    Raises:
        BaselineError: it is absent, no regular file, larger, unreadable, or not JSON.
    """
    try:
        return parsed(_bytes(path, most, remedy))
    except FileNotFoundError as error:
        raise BaselineError(typeset(missing)) from error
    except OSError as error:
        raise _unreadable(path, refusal(error)) from error
    except DatasetError as error:
        raise BaselineError(typeset(f"{path} : {error}, ou {remedy}.")) from error


def _bytes(path: Path, most: int, remedy: str) -> bytes:
    # A pipe or a device could be waited for without end, so it is not opened.
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _unreadable(path, "c'est un dossier")
    if not stat.S_ISREG(status.st_mode):
        raise _unreadable(path, "ce n'est pas un fichier ordinaire")
    if status.st_size > most << 20:
        raise BaselineError(
            typeset(f"{path} dépasse {most} Mio. Vérifiez le chemin, ou {remedy}.")
        )
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def _unreadable(path: Path, reason: str) -> BaselineError:
    return BaselineError(
        typeset(
            f"{path} ne peut pas être lu : {reason}. Vérifiez le chemin et les droits d'accès."
        )
    )


def read(adapter: TypeAdapter[_Noun], value: object) -> _Noun:
    """The noun that a JSON document holds; a `Fault` tells the first field that is wrong."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise Fault(_told(error.errors(include_url=False)[0])) from error


def format_version(document: object, name: str) -> int:
    """The version of a document of the format of this name; a `Fault` for another format."""
    head = read(_HEAD, document)
    if head.format != name:
        raise Fault(f"le champ format n'est pas «\u00a0{name}\u00a0»")
    return head.format_version


def _told(error: ErrorDetails) -> str:
    path = "le document" + "".join(map(_step, error["loc"]))
    if error["type"] == "missing":
        return f"{path} manque"
    if error["type"] in _OBJECTS:
        return f"{path} n'est pas un objet"
    return f"{path} devrait être {_wanted(error)}"


def _step(part: int | str) -> str:
    if isinstance(part, int):
        return f", élément {part + 1},"
    return f" › {shown(shortened(part, _LONGEST_NAME))}"


def _wanted(error: ErrorDetails) -> str:
    if error["type"] == "enum":
        known = re.findall("'([^']*)'", error["ctx"]["expected"])
        return f"l'une des valeurs {', '.join(known)}"
    if error["type"] == "float_type" and type(error["input"]) is int:
        return _KINDS["finite_number"]
    return _KINDS.get(error["type"], "lisible")
