"""What comes back: answers, citations, hits."""

from typing import Annotated, Literal

from rag.web.schemas.choices import MethodName
from rag.web.schemas.model import (
    DocumentId,
    End,
    Headings,
    Model,
    Page,
    Start,
    Version,
    example,
    told,
)

_QUOTE = (
    "Le coût d’une copie ne peut dépasser les plafonds de l’arrêté du 1er octobre 2001 : "
    "0,18 € par page A4 en noir et blanc, 2,75 € pour un cédérom."
)
_TITLE = "Obtenir un document administratif : la procédure pas à pas"
_PLACE = {"document_id": "58fb63eaffa1defd", "title": _TITLE}
_CITATION = {
    "number": 1,
    **_PLACE,
    "document_version": (
        "sha256:a0d0668e2de2c9caa4a24d9886542bdb7f03b43e935153b5613b2e637643c8ec"
    ),
    "source": "Commission d’accès aux documents administratifs (CADA)",
    "source_url": "https://www.cada.fr/",
    "date": "2025-11-04",
    "page": None,
    "headings": ["Étape 2 : adresser la demande"],
    "start": 2289,
    "end": 2433,
    "quote": _QUOTE,
    "also_in": [],
}
_HIT = {
    "passage_id": "58fb63eaffa1defd-0003",
    **_PLACE,
    "start": 2289,
    "end": 2433,
    "text": _QUOTE,
    "headings": ["Étape 2 : adresser la demande"],
    "page": None,
    "rank": 1,
    "score": 11.2072,
    "signals": {"cosine": 0.8726, "bm25": 17.4564, "sentence": 0.8949},
    "also_in": [],
}
_INDEX = {"generation": "20261122T104007228343Z-b99d4c71", "model": "multilingual-e5-small"}

Title = Annotated[str, told("Le titre du document.", _TITLE)]


class Place(Model):
    """Où le même texte se trouve aussi, mot pour mot ou presque."""

    document_id: DocumentId
    title: Title
    start: Start
    end: End


class Signals(Model):
    """Les signaux bruts d'un passage, comparables au sein d'une même recherche."""

    cosine: Annotated[float, told("Cosinus du passage et de la question, de −1 à 1.", 0.8726)]
    bm25: Annotated[float, told("Poids BM25 des mots partagés ; 0 sans mot commun.", 17.4564)]
    sentence: Annotated[
        float, told("Le meilleur cosinus parmi les phrases du passage.", 0.8949)
    ]


class Hit(Model):
    """Un passage trouvé."""

    model_config = example(**_HIT)

    passage_id: Annotated[str, told("L'identifiant du passage.", "58fb63eaffa1defd-0003")]
    document_id: DocumentId
    title: Title
    start: Start
    end: End
    text: Annotated[str, told("Le texte exact du passage.", _QUOTE)]
    headings: Headings
    page: Page
    rank: Annotated[int, told("Son rang, à partir de 1.", 1)]
    score: Annotated[
        float,
        told(
            "Ce qui l'a classé ; son unité est celle de la méthode. Ce n'est pas une "
            "probabilité.",
            11.2072,
        ),
    ]
    signals: Signals
    also_in: list[Place]


class Citation(Model):
    """Les caractères exacts sur lesquels la réponse s'appuie.

    « quote » est le texte du document, dans la version nommée, de « start » à « end ».
    """

    model_config = example(**_CITATION)

    number: Annotated[int, told("Son numéro dans le texte de la réponse : [1].", 1)]
    document_id: DocumentId
    document_version: Version
    title: Title
    source: Annotated[str | None, told("Qui a publié le document.", _CITATION["source"])]
    source_url: Annotated[str | None, told("Où il est publié.", "https://www.cada.fr/")]
    date: Annotated[str | None, told("Sa date, en ISO 8601.", "2025-11-04")]
    page: Page
    headings: Headings
    start: Start
    end: End
    quote: Annotated[str, told("Les caractères cités, tels quels.", _QUOTE)]
    also_in: list[Place]


