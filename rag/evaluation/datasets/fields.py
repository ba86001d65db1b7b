"""The fields of a dataset, read by pydantic and refused in words for their author.

Messages are the ends of sentences: who calls says in which file and on which line.
"""

import re
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, PlainValidator, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from rag.errors import DatasetError
from rag.evaluation.datasets.sources import excerpt

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_UNKNOWN: Final = "unknown_keys"
_KEYS_TOLD: Final = 5

_Fields = TypeVar("_Fields", bound=BaseModel)


def clean(text: str) -> str:
    """Text that can be stored and shown, of the same length.

    Each control character becomes a space and each lone surrogate U+FFFD, so that offsets
    into the text still hold.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("doit être un texte")
    return clean(value)


def _optional(value: object) -> str:
    return "" if value is None else _text(value)


def _filled(value: object) -> str:
    text = _text(value)
    if not text.strip():
        raise ValueError("est vide ; il y faut un texte")
    return text


def _identity(value: object) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole else _filled(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("doit être true ou false")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("doit être une liste […]")
    return value


def at_least(least: int) -> PlainValidator:
    """Takes an integer of ``least`` and up."""

    def whole(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"doit être un entier d'au moins {least}")
        return value

    return PlainValidator(whole)


FilledText = Annotated[str, PlainValidator(_filled)]
"""A text that holds something; `clean`, as all texts here."""

OptionalText = Annotated[str, PlainValidator(_optional)]
"""A text that may be null, and is "" then."""

Identity = Annotated[str, PlainValidator(_identity)]
"""A text that holds something, or an integer as a text."""

Flag = Annotated[bool, PlainValidator(_flag)]
Items = Annotated[list[Any], PlainValidator(_list)]
"""A list whose items are read one by one, each with its own faults."""


class Known(BaseModel):
    """An object without any key but its fields."""

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        unknown = [excerpt(clean(key)) for key in value if key not in cls.model_fields]
        if unknown:
            word = "clés inconnues" if len(unknown) > 1 else "clé inconnue"
            named, known = ", ".join(unknown[:_KEYS_TOLD]), ", ".join(cls.model_fields)
            raise PydanticCustomError(
                _UNKNOWN, "{told}", {"told": f"{word} : {named} ; les clés sont {known}"}
            )
        return value


def read_fields(kind: type[_Fields], value: object, what: str) -> _Fields:
    """The fields that a value holds; ``what`` names it where it is no object.

    Raises:
        DatasetError: the first fault met.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise DatasetError(_told(error.errors(include_url=False)[0], what)) from error


def _told(error: ErrorDetails, what: str) -> str:
    kind = error["type"]
    if kind == _UNKNOWN:
        return error["msg"]
    key = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "")
    if kind == "missing":
        return f"la clé « {key} » manque ; ajoutez-la"
    if kind == "list_type":
        return f"« {key} » doit être une liste […]"
    if kind == "value_error":
        return f"« {key} » {error['ctx']['error']}"
    return f"{f'chaque élément de « {key} »' if key else what} doit être un objet {{…}}"
