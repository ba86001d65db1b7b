"""JSON that others may have touched, read by pydantic into our nouns; a fault says where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from rag.evaluation.french import shortened, shown
from rag.evaluation.runs import Count

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


def read(adapter: TypeAdapter[_Noun], value: object) -> _Noun:
    """The noun that a JSON document holds.

    Raises:
        Fault: it does not; the first field at fault is told.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise Fault(_told(error.errors(include_url=False)[0])) from error


def format_version(document: object, name: str) -> int:
    """The version of a document of the format of this name.

    Raises:
        Fault: it is of another format, or does not say it.
    """
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
