"""Collections, as they are listed and made."""

from typing import Annotated

from rag.library.collections import LONGEST_DESCRIPTION
from rag.web.schemas.model import Model, Moment, example, told

_EXAMPLE = {
    "name": "ressources-humaines",
    "description": "Accords, notes de service et formulaires.",
}

CollectionName = Annotated[
    str,
    told(
        "Le nom : 64 caractères au plus, sans barre oblique ni caractère de commande.",
        _EXAMPLE["name"],
        min_length=1,
        max_length=500,
    ),
]
Description = Annotated[
    str, told("À quoi elle sert.", _EXAMPLE["description"], max_length=LONGEST_DESCRIPTION)
]


class CollectionRequest(Model):
    """Une collection à créer."""

    model_config = example(**_EXAMPLE)

    name: CollectionName
    description: Description = ""


class Collection(Model):
    """Une collection."""

    model_config = example(**_EXAMPLE, documents=42, created="2026-02-03T09:30:00+00:00")

    name: CollectionName
    description: Description
    documents: Annotated[int, told("Nombre de ses documents dans l'index.", 42, ge=0)]
    created: Annotated[
        Moment | None,
        told("Sa création ; null si elle n'existe que par ses documents."),
    ]


class CollectionList(Model):
    """Les collections que voit la clé, par nom."""

    collections: list[Collection]
