"""What JSON holds, narrowed to what is expected, or refused in words for its author.

Messages are the ends of sentences: who calls says in which file and on which line.
"""

import re
from collections.abc import Collection
from typing import Any, Final

from rag.errors import DatasetError
from rag.evaluation.datasets.sources import excerpt

Fields = dict[str, Any]

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text that can be stored and shown, of the same length.

    Each control character becomes a space and each lone surrogate U+FFFD, so that offsets
    into the text still hold.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def as_object(value: object, what: str) -> Fields:
    """The value, which must be a JSON object.

    Raises:
        DatasetError: it is something else.
    """
    if not isinstance(value, dict):
        raise DatasetError(f"{what} doit être un objet {{…}}")
    return value


def only(fields: Fields, known: Collection[str]) -> None:
    """Refuse keys that are not ``known``.

    Raises:
        DatasetError: naming them and those that are known.
    """
    unknown = [excerpt(key) for key in fields if key not in known]
    if unknown:
        word = "clés inconnues" if len(unknown) > 1 else "clé inconnue"
        raise DatasetError(
            f"{word} : {', '.join(unknown[:5])} ; les clés sont {', '.join(known)}"
        )


def get(fields: Fields, key: str) -> object:
    """The value of a key that must be there.

    Raises:
        DatasetError: it is not.
    """
    if key not in fields:
        raise DatasetError(f"la clé « {key} » manque ; ajoutez-la")
    value: object = fields[key]
    return value


def get_text(fields: Fields, key: str) -> str:
    """A text that must be there and hold something; `clean`.

    Raises:
        DatasetError: it is absent, not a text, or white space only.
    """
    return held(get(fields, key), f"« {key} »")


def held(value: object, what: str) -> str:
    """The value, which must be a text that holds something; `clean`.

    Raises:
        DatasetError: it is not.
    """
    if not isinstance(value, str):
        raise DatasetError(f"{what} doit être un texte")
    text = clean(value)
    if not text.strip():
        raise DatasetError(f"{what} est vide ; il y faut un texte")
    return text


def get_optional_text(fields: Fields, key: str) -> str:
    """A text that may be absent or null, and is "" then; `clean`.

    Raises:
        DatasetError: it is neither.
    """
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DatasetError(f"« {key} » doit être un texte")
    return clean(value)


def get_identity(fields: Fields, key: str) -> str:
    """An id, a text or an integer, as a text; `clean`.

    Raises:
        DatasetError: it is absent, empty, or something else.
    """
    value = get(fields, key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return held(value, f"« {key} »")


def get_flag(fields: Fields, key: str) -> bool:
    """A boolean that must be there.

    Raises:
        DatasetError: it is absent, or something else.
    """
    value = get(fields, key)
    if not isinstance(value, bool):
        raise DatasetError(f"« {key} » doit être true ou false")
    return value


def get_list(fields: Fields, key: str) -> list[Any]:
    """A list that must be there.

    Raises:
        DatasetError: it is absent, or something else.
    """
    return as_list(get(fields, key), f"« {key} »")


def as_list(value: object, what: str) -> list[Any]:
    """The value, which must be a JSON list.

    Raises:
        DatasetError: it is something else.
    """
    if not isinstance(value, list):
        raise DatasetError(f"{what} doit être une liste […]")
    return value


def as_count(value: object, what: str, least: int) -> int:
    """The value, which must be an integer of ``least`` at least.

    Raises:
        DatasetError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DatasetError(f"{what} doit être un entier d'au moins {least}")
    return value
