"""``POST /v1/search``: passages, with the signals that found them."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from rag import types
from rag.retrieval.fusion import Method
from rag.service import service
from rag.service.access import query_within
from rag.text.typography import typeset
from rag.web.api.schema import Model, api_field, describing, example
from rag.web.api.scope import Scope
from rag.web.description import problems
from rag.web.http.request_context import current
from rag.web.http.responses import rendered, until_gone
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])

QUOTE = (
    "Le coût d’une copie ne peut dépasser les plafonds de l’arrêté du 1er octobre 2001 : "
    "0,18 € par page A4 en noir et blanc, 2,75 € pour un cédérom."
)
TITLE = "Obtenir un document administratif : la procédure pas à pas"
PLACE = {"document_id": "58fb63eaffa1defd", "title": TITLE}
HIT = {
    "passage_id": "58fb63eaffa1defd-0003",
    **PLACE,
    "start": 2289,
    "end": 2433,
    "text": QUOTE,
    "headings": ["Étape 2 : adresser la demande"],
    "page": None,
    "rank": 1,
    "score": 11.2072,
    "signals": {"cosine": 0.8726, "bm25": 17.4564, "sentence": 0.8949, "reader": 3.25},
    "also_in": [],
    "excerpt": {"start": 2289, "end": 2433},
}
INDEX = {"generation": "20261122T104007228343Z-b99d4c71", "model": "multilingual-e5-small"}


class SearchRequest(Scope):
    """Une recherche de passages, sans réponse rédigée."""

    model_config = example(query="copie d'un document administratif", method="hybrid", k=5)

    query: Annotated[
        str,
        api_field(
            "Ce que l'on cherche : des mots ou une question.",
            "copie d'un document administratif",
            min_length=1,
        ),
    ]
    method: Annotated[
        Literal["hybrid", "dense", "lexical"],
        api_field(
            "Ce qui ordonne les passages et donne son unité à leur score : « hybrid », tous "
            "les signaux pesés ensemble ; « dense », le cosinus ; « lexical », le BM25.",
            "hybrid",
        ),
    ] = "hybrid"


TITLE_TOLD: Final = api_field("Le titre du document.", TITLE)


@describing(types.Place, title=TITLE_TOLD)
class Place(Model):
    """Où le même texte se trouve aussi, mot pour mot ou presque."""


@describing(
    types.Signals,
    cosine=api_field("Cosinus du passage et de la question, de −1 à 1.", 0.8726),
    bm25=api_field("Poids BM25 des mots partagés ; 0 sans mot commun.", 17.4564),
    sentence=api_field("Le meilleur cosinus parmi les phrases du passage.", 0.8949),
    reader=api_field(
        "Ce qu'en dit le lecteur : le logit que le passage réponde ; null s'il n'a pas été lu.",
        3.25,
    ),
)
class Signals(Model):
    """Les signaux bruts d'un passage, comparables au sein d'une même recherche."""


@describing(
    types.Span,
    start=api_field("Le début, en points de code Unicode.", 84),
    end=api_field("La fin, exclue.", 90),
)
class Span(Model):
    """Une partie d'un texte."""


@describing(
    types.Hit,
    passage_id=api_field("L'identifiant du passage.", "58fb63eaffa1defd-0003"),
    title=TITLE_TOLD,
    text=api_field("Le texte exact du passage.", QUOTE),
    rank=api_field("Son rang, à partir de 1.", 1),
    score=api_field(
        "Ce qui l'a classé ; son unité est celle de la méthode. Ce n'est pas une probabilité.",
        11.2072,
    ),
)
class Hit(Model):
    """Un passage trouvé."""

    model_config = example(**HIT)

    signals: Signals
    also_in: list[Place]
    excerpt: Annotated[
        Span | None,
        api_field("Sa phrase qui parle le mieux de la question, dans le texte du document."),
    ]


@describing(
    types.IndexIdentity,
    generation=api_field("La génération de l'index.", INDEX["generation"]),
    model=api_field("Le modèle de plongement.", INDEX["model"]),
)
class IndexIdentity(Model):
    """Ce qui a répondu."""


@describing(
    types.Timings,
    embed=api_field("Le calcul du vecteur de la question.", 5.2),
    retrieve=api_field("La recherche.", 6.1),
    read=api_field("La lecture des meilleurs passages avec la question.", 140.3),
    compose=api_field("La composition de la réponse.", 0.9),
    total=api_field("Le tout, attente comprise.", 152.5),
)
class Timings(Model):
    """Durées, en millisecondes."""


@describing(
    service.Finding,
    query=api_field("Ce qui a été cherché.", "copie d'un document administratif"),
    method=api_field("La méthode suivie.", "hybrid"),
)
class Finding(Model):
    """Les passages trouvés, du meilleur au moins bon."""

    model_config = example(
        query="copie d'un document administratif",
        method="hybrid",
        hits=[HIT],
        index=INDEX,
        timings_ms={
            "embed": 5.2,
            "retrieve": 6.1,
            "read": 140.3,
            "compose": 0.0,
            "total": 151.8,
        },
    )

    hits: list[Hit]
    index: IndexIdentity
    timings_ms: Timings


_DESCRIPTION: Final = typeset(
    "Rend les passages qui parlent de la requête, du meilleur au moins bon, chacun avec ses "
    "signaux bruts : cosinus, BM25, meilleure phrase. `method` dit ce qui les ordonne, et "
    "dans quelle unité est `score`."
)


@router.post(
    "/v1/search",
    summary="Chercher des passages",
    description=_DESCRIPTION,
    response_model=Finding,
    response_description="Les passages trouvés.",
    responses=problems(401, 404, 422, 429, 503),
)
async def search(request: Request, principal: Reader, asked: SearchRequest) -> Response:
    """Find the passages that speak of a query."""
    service = service_of(request)
    query = await query_within(
        service,
        principal,
        asked.query,
        collections=asked.collections,
        filters=asked.conditions,
        history=asked.turns,
        k=asked.k,
    )
    current().question = asked.query
    finding = await until_gone(request, service.search(query, Method(asked.method)))
    request.app.state.metrics.searched(finding)
    return rendered(finding)
