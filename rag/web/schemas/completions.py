"""The chat completions of the OpenAI API, as far as Sourcier speaks it.

Requests may hold any parameter, and those that mean nothing to an extractive answer are
ignored; what would change the shape of the answer (``n``, ``response_format``…) is refused
by `rag.web.completions`.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from rag.web.schemas.answers import Answer
from rag.web.schemas.model import Model, told

MODEL: Final = "sourcier"
"""The model's id, for all the collections that the caller may see."""

_QUESTION: Final = "Combien coûte la copie d'un document administratif ?"
_GENERATION: Final = "20261122T104007228343Z-b99d4c71"


class _Open(BaseModel):
    """Clients send parameters that are not ours: they are let through, unread."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MessagePart(_Open):
    """Un morceau de message."""

    type: Annotated[str, told("Le genre du morceau ; seul « text » est lu.", "text")] = "text"
    text: Annotated[str | None, told("Le texte du morceau.", _QUESTION)] = None


class ChatMessage(_Open):
    """Un message de la conversation."""

    role: Annotated[
        Literal["system", "developer", "user", "assistant", "tool", "function"],
        told(
            "Les messages « user » et « assistant » font la conversation ; les autres sont "
            "ignorés : Sourcier n'obéit à aucune consigne, il cite.",
            "user",
        ),
    ]
    content: Annotated[
        str | list[MessagePart] | None, told("Du texte, ou des morceaux de texte.", _QUESTION)
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
        bool | None, told("Ajoute un dernier fragment, qui porte le compte des jetons.", True)
    ] = None


class ResponseFormat(_Open):
    """La forme demandée pour la réponse."""

    type: Annotated[str, told("« text » : il n'y en a pas d'autre.", "text")] = "text"


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
        told(
            "« sourcier », ou « sourcier:COLLECTION » pour n'interroger qu'une collection.",
            MODEL,
            "sourcier:documents",
            min_length=1,
            max_length=200,
        ),
    ] = MODEL
    messages: Annotated[
        list[ChatMessage],
        told("La conversation, du plus ancien message au plus récent.", min_length=1),
    ]
    stream: Annotated[
        bool | None, told("true : la réponse vient par fragments (text/event-stream).", False)
    ] = None
    stream_options: Annotated[
        StreamOptions | None, told("Sans effet hors d'un flux.", {"include_usage": True})
    ] = None
    n: Annotated[int | None, told("Nombre de réponses : une, et une seule.", 1)] = None
    response_format: Annotated[
        ResponseFormat | None, told("Du texte, et rien d'autre.", {"type": "text"})
    ] = None
    modalities: Annotated[list[str] | None, told("Du texte, et rien d'autre.", ["text"])] = None
    tool_choice: Annotated[
        str | dict[str, Any] | None,
        told("« auto » ou « none » : Sourcier n'appelle aucun outil.", "auto"),
    ] = None


class UrlCitation(Model):
    """D'où vient une partie du message."""

    start_index: Annotated[
        int, told("Le début du segment dans le message, en points de code Unicode.", 0)
    ]
    end_index: Annotated[int, told("Sa fin, exclue.", 144)]
    title: Annotated[str, told("Le titre du document cité.")]
    url: Annotated[
        str,
        told(
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
    content: Annotated[str, told("La réponse, avec les numéros de ses citations.")]
    refusal: Annotated[None, told("Toujours null.")]
    annotations: Annotated[
        list[Annotation], told("Une par segment et par citation ; vide sans réponse.")
    ]


class Choice(Model):
    """La réponse : il n'y en a qu'une."""

    index: Literal[0]
    message: CompletionMessage
    finish_reason: Literal["stop"]
    logprobs: Annotated[None, told("Toujours null.")]


class Usage(Model):
    """Des longueurs, en jetons du modèle de plongement."""

    prompt_tokens: Annotated[
        int, told("Ce qui a été lu : la question et les derniers tours.", 12)
    ]
    completion_tokens: Annotated[int, told("La réponse.", 48)]
    total_tokens: Annotated[int, told("Leur somme.", 60)]


class _Head(Model):
    """Ce que portent une réponse et chacun de ses fragments."""

    id: Annotated[str, told("L'identifiant.", "chatcmpl-d359b507641b4cfdbe9784349c379498")]
    created: Annotated[int, told("Quand, en secondes depuis 1970.", 1795344007)]
    model: Annotated[str, told("Le modèle demandé.", MODEL)]
    system_fingerprint: Annotated[str, told("La génération de l'index.", _GENERATION)]


class Completion(_Head):
    """Une réponse dans la forme de l'API d'OpenAI."""

    object: Literal["chat.completion"]
    choices: list[Choice]
    usage: Usage
    sourcier: Annotated[Answer, told("La même réponse, comme la donne POST /v1/ask.")]


class Delta(Model):
    """Ce qu'un fragment ajoute au message."""

    role: Literal["assistant"] | None = None
    content: Annotated[str | None, told("La suite du texte.")] = None
    annotations: Annotated[
        list[Annotation] | None,
        told("Toutes les citations, dans le dernier fragment du message."),
    ] = None


class ChunkChoice(Model):
    """La suite de la réponse."""

    index: Literal[0]
    delta: Delta
    finish_reason: Literal["stop"] | None


class CompletionChunk(_Head):
    """Un fragment du flux."""

    object: Literal["chat.completion.chunk"]
    choices: Annotated[
        list[ChunkChoice], told("Vide dans le fragment qui porte le compte des jetons.")
    ]
    usage: Usage | None = None
    sourcier: Annotated[
        Answer | None,
        told("La réponse entière de Sourcier, dans le dernier fragment du message."),
    ] = None


class ChatModel(Model):
    """Un modèle que l'on peut demander."""

    id: Annotated[str, told("Son nom.", MODEL, "sourcier:documents")]
    object: Literal["model"]
    created: Annotated[
        int,
        told("Date de l'index, en secondes depuis 1970 ; 0 sans index.", 1795344007),
    ]
    owned_by: Literal["sourcier"]


class ChatModels(Model):
    """Les modèles que l'on peut demander."""

    object: Literal["list"]
    data: list[ChatModel]
