"""``POST /v1/ask``: an answer with its exact citations."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Strict
from starlette.responses import Response

from rag import types
from rag.answering.answerer import AnswerPart
from rag.service.access import query_within
from rag.service.service import Query
from rag.text.typography import typeset
from rag.web.api.schema import Model, api_field, describing, example
from rag.web.api.scope import Scope
from rag.web.api.search import (
    HIT,
    INDEX,
    PLACE,
    QUOTE,
    TITLE_TOLD,
    Hit,
    IndexIdentity,
    Place,
    Span,
    Timings,
)
from rag.web.description import problems
from rag.web.http.request_context import current
from rag.web.http.responses import EVENTS, EventStream, rendered, until_gone
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])

_QUESTION: Final = "Combien coûte la copie d'un document administratif ?"
_CITATION = {
    "number": 1,
    **PLACE,
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
    "quote": QUOTE,
    "also_in": [],
}


class AskRequest(Scope):
    """Une question."""

    model_config = example(question=_QUESTION, k=5, collections=["documents"])

    question: Annotated[
        str,
        api_field(
            "La question, en toutes lettres ; au plus limits.question_characters caractères "
            "(4000 par défaut).",
            _QUESTION,
            min_length=1,
        ),
    ]
    stream: Annotated[
        Annotated[bool, Strict()] | None,
        api_field(
            "true : la réponse vient en événements (text/event-stream). Par défaut, "
            "l'en-tête Accept en décide.",
            False,
        ),
    ] = None
    mode: Annotated[
        Literal["auto", "extractive"],
        api_field(
            "Comment répondre : « extractive », par les mots mêmes des documents ; « auto », "
            "de la meilleure façon que ce service sache.",
            "auto",
        ),
    ] = "auto"


@describing(
    types.Citation,
    number=api_field("Son numéro dans le texte de la réponse : [1].", 1),
    title=TITLE_TOLD,
    source=api_field("Qui a publié le document.", _CITATION["source"]),
    source_url=api_field("Où il est publié.", "https://www.cada.fr/"),
    date=api_field("Sa date, en ISO 8601.", "2025-11-04"),
    quote=api_field("Les caractères cités, tels quels.", QUOTE),
)
class Citation(Model):
    """Les caractères exacts sur lesquels la réponse s'appuie.

    « quote » est le texte du document, dans la version nommée, de « start » à « end ».
    """

    model_config = example(**_CITATION)

    also_in: list[Place]


@describing(
    types.Segment,
    text=api_field("Le texte, sans les numéros de citation.", QUOTE),
    start=api_field("Son début dans le texte de la réponse.", 0),
    end=api_field("Sa fin, exclue.", 144),
    citations=api_field("Les numéros de ses citations.", [1]),
    support=api_field("Comment il est soutenu : « verbatim », ce sont les mots du document."),
)
class Segment(Model):
    """Une partie du texte de la réponse, et ce qui la soutient."""

    model_config = example(text=QUOTE, start=0, end=144, citations=[1], support="verbatim")


@describing(
    types.Answer,
    id=api_field(
        "L'identifiant de la réponse, à rappeler dans /v1/feedback.",
        "d359b507641b4cfdbe9784349c379498",
    ),
    question=api_field("La question, telle qu'elle a été lue."),
    asked_as=api_field(
        "La question telle qu'elle a été comprise, là où ce n'est pas mot pour mot ce qui a "
        "été demandé : complétée par la conversation, ou corrigée. Sinon null.",
        None,
    ),
    answered=api_field("Vrai si `verdict` est `answered`.", True),
    verdict=api_field(
        "`answered` : une réponse ; `possible` : les phrases les plus proches, à vérifier ; "
        "`none` : rien qui réponde.",
        "answered",
    ),
    confidence=api_field(
        "La probabilité, calibrée, que la réponse soit juste, de 0 à 1.", 0.9281
    ),
    mode=api_field("« extractive » : ce sont les mots mêmes des documents.", "extractive"),
    text=api_field("La réponse, et les numéros de ses citations.", f"{QUOTE} [1]"),
)
class Answer(Model):
    """Une réponse, ou son absence motivée (« answered » est alors false)."""

    model_config = example(
        id="d359b507641b4cfdbe9784349c379498",
        question="Combien coûte la copie d'un document administratif ?",
        asked_as=None,
        answered=True,
        verdict="answered",
        confidence=0.9281,
        mode="extractive",
        text=f"{QUOTE} [1]",
        segments=[
            {"text": QUOTE, "start": 0, "end": 144, "citations": [1], "support": "verbatim"}
        ],
        highlights=[{"start": 84, "end": 90}],
        citations=[_CITATION],
        hits=[HIT],
        index=INDEX,
        timings_ms={
            "embed": 5.2,
            "retrieve": 6.1,
            "read": 140.3,
            "compose": 0.9,
            "total": 152.5,
        },
    )

    segments: list[Segment]
    highlights: list[Span]
    citations: list[Citation]
    hits: Annotated[list[Hit], api_field("Les passages trouvés, du meilleur au moins bon.")]
    index: IndexIdentity
    timings_ms: Timings


_DESCRIPTION: Final = typeset(
    "Répond à partir des documents, et d'eux seuls. Chaque segment de la réponse nomme ses "
    "citations ; chaque citation donne les caractères exacts du document.\n\n"
    "Entre les deux seuils de confiance, `verdict` est `possible` : `text` et `citations` "
    "donnent les phrases les plus proches, à vérifier. "
    "Quand les documents ne suffisent pas, `verdict` est `none`, `text` le dit, et les "
    "passages trouvés restent dans `hits`.\n\n"
    'Avec `"stream": true`, ou l\'en-tête `Accept: text/event-stream`, la réponse vient en '
    "événements : `hits` (les passages, dès qu'ils sont trouvés) ; puis, pour chaque "
    "segment, les `citation` qui n'ont pas encore été envoyées et le `segment` lui-même ; "
    "enfin `answer`, la réponse entière. Une panne en cours de route est dite par un "
    "événement `error`, qui porte le même JSON qu'une erreur ordinaire."
)
_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": typeset("La réponse, d'un bloc ou en événements."),
        "content": {
            EVENTS: {
                "schema": {"type": "string"},
                "example": 'event: hits\ndata: {"hits":[…]}\n\n'
                'event: citation\ndata: {"number":1,…}\n\n'
                'event: segment\ndata: {"text":"…","citations":[1],…}\n\n'
                'event: answer\ndata: {"answered":true,…}\n\n',
            }
        },
    }
}


@router.post(
    "/v1/ask",
    summary="Poser une question",
    description=_DESCRIPTION,
    response_model=Answer,
    responses={**_STREAM, **problems(401, 404, 422, 429, 503)},
)
async def ask(request: Request, principal: Reader, asked: AskRequest) -> Response:
    """Answer a question, in one piece or as events."""
    query = await query_within(
        service_of(request),
        principal,
        asked.question,
        collections=asked.collections,
        filters=asked.conditions,
        history=asked.turns,
        k=asked.k,
        mode=types.Mode(asked.mode),
    )
    current().question = asked.question
    if _wants_events(request, asked):
        return await _streamed(request, query)
    answer = await until_gone(request, service_of(request).ask(query))
    request.app.state.metrics.answered(answer)
    return rendered(answer)


def _wants_events(request: Request, asked: AskRequest) -> bool:
    if asked.stream is not None:
        return asked.stream
    return EVENTS in request.headers.get("accept", "").lower()


async def _streamed(request: Request, query: Query) -> Response:
    """The events; what fails before the first of them is an ordinary problem."""
    told = _noted(request, service_of(request).stream(query))
    first = await until_gone(request, anext(told))
    return EventStream(first, told, request.scope)


async def _noted(
    request: Request, told: AsyncGenerator[AnswerPart, None]
) -> AsyncGenerator[AnswerPart, None]:
    async with aclosing(told):
        async for each in told:
            if isinstance(each, types.Answer):
                request.app.state.metrics.answered(each)
            yield each
