"""Documents, as they are listed, sent and read."""

from typing import Annotated

from rag.web.schemas.choices import BlockKindName, OrderName
from rag.web.schemas.model import (
    DocumentId,
    End,
    Headings,
    Model,
    Moment,
    Page,
    Start,
    Version,
    example,
    told,
)

_METADATA = {
    "title": "Obtenir un document administratif : la procédure pas à pas",
    "date": "2025-11-04",
    "source": "Commission d’accès aux documents administratifs (CADA)",
    "source_url": "https://www.cada.fr/",
    "language": "fr",
    "author": None,
    "description": None,
    "categories": ["service-public"],
}
_DOCUMENT = {
    "id": "58fb63eaffa1defd",
    "collection": "documents",
    "path": "acces-documents-administratifs-cada.md",
    "version": "sha256:a0d0668e2de2c9caa4a24d9886542bdb7f03b43e935153b5613b2e637643c8ec",
    "title": _METADATA["title"],
    "metadata": _METADATA,
    "media_type": "text/markdown",
    "size": 7312,
    "uploaded": "2026-02-03T09:30:00+00:00",
}


class ListQuery(Model):
    """Quels documents lister, et dans quel ordre."""

    collection: Annotated[
        str | None,
        told("Une seule collection ; par défaut, toutes celles que voit la clé."),
    ] = None
    q: Annotated[str, told("Mots à trouver dans le titre ou le nom.", max_length=500)] = ""
    offset: Annotated[int, told("Combien en passer.", ge=0, le=2**53)] = 0
    limit: Annotated[int, told("Combien en rendre.", ge=1, le=500)] = 50
    sort: Annotated[
        OrderName,
        told(
            "L'ordre : « title » ou « name » (alphabétique), « date » (du plus ancien au plus "
            "récent), « -date » (l'inverse). Les documents sans date viennent en dernier."
        ),
    ] = "title"


class RangeQuery(Model):
    """Quelle partie d'un texte rendre."""

    start: Annotated[int, told("Le début, en points de code Unicode.", ge=0, le=2**53)] = 0
    end: Annotated[
        int | None,
        told(
            "La fin, exclue ; par défaut, celle du texte. Au-delà du texte, elle y est "
            "ramenée.",
            ge=0,
            le=2**53,
        ),
    ] = None


class Metadata(Model):
    """Ce que le document dit de lui-même."""

    title: str | None
    date: Annotated[str | None, told("En ISO 8601.", "2025-11-04")]
    source: Annotated[str | None, told("Qui l'a publié.", _METADATA["source"])]
    source_url: Annotated[str | None, told("Où il est publié.", "https://www.cada.fr/")]
    language: Annotated[str | None, told("En ISO 639-1.", "fr")]
    author: str | None
    description: str | None
    categories: list[str]


class Document(Model):
    """Un document de l'index."""

    model_config = example(**_DOCUMENT)

    id: DocumentId
    collection: Annotated[str, told("Sa collection.", "documents")]
    path: Annotated[
        str,
        told(
            "Le nom sous lequel il a été envoyé, ou son chemin dans le dossier indexé.",
            _DOCUMENT["path"],
        ),
    ]
    version: Version
    title: Annotated[str, told("Son titre, ou à défaut son nom.", _METADATA["title"])]
    metadata: Metadata
    media_type: Annotated[str, told("Le type de son fichier.", "text/markdown")]
    size: Annotated[int, told("La taille de son fichier, en octets.", 7312, ge=0)]
    uploaded: Annotated[
        Moment | None,
        told("Son envoi ; null s'il vient d'un dossier indexé par « sourcier index »."),
    ]


class DocumentList(Model):
    """Une page de documents."""

    model_config = example(
        total=120,
        offset=0,
        limit=50,
        next="/v1/documents?offset=50&limit=50",
        documents=[_DOCUMENT],
    )

    total: Annotated[int, told("Combien il y en a en tout.", 120, ge=0)]
    offset: Annotated[int, told("Combien ont été passés.", 0, ge=0)]
    limit: Annotated[int, told("Combien au plus sont rendus.", 50, ge=1)]
    next: Annotated[
        str | None,
        told("L'adresse de la page suivante ; null après la dernière."),
    ]
    documents: list[Document]


class Sentence(Model):
    """Une phrase, un élément de liste ou une ligne de tableau : ce qui peut être cité."""

    start: Start
    end: End
    kind: Annotated[
        BlockKindName,
        told("Ce que c'est pour le lecteur.", "paragraph"),
    ]
    search_text: Annotated[
        str | None,
        told("Ce que la recherche en voit, où ce ne sont pas les caractères mêmes."),
    ]


class Passage(Model):
    """Un passage : des phrases entières d'une même section, l'unité de la recherche."""

    id: Annotated[str, told("Son identifiant.", "58fb63eaffa1defd-0003")]
    document_id: DocumentId
    ordinal: Annotated[int, told("Son rang dans le document, à partir de 0.", 3)]
    start: Start
    end: End
    text: Annotated[str, told("Son texte exact.")]
    headings: Headings
    page: Page
    sentences: list[Sentence]


class PassageList(Model):
    """Les passages d'un document, dans l'ordre."""

    document_id: DocumentId
    version: Version
    passages: list[Passage]
