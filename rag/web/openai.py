"""Sourcier as a model of the OpenAI API: any client of that API can ask it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from pydantic_core import to_json
from starlette.responses import Response

from rag.errors import UnknownError
from rag.index.filters import Filters
from rag.question.conversation import TURNS
from rag.service.access import Principal, existing, read_collections
from rag.service.service import Query, Service
from rag.text.typography import typeset
from rag.types import Answer, Citation, Verdict
from rag.web import openai_schema
from rag.web.description import problems
from rag.web.http.responses import EVENTS, until_gone
from rag.web.openai_schema import (
    MODEL,
    ChatModel,
    ChatModels,
    ChatRequest,
    Conversation,
    Usage,
    read_conversation,
)
from rag.web.security import Reader, service_of

router = APIRouter(prefix="/v1", tags=["OpenAI"])

_WEB: Final = ("https://", "http://")
_DONE: Final = b"data: [DONE]\n\n"
_SEPARATOR: Final = ":"
_JSON: Final = "application/json"
_DESCRIPTION: Final = typeset(
    "Répond à la dernière question de la conversation, pour tout client de l'API d'OpenAI : "
    "`base_url` est l'adresse de ce service suivie de `/v1`, `api_key` une clé d'ici.\n\n"
    "Le texte du message porte les numéros de ses citations, [1] ; `annotations` relie chaque "
    "segment à sa source, et `sourcier` donne la réponse entière, comme `POST /v1/ask`. Une "
    "réponse incertaine commence par « Réponse possible, à vérifier ». Quand les documents ne "
    "suffisent pas, le message le dit et `annotations` est vide."
)
_STREAM: Final = """\
data: {"id":"chatcmpl-…","object":"chat.completion.chunk",…,"choices":[{"index":0,\
"delta":{"content":"… [1]"},"finish_reason":null}]}

data: [DONE]

"""


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer to be told in the form of the OpenAI API.

    ``model`` is its id as asked for; ``base`` the address of this service, which ends in a
    slash: documents without an address of their own are cited under it.
    """

    answer: Answer
    model: str
    base: str
    usage: Usage

    def whole(self) -> bytes:
        """As one JSON value."""
        message = {
            "role": "assistant",
            "content": self._opening + self.answer.text,
            "refusal": None,
            "annotations": self._annotations(),
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return to_json(
            self._head("chat.completion")
            | {"choices": (choice,), "usage": self.usage, "sourcier": self.answer}
        )

    def events(self, with_usage: bool) -> Iterator[bytes]:
        """As server-sent events: the role, the text segment by segment, the citations.

        ``with_usage`` adds the lengths in a last chunk without choices, as OpenAI does.
        """
        head = self._head("chat.completion.chunk") | ({"usage": None} if with_usage else {})
        yield _event(head, {"role": "assistant", "content": ""})
        if self._opening:
            yield _event(head, {"content": self._opening})
        for piece in _pieces(self.answer):
            yield _event(head, {"content": piece})
        ending = {"annotations": self._annotations()}
        yield _event(head, ending, "stop", {"sourcier": self.answer})
        if with_usage:
            yield _line(head | {"choices": (), "usage": self.usage})
        yield _DONE

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.answer.id}",
            "object": kind,
            "created": int(time.time()),
            "model": self.model,
            "system_fingerprint": self.answer.index.generation,
        }

    @property
    def _opening(self) -> str:
        """What an answer that is only possible begins with, for clients that show text."""
        if self.answer.verdict is not Verdict.POSSIBLE:
            return ""
        return typeset("Réponse possible, à vérifier :\n\n")

    def _annotations(self) -> tuple[dict[str, Any], ...]:
        cited = {citation.number: citation for citation in self.answer.citations}
        ahead = len(self._opening)
        return tuple(
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": ahead + segment.start,
                    "end_index": ahead + segment.end,
                    "title": cited[number].title,
                    "url": _url(cited[number], self.base),
                },
            }
            for segment in self.answer.segments
            for number in segment.citations
        )


