"""What is wrong with a request's fields, in words, and never by repeating their values."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rag.text.typography import typeset

_MOST: Final = 20
_LONGEST: Final = 100

_MESSAGES: Final = {
    "missing": "ce champ est obligatoire",
    "extra_forbidden": "ce champ n'existe pas",
    "json_invalid": "ce n'est pas du JSON bien formé",
    "string_type": "un texte est attendu",
    "string_too_short": "au moins {min_length} caractère(s)",
    "string_too_long": "au plus {max_length} caractères",
    "string_pattern_mismatch": "le texte n'a pas la forme attendue",
    "string_unicode": "le texte n'est pas de l'Unicode valide",
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "int_parsing_size": "ce nombre est trop grand",
    "float_type": "un nombre est attendu",
    "float_parsing": "un nombre est attendu",
    "finite_number": "un nombre fini est attendu",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "greater_than": "plus de {gt} est attendu",
    "greater_than_equal": "au moins {ge} est attendu",
    "less_than": "moins de {lt} est attendu",
    "less_than_equal": "au plus {le} est attendu",
    "list_type": "une liste est attendue",
    "tuple_type": "une liste est attendue",
    "set_type": "une liste est attendue",
    "too_short": "au moins {min_length} élément(s)",
    "too_long": "au plus {max_length} éléments",
    "dict_type": "un objet JSON est attendu",
    "model_type": "un objet JSON est attendu",
    "model_attributes_type": "un objet JSON est attendu ; l'en-tête Content-Type doit être "
    "application/json",
    "dataclass_type": "un objet JSON est attendu",
    "enum": "une de ces valeurs est attendue : {expected}",
    "literal_error": "une de ces valeurs est attendue : {expected}",
    "date_type": "une date AAAA-MM-JJ est attendue",
    "date_parsing": "une date AAAA-MM-JJ est attendue",
    "date_from_datetime_parsing": "une date AAAA-MM-JJ est attendue",
    "date_from_datetime_inexact": "une date AAAA-MM-JJ est attendue",
    "recursion_loop": "les valeurs sont emboîtées trop profondément",
}
_OTHERWISE: Final = "cette valeur n'est pas acceptée"
_OWN: Final = frozenset({"value_error", "assertion_error"})


def faults(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The first faults of a request: where each is, its type and what to do about it."""
    return [
        {
            "field": ".".join(str(part)[:_LONGEST] for part in error["loc"]),
            "type": error["type"],
            "message": typeset(_message(error)),
        }
        for error, _ in zip(errors, range(_MOST), strict=False)
    ]


def _message(error: Mapping[str, Any]) -> str:
    context = dict(error.get("ctx") or {})
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace("'", "").replace(" or ", " ou ")
    if error["type"] in _OWN:
        # What our own validators say is in French already, and repeats no value.
        return str(context.get("error") or _OTHERWISE)
    try:
        return _MESSAGES.get(error["type"], _OTHERWISE).format_map(context)
    except KeyError:
        return _OTHERWISE
