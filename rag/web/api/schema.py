"""What all models of the API share, and how they are told in its OpenAPI page.

What the API gives are dataclasses of the service, written as JSON as they are. Their models
only describe them: the types come from the dataclass, the words are told here, in French.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from rag.text.typography import typeset


class Model(BaseModel):
    """Refuses fields that it does not know, and does not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=Model)


def api_field(description: str, *examples: object, **constraints: Any) -> Any:  # noqa: ANN401 - a field of any type
    """A field with its description, typeset, and examples of its value."""
    shown = list(examples) or None
    return Field(description=typeset(description), examples=shown, **constraints)


def example(**fields: Any) -> ConfigDict:  # noqa: ANN401 - JSON
    """A model's configuration with one whole example."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


DOCUMENT_ID: Final = api_field(
    "L'identifiant du document : il vient de sa collection et de son nom, et ne change "
    "pas avec son contenu.",
    "58fb63eaffa1defd",
)
VERSION: Final = api_field(
    "La version du texte : « sha256: » et l'empreinte du texte lu, en UTF-8.",
    "sha256:a0d0668e2de2c9caa4a24d9886542bdb7f03b43e935153b5613b2e637643c8ec",
)
MOMENT: Final = api_field("ISO 8601, en temps universel.", "2026-02-03T09:30:00+00:00")
Moment = Annotated[str, MOMENT]

_EVERYWHERE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "document_id": DOCUMENT_ID,
        "document_version": VERSION,
        "version": VERSION,
        "start": api_field(
            "Le début, en points de code Unicode, dans le texte que rend "
            "/v1/documents/{id}/text.",
            2289,
            ge=0,
        ),
        "end": api_field("La fin, exclue, comptée de même.", 2433, ge=0),
        "page": api_field("La page, à partir de 1 ; null où le format n'en a pas.", None, 12),
        "headings": api_field(
            "Les titres sous lesquels se trouve le passage, du plus général au plus précis.",
            ["Étape 2 : adresser la demande"],
        ),
        "created": MOMENT,
    }
)
"""Fields that mean the same wherever they are, unless a model tells them otherwise."""


def describing(
    source: type,
    /,
    *,
    without: Collection[str] = (),
    **fields: Any,  # noqa: ANN401 - see `told`
) -> Callable[[type[M]], type[M]]:
    """Gives a model the fields of a dataclass, all of them required.

    Args:
        source: the dataclass. Its enumerations become their values: a type of their own
            would bring its own words into the page.
        without: the names of its fields that are kept from callers.
        fields: what is told of them (`told`). A field that the model declares itself, as it
            must where another model is in it, stays as it is declared there.
    """
    hints = get_type_hints(source)
    if strange := (fields.keys() | without) - hints.keys():
        raise TypeError(f"{source.__name__} has no {', '.join(sorted(strange))}")
    texts = {**_EVERYWHERE, **fields}

    def complete(model: type[M]) -> type[M]:
        left = hints.keys() - model.model_fields.keys() - set(without)
        shape: dict[str, Any] = {
            name: (Annotated[_values(hints[name]), texts.get(name, Field())], ...)
            for name in hints
            if name in left
        }
        return create_model(
            model.__name__,
            __base__=model,
            __doc__=model.__doc__,
            __module__=model.__module__,
            **shape,
        )

    return complete


def _values(hint: Any) -> Any:  # noqa: ANN401 - a type
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Literal[tuple(each.value for each in hint)]
    return hint
