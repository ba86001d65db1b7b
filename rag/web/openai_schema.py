"""The chat completions of the OpenAI API, as far as Sourcier speaks it.

Requests may hold any parameter, and those that mean nothing to an extractive answer are
ignored; what would change the shape of the answer (``n``, ``response_format``…) is refused.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from rag.errors import UsageError
from rag.text.typography import typeset
from rag.types import Turn
from rag.web.api.ask import Answer
from rag.web.api.schema import Model, api_field

MODEL: Final = "sourcier"
"""The model's id, for all the collections that the caller may see."""

_QUESTION: Final = "Combien coûte la copie d'un document administratif ?"
_SPOKEN: Final = ("user", "assistant")
_GENERATION: Final = "20261122T104007228343Z-b99d4c71"


class _Open(BaseModel):
    """Clients send parameters that are not ours: they are let through, unread."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MessagePart(_Open):
    """Un morceau de message."""

    type: Annotated[str, api_field("Le genre du morceau ; seul « text » est lu.", "text")] = (
        "text"
    )
    text: Annotated[str | None, api_field("Le texte du morceau.", _QUESTION)] = None


class ChatMessage(_Open):
    """Un message de la conversation."""

    role: Annotated[
        Literal["system", "developer", "user", "assistant", "tool", "function"],
        api_field(
            "Les messages « user » et « assistant » font la conversation ; les autres sont "
            "ignorés : Sourcier n'obéit à aucune consigne, il cite.",
            "user",
        ),
    ]
    content: Annotated[
        str | list[MessagePart] | None,
        api_field("Du texte, ou des morceaux de texte.", _QUESTION),
    ] = None

    @property
    def text(self) -> str:
        """The text of all its parts, one a line; "" for none."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.text)

    @property
    def is_text(self) -> bool:
        """Whether nothing but text is in it."""
        parts = self.content if isinstance(self.content, list) else ()
        return all(part.type == "text" for part in parts)


class StreamOptions(_Open):
    """Ce que le flux porte en plus."""

    include_usage: Annotated[
        bool | None,
        api_field("Ajoute un dernier fragment, qui porte le compte des jetons.", True),
    ] = None


class ResponseFormat(_Open):
    """La forme demandée pour la réponse."""

    type: Annotated[str, api_field("« text » : il n'y en a pas d'autre.", "text")] = "text"


class ChatRequest(_Open):
    """Une conversation dont le dernier message « user » est la question.

    Les paramètres d'un modèle de langue (« temperature », « max_tokens », « seed »…) sont
    acceptés et sans effet.
    """

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": _QUESTION}]}]
        },
    )

    model: Annotated[
        str,
        api_field(
            "« sourcier », ou « sourcier:COLLECTION » pour n'interroger qu'une collection.",
            MODEL,
            "sourcier:documents",
            min_length=1,
            max_length=200,
        ),
    ] = MODEL
    messages: Annotated[
        list[ChatMessage],
        api_field("La conversation, du plus ancien message au plus récent.", min_length=1),
    ]
    stream: Annotated[
        bool | None,
        api_field("true : la réponse vient par fragments (text/event-stream).", False),
    ] = None
    stream_options: Annotated[
        StreamOptions | None, api_field("Sans effet hors d'un flux.", {"include_usage": True})
    ] = None
    n: Annotated[int | None, api_field("Nombre de réponses : une, et une seule.", 1)] = None
    response_format: Annotated[
        ResponseFormat | None, api_field("Du texte, et rien d'autre.", {"type": "text"})
    ] = None
    modalities: Annotated[
        list[str] | None, api_field("Du texte, et rien d'autre.", ["text"])
    ] = None
    tool_choice: Annotated[
        str | dict[str, Any] | None,
        api_field("« auto » ou « none » : Sourcier n'appelle aucun outil.", "auto"),
    ] = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question, and the turns before it, oldest first."""

    question: str
    history: tuple[Turn, ...]


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


class UrlCitation(Model):
    """D'où vient une partie du message."""

    start_index: Annotated[
        int, api_field("Le début du segment dans le message, en points de code Unicode.", 0)
    ]
    end_index: Annotated[int, api_field("Sa fin, exclue.", 144)]
    title: Annotated[str, api_field("Le titre du document cité.")]
    url: Annotated[
        str,
        api_field(
            "L'adresse de la source, si le document la donne ; sinon celle de la page de ce "
            "service où il se lit, les caractères cités mis en valeur.",
            "https://www.cada.fr/",
            "http://127.0.0.1:8000/documents/58fb63eaffa1defd?start=2289&end=2433#citation",
        ),
    ]


class Annotation(Model):
    """Une citation, dans la forme de l'API d'OpenAI."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class CompletionMessage(Model):
    """Ce que dit le modèle."""

    role: Literal["assistant"]
    content: Annotated[str, api_field("La réponse, avec les numéros de ses citations.")]
    refusal: Annotated[None, api_field("Toujours null.")]
    annotations: Annotated[
        list[Annotation], api_field("Une par segment et par citation ; vide sans réponse.")
    ]


class Choice(Model):
    """La réponse : il n'y en a qu'une."""

    index: Literal[0]
    message: CompletionMessage
    finish_reason: Literal["stop"]
    logprobs: Annotated[None, api_field("Toujours null.")]


class Usage(Model):
    """Des longueurs, en jetons du modèle de plongement."""

    prompt_tokens: Annotated[
        int, api_field("Ce qui a été lu : la question et les derniers tours.", 12)
    ]
    completion_tokens: Annotated[int, api_field("La réponse.", 48)]
    total_tokens: Annotated[int, api_field("Leur somme.", 60)]


class Completion(Model):
    """Une réponse dans la forme de l'API d'OpenAI."""

    id: Annotated[str, api_field("L'identifiant.", "chatcmpl-d359b507641b4cfdbe9784349c379498")]
    object: Literal["chat.completion"]
    created: Annotated[int, api_field("Quand, en secondes depuis 1970.", 1795344007)]
    model: Annotated[str, api_field("Le modèle demandé.", MODEL)]
    system_fingerprint: Annotated[str, api_field("La génération de l'index.", _GENERATION)]
    choices: list[Choice]
    usage: Usage
    sourcier: Annotated[Answer, api_field("La même réponse, comme la donne POST /v1/ask.")]


class ChatModel(Model):
    """Un modèle que l'on peut demander."""

    id: Annotated[str, api_field("Son nom.", MODEL, "sourcier:documents")]
    object: Literal["model"]
    created: Annotated[
        int,
        api_field("Date de l'index, en secondes depuis 1970 ; 0 sans index.", 1795344007),
    ]
    owned_by: Literal["sourcier"]


class ChatModels(Model):
    """Les modèles que l'on peut demander."""

    object: Literal["list"]
    data: list[ChatModel]
