"""What all models of the API share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from rag.text.typography import typeset


class Model(BaseModel):
    """Refuses fields that it does not know, and does not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def told(description: str, *examples: object, **constraints: Any) -> Any:  # noqa: ANN401 - a field of any type
    """A field with its description, typeset, and examples of its value."""
    shown = list(examples) or None
    return Field(description=typeset(description), examples=shown, **constraints)


def example(**fields: Any) -> ConfigDict:  # noqa: ANN401 - JSON
    """A model's configuration with one whole example."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


DocumentId = Annotated[
    str,
    told(
        "L'identifiant du document : il vient de sa collection et de son nom, et ne change "
        "pas avec son contenu.",
        "58fb63eaffa1defd",
    ),
]
Version = Annotated[
    str,
    told(
        "La version du texte : « sha256: » et l'empreinte du texte lu, en UTF-8.",
        "sha256:a0d0668e2de2c9caa4a24d9886542bdb7f03b43e935153b5613b2e637643c8ec",
    ),
]
Start = Annotated[
    int,
    told(
        "Le début, en points de code Unicode, dans le texte que rend /v1/documents/{id}/text.",
        2289,
        ge=0,
    ),
]
End = Annotated[int, told("La fin, exclue, comptée de même.", 2433, ge=0)]
Page = Annotated[
    int | None, told("La page, à partir de 1 ; null où le format n'en a pas.", None, 12)
]
Headings = Annotated[
    list[str],
    told(
        "Les titres sous lesquels se trouve le passage, du plus général au plus précis.",
        ["Étape 2 : adresser la demande"],
    ),
]
Moment = Annotated[str, told("ISO 8601, en temps universel.", "2026-02-03T09:30:00+00:00")]
