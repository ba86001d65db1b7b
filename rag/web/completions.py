"""Between the OpenAI API's chat completions and Sourcier's questions and answers.

What is sent is described, field by field, in `rag.web.schemas.completions`.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from pydantic_core import to_json

from rag.errors import UsageError
from rag.text.typography import typeset
from rag.types import Answer, Citation, Turn
from rag.web.schemas.completions import ChatMessage, ChatRequest

_SPOKEN: Final = ("user", "assistant")
_WEB: Final = ("https://", "http://")
_DONE: Final = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question, and the turns before it, oldest first."""

    question: str
    history: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Lengths in the tokens of the embedding model: of what was read, and of the answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


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
            "content": self.answer.text,
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

    def _annotations(self) -> tuple[dict[str, Any], ...]:
        cited = {citation.number: citation for citation in self.answer.citations}
        return tuple(
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": segment.start,
                    "end_index": segment.end,
                    "title": cited[number].title,
                    "url": _url(cited[number], self.base),
                },
            }
            for segment in self.answer.segments
            for number in segment.citations
        )


def read_conversation(request: ChatRequest) -> Conversation:
    """The question that a request puts, which is its last user message.

    Raises:
        UsageError: there is no such message, it holds more than text, or the request asks
            for an answer of another shape than a text.
    """
    _check_shape(request)
    spoken = [message for message in request.messages if message.role in _SPOKEN]
    while spoken and spoken[-1].role != "user":
        spoken.pop()
    if not spoken:
        raise UsageError(
            typeset(
                "La conversation ne pose pas de question : ajoutez-lui un message de rôle "
                "« user »."
            )
        )
    if not spoken[-1].is_text:
        raise UsageError(
            typeset(
                "La question contient autre chose que du texte (image, son, fichier), que "
                "Sourcier ne lit pas. Pour interroger un document, ajoutez-le d'abord par "
                "POST /v1/documents."
            )
        )
    return Conversation(spoken[-1].text, _turns(spoken[:-1]))


def _check_shape(request: ChatRequest) -> None:
    """Refuse what no text can be: a client that asked for it would fail further on."""
    if request.n not in (None, 1):
        raise UsageError(
            typeset(f"n vaut {request.n} : Sourcier ne donne qu'une réponse. Demandez n = 1.")
        )
    if request.response_format is not None and request.response_format.type != "text":
        raise UsageError(
            typeset(
                "response_format demande autre chose que du texte : Sourcier cite, il n'écrit "
                "pas. La clé « sourcier » de la réponse en donne le détail en JSON."
            )
        )
    if request.modalities is not None and request.modalities != ["text"]:
        raise UsageError(
            typeset(
                "modalities demande autre chose que du texte : Sourcier n'en rend pas. Retirez "
                "ce paramètre."
            )
        )
    if request.tool_choice not in (None, "auto", "none"):
        raise UsageError(
            typeset(
                "tool_choice impose un outil : Sourcier n'en appelle aucun. Laissez « auto » "
                "ou « none »."
            )
        )


def _turns(spoken: list[ChatMessage]) -> tuple[Turn, ...]:
    """Each question with the answer that follows it, if one does."""
    turns: list[Turn] = []
    for message in spoken:
        if message.role == "user":
            turns.append(Turn(message.text))
        elif turns and turns[-1].answer is None:
            turns[-1] = Turn(turns[-1].question, message.text)
    return tuple(turns)


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