class Segment(Model):
    """Une partie du texte de la réponse, et ce qui la soutient."""

    model_config = example(text=_QUOTE, start=0, end=144, citations=[1], support="verbatim")

    text: Annotated[str, told("Le texte, sans les numéros de citation.", _QUOTE)]
    start: Annotated[int, told("Son début dans le texte de la réponse.", 0)]
    end: Annotated[int, told("Sa fin, exclue.", 144)]
    citations: Annotated[list[int], told("Les numéros de ses citations.", [1])]
    support: Annotated[
        Literal["verbatim"],
        told("Comment il est soutenu : « verbatim », ce sont les mots du document."),
    ]


class Span(Model):
    """Une partie du texte de la réponse à mettre en valeur."""

    start: Annotated[int, told("Le début, en points de code Unicode.", 84)]
    end: Annotated[int, told("La fin, exclue.", 90)]


class IndexIdentity(Model):
    """Ce qui a répondu."""

    generation: Annotated[str, told("La génération de l'index.", _INDEX["generation"])]
    model: Annotated[str, told("Le modèle de plongement.", _INDEX["model"])]


class Timings(Model):
    """Durées, en millisecondes."""

    embed: Annotated[float, told("Le calcul du vecteur de la question.", 5.2)]
    retrieve: Annotated[float, told("La recherche.", 6.1)]
    compose: Annotated[float, told("La composition de la réponse.", 0.9)]
    total: Annotated[float, told("Le tout, attente comprise.", 12.4)]


class Answer(Model):
    """Une réponse, ou son absence motivée (« answered » est alors false)."""

    model_config = example(
        id="d359b507641b4cfdbe9784349c379498",
        question="Combien coûte la copie d'un document administratif ?",
        answered=True,
        confidence=0.9281,
        mode="extractive",
        text=f"{_QUOTE} [1]",
        segments=[
            {"text": _QUOTE, "start": 0, "end": 144, "citations": [1], "support": "verbatim"}
        ],
        highlights=[{"start": 84, "end": 90}],
        citations=[_CITATION],
        hits=[_HIT],
        index=_INDEX,
        timings_ms={"embed": 5.2, "retrieve": 6.1, "compose": 0.9, "total": 12.4},
    )

    id: Annotated[
        str,
        told(
            "L'identifiant de la réponse, à rappeler dans /v1/feedback.",
            "d359b507641b4cfdbe9784349c379498",
        ),
    ]
    question: Annotated[str, told("La question, telle qu'elle a été lue.")]
    answered: Annotated[bool, told("Faux où les documents ne suffisent pas à répondre.", True)]
    confidence: Annotated[
        float,
        told("La probabilité, calibrée, que la réponse soit juste, de 0 à 1.", 0.9281),
    ]
    mode: Annotated[
        str, told("« extractive » : ce sont les mots mêmes des documents.", "extractive")
    ]
    text: Annotated[str, told("La réponse, et les numéros de ses citations.", f"{_QUOTE} [1]")]
    segments: list[Segment]
    highlights: list[Span]
    citations: list[Citation]
    hits: Annotated[list[Hit], told("Les passages trouvés, du meilleur au moins bon.")]
    index: IndexIdentity
    timings_ms: Timings


class Finding(Model):
    """Les passages trouvés, du meilleur au moins bon."""

    model_config = example(
        query="copie d'un document administratif",
        method="hybrid",
        hits=[_HIT],
        index=_INDEX,
        timings_ms={"embed": 5.2, "retrieve": 6.1, "compose": 0.0, "total": 11.5},
    )

    query: Annotated[str, told("Ce qui a été cherché.", "copie d'un document administratif")]
    method: Annotated[MethodName, told("La méthode suivie.", "hybrid")]
    hits: list[Hit]
    index: IndexIdentity
    timings_ms: Timings