@router.post(
    "/chat/completions",
    summary="Répondre, dans la forme de l'API d'OpenAI",
    description=_DESCRIPTION,
    response_model=openai_schema.Completion,
    responses={
        200: {
            "description": typeset("La réponse, d'un bloc ou par fragments."),
            "content": {EVENTS: {"schema": {"type": "string"}, "example": _STREAM}},
        },
        **problems(401, 404, 422, 429, 503),
    },
)
async def complete(request: Request, caller: Reader, chat: ChatRequest) -> Response:
    """Answer the last question of a conversation."""
    service = service_of(request)
    conversation = read_conversation(chat)
    collections = await _collections(service, caller, chat.model)
    query = Query(
        conversation.question,
        conversation.history,
        filters=Filters(collections=collections),
        key=caller.key,
    )
    answer = await until_gone(request, service.ask(query))
    request.app.state.metrics.answered(answer)
    usage = await _usage(service, conversation, answer)
    completion = Completion(answer, chat.model, str(request.base_url), usage)
    if not chat.stream:
        return Response(completion.whole(), media_type=_JSON)
    # The text is known whole, so that nothing can fail once the stream has begun.
    with_usage = bool(chat.stream_options and chat.stream_options.include_usage)
    return Response(b"".join(completion.events(with_usage)), media_type=EVENTS)


@router.get(
    "/models",
    summary="Les modèles",
    description=typeset(
        "`sourcier` cherche dans toutes les collections que voit la clé ; "
        "`sourcier:COLLECTION` dans une seule."
    ),
    response_model=ChatModels,
    responses=problems(401, 429, 503),
)
async def models(request: Request, caller: Reader) -> Response:
    """The models that the caller may use."""
    service = service_of(request)
    visible = sorted(filter(caller.sees, await existing(service)))
    names = (MODEL, *(f"{MODEL}{_SEPARATOR}{name}" for name in visible))
    listed = {"object": "list", "data": [_model(service, name) for name in names]}
    return Response(to_json(listed), media_type=_JSON)


@router.get(
    "/models/{model}",
    summary="Un modèle",
    description=typeset("Dit si un modèle existe pour la clé qui le demande."),
    response_model=ChatModel,
    responses=problems(401, 404, 422, 429, 503),
)
async def model(
    request: Request,
    caller: Reader,
    model: Annotated[
        str, Path(description=typeset("« sourcier » ou « sourcier:COLLECTION »."))
    ],
) -> Response:
    """One model, if the caller may use it."""
    service = service_of(request)
    await _collections(service, caller, model)
    return Response(to_json(_model(service, model)), media_type=_JSON)


async def _collections(
    service: Service, caller: Principal, model: str
) -> tuple[str, ...] | None:
    """The collections that a model answers from; None for all."""
    name, separated, collection = model.partition(_SEPARATOR)
    if name != MODEL or (separated and not collection):
        raise _unknown(model)
    try:
        return await read_collections(service, caller, [collection] if separated else None)
    except UnknownError as error:
        raise _unknown(model) from error


def _unknown(model: str) -> UnknownError:
    return UnknownError(
        typeset(
            f"Aucun modèle « {model} ». Demandez « {MODEL} », ou l'un de ceux que donne "
            "GET /v1/models."
        )
    )


def _model(service: Service, name: str) -> dict[str, str | int]:
    revision = service.live.revision
    made = int(datetime.fromisoformat(revision.created).timestamp()) if revision else 0
    return {"id": name, "object": "model", "created": made, "owned_by": MODEL}


async def _usage(service: Service, conversation: Conversation, answer: Answer) -> Usage:
    """The lengths of what was read, the question and the last turns, and of the answer."""
    longest = service.settings.limits.question_characters
    read = [conversation.question]
    for turn in conversation.history[-TURNS:]:
        read += [turn.question[:longest], (turn.answer or "")[:longest]]
    *prompt, given = await service.count_tokens([*read, answer.text])
    read_tokens = sum(prompt)
    return Usage(
        prompt_tokens=read_tokens,
        completion_tokens=given,
        total_tokens=read_tokens + given,
    )


def _url(citation: Citation, base: str) -> str:
    """The source's own address, never one that a browser would run."""
    if citation.source_url is not None and citation.source_url.lower().startswith(_WEB):
        return citation.source_url
    place = f"start={citation.start}&end={citation.end}#citation"
    return f"{base}documents/{citation.document_id}?{place}"


def _pieces(answer: Answer) -> Iterator[str]:
    """The text cut before each segment but the first; put together it is the whole text."""
    cuts = (0, *(segment.start for segment in answer.segments[1:]), len(answer.text))
    for start, end in pairwise(cuts):
        yield answer.text[start:end]


def _event(
    head: dict[str, Any],
    delta: dict[str, Any],
    finish: str | None = None,
    more: dict[str, Any] | None = None,
) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _line(head | {"choices": (choice,)} | (more or {}))


def _line(chunk: dict[str, Any]) -> bytes:
    return b"data: " + to_json(chunk) + b"\n\n"
