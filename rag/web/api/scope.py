"""What a question and a search both say: which documents to look into, and what was said."""

import re
from datetime import date
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticKnownError

from rag import types
from rag.index.filters import Filters as DocumentFilters
from rag.text.typography import typeset
from rag.web.api.schema import Model, api_field

Name = Annotated[str, Field(min_length=1, max_length=500)]
Language = Annotated[str, Field(min_length=2, max_length=35)]

_CONVERSATION = [
    {
        "question": "Comment obtenir un document administratif ?",
        "answer": "Par un écrit daté à l'administration qui le détient. [1]",
        "cited": [{"document_id": "58fb63eaffa1defd", "start": 2103, "end": 2155}],
    }
]

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date(given: object) -> date:
    """A date as ISO 8601 writes it; neither a moment nor a number of seconds."""
    if isinstance(given, str) and _DATE.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise PydanticKnownError("date_type")


Day = Annotated[date, BeforeValidator(_date)]


class Filters(Model):
    """Ce qu'un document doit satisfaire pour répondre : toutes les conditions à la fois.

    Ils s'appliquent pendant la recherche : un document écarté ne prend la place d'aucun
    autre.
    """

    languages: Annotated[
        tuple[Language, ...],
        api_field("Langues des documents, en ISO 639-1.", ["fr", "en"], max_length=50),
    ] = ()
    date_from: Annotated[
        Day | None,
        api_field("Première date admise ; écarte les documents sans date.", "2025-01-01"),
    ] = None
    date_to: Annotated[
        Day | None,
        api_field(
            "Dernière date admise, comprise ; écarte les documents sans date.", "2025-12-31"
        ),
    ] = None
    sources: Annotated[
        tuple[Name, ...],
        api_field(
            "Noms des organismes qui ont publié les documents, sans égard aux majuscules.",
            ["Commission d’accès aux documents administratifs (CADA)"],
            max_length=200,
        ),
    ] = ()
    categories: Annotated[
        tuple[Name, ...],
        api_field("Catégories, sans égard aux majuscules.", ["service-public"], max_length=200),
    ] = ()
    documents: Annotated[
        tuple[Name, ...],
        api_field(
            "Identifiants des seuls documents admis.", ["58fb63eaffa1defd"], max_length=1000
        ),
    ] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError(
                typeset("date_from est après date_to : aucun document ne peut convenir")
            )
        return self


class Cited(Model):
    """Un endroit que citait la réponse d'un tour précédent."""

    document_id: Annotated[Name, api_field("L'identifiant du document.", "58fb63eaffa1defd")]
    start: Annotated[
        Annotated[int, Strict()],
        api_field("Le début de la citation, en points de code Unicode.", 2289, ge=0),
    ]
    end: Annotated[Annotated[int, Strict()], api_field("Sa fin, exclue.", 2433, ge=0)]
    headings: Annotated[
        tuple[str, ...],
        api_field(
            "Les titres au-dessus d'elle, du plus général au plus proche.",
            ["Étape 2 : adresser la demande"],
            max_length=100,
        ),
    ] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.end:
            raise ValueError(typeset("start est après end : ce n'est l'endroit de rien"))
        return self


class Turn(Model):
    """Un tour précédent de la conversation."""

    question: Annotated[
        str, api_field("La question posée.", _CONVERSATION[0]["question"], max_length=20_000)
    ]
    answer: Annotated[
        str | None,
        api_field("La réponse donnée, s'il y en a eu une.", max_length=100_000),
    ] = None
    cited: Annotated[
        tuple[Cited, ...],
        api_field(
            "Ce que la réponse citait, tel que ses « citations » le donnent : une question "
            "qui s'appuie sur elle cherche d'abord là.",
            max_length=100,
        ),
    ] = ()


def _place(cited: Cited) -> types.Cited:
    return types.Cited(cited.document_id, cited.start, cited.end, cited.headings)


class Scope(Model):
    """Ce que demandent ensemble une question et une recherche."""

    k: Annotated[
        Annotated[int, Strict()] | None,
        api_field(
            "Nombre de passages à rendre ; par défaut, celui des réglages "
            "(retrieval.hits, 10). Une question et une recherche hybride en rendent au plus "
            "le double de retrieval.candidates (70) : ce qui est plus loin n'est pas regardé.",
            5,
            ge=1,
            le=1000,
        ),
    ] = None
    collections: Annotated[
        tuple[Name, ...] | None,
        api_field(
            "Collections où chercher ; par défaut, toutes celles que voit la clé. Une "
            "collection inconnue, ou que la clé ne voit pas, donne une erreur 404.",
            ["documents"],
            min_length=1,
            max_length=100,
        ),
    ] = None
    filters: Annotated[
        Filters, api_field("Conditions sur les documents.", {"date_from": "2025-01-01"})
    ] = Filters()
    history: Annotated[
        tuple[Turn, ...],
        api_field(
            "Les tours précédents de la conversation, du plus ancien au plus récent : ils "
            "complètent une question qui s'appuie sur eux (« Et en 2027 ? »).",
            _CONVERSATION,
            max_length=100,
        ),
    ] = ()

    @property
    def turns(self) -> tuple[types.Turn, ...]:
        """The conversation, as the service takes it."""
        return tuple(
            types.Turn(turn.question, turn.answer, tuple(map(_place, turn.cited)))
            for turn in self.history
        )

    @property
    def conditions(self) -> DocumentFilters:
        """The filters, as the service takes them, whatever the collection."""
        asked = self.filters
        return DocumentFilters(
            documents=asked.documents,
            languages=asked.languages,
            sources=asked.sources,
            categories=asked.categories,
            date_from=asked.date_from.isoformat() if asked.date_from else None,
            date_to=asked.date_to.isoformat() if asked.date_to else None,
        )
