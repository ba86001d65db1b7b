"""``POST /v1/ask``: an answer with its exact citations."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from rag.service.access import Principal, read_collections
from rag.service.service import Query
from rag.text.typography import typeset
from rag.types import Answer
from rag.web.http.request_context import current
from rag.web.http.responses import EVENTS, EventStream, Told, rendered, until_gone
from rag.web.schemas import answers
from rag.web.schemas.problems import problems
from rag.web.schemas.questions import AskRequest
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])

_ANSWER: Final = TypeAdapter(Answer)
_DESCRIPTION: Final = typeset(
    "Répond à partir des documents, et d'eux seuls. Chaque segment de la réponse nomme ses "
    "citations ; chaque citation donne les caractères exacts du document.\n\n"
    "Quand les documents ne suffisent pas, `answered` est `false`, `text` le dit, et les "
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
    response_model=answers.Answer,
    responses={**_STREAM, **problems(401, 404, 422, 429, 503)},
)
async def ask(request: Request, principal: Reader, asked: AskRequest) -> Response:
    """Answer a question, in one piece or as events."""
    query = await _query(request, principal, asked)
    current().question = asked.question
    if _wants_events(request, asked):
        return await _streamed(request, query)
    answer = await until_gone(request, service_of(request).ask(query))
    _note(request, answer)
    return rendered(_ANSWER, answer)


async def _query(request: Request, principal: Principal, asked: AskRequest) -> Query:
    collections = await read_collections(service_of(request), principal, asked.collections)
    return Query(asked.question, asked.turns, asked.k, asked.within(collections), principal.key)


def _wants_events(request: Request, asked: AskRequest) -> bool:
    if asked.stream is not None:
        return asked.stream
    return EVENTS in request.headers.get("accept", "").lower()


async def _streamed(request: Request, query: Query) -> Response:
    """The events; what fails before the first of them is an ordinary problem."""
    told = _noted(request, service_of(request).stream(query))
    first = await until_gone(request, _next(told))
    return EventStream(first, told, request.scope)


async def _next(told: AsyncGenerator[Told, None]) -> Told:
    return await anext(told)


async def _noted(
    request: Request, told: AsyncGenerator[Told, None]
) -> AsyncGenerator[Told, None]:
    async with aclosing(told):
        async for each in told:
            if isinstance(each, Answer):
                _note(request, each)
            yield each


def _note(request: Request, answer: Answer) -> None:
    request.app.state.metrics.answered(answer)
    current().answer = answer.id
