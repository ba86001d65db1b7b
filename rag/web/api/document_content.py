"""``/v1/documents/{document_id}/…``: the text, the passages and the file of a document."""

import os
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from rag import types
from rag.errors import UnknownError
from rag.service.access import scope_of
from rag.service.catalogue import Catalogue
from rag.text.typography import typeset
from rag.web.api.documents import TAG, DocumentId
from rag.web.api.schema import DOCUMENT_ID, VERSION, Model, api_field, describing
from rag.web.description import problems
from rag.web.http.problems import Problem, Refused
from rag.web.http.responses import rendered
from rag.web.security import Reader, service_of

router = APIRouter(tags=[TAG])

_ERRORS: Final = problems(401, 404, 422, 429, 503)
# A file of anybody's making: never run, never shown as a page of this site.
_CONTAINED: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
_NOT_A_PART: Final = frozenset({400, 416})


class RangeQuery(Model):
    """Quelle partie d'un texte rendre."""

    start: Annotated[int, api_field("Le début, en points de code Unicode.", ge=0, le=2**53)] = 0
    end: Annotated[
        int | None,
        api_field(
            "La fin, exclue ; par défaut, celle du texte. Au-delà du texte, elle y est "
            "ramenée.",
            ge=0,
            le=2**53,
        ),
    ] = None


@describing(
    types.Sentence,
    kind=api_field("Ce que c'est pour le lecteur.", "paragraph"),
    search_text=api_field(
        "Ce que la recherche en voit, où ce ne sont pas les caractères mêmes."
    ),
)
class Sentence(Model):
    """Une phrase, un élément de liste ou une ligne de tableau : ce qui peut être cité."""


@describing(
    types.Passage,
    id=api_field("Son identifiant.", "58fb63eaffa1defd-0003"),
    ordinal=api_field("Son rang dans le document, à partir de 0.", 3),
    text=api_field("Son texte exact."),
)
class Passage(Model):
    """Un passage : des phrases entières d'une même section, l'unité de la recherche."""

    sentences: list[Sentence]


class PassageList(Model):
    """Les passages d'un document, dans l'ordre."""

    document_id: Annotated[str, DOCUMENT_ID]
    version: Annotated[str, VERSION]
    passages: list[Passage]


class _PartOfFile(FileResponse):
    """A file or the part of it that is asked for; a part that is not there is a problem."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def checked(message: Message) -> None:
            if message.get("status") in _NOT_A_PART:
                raise Refused(_no_such_part(self.headers["Content-Length"]))
            await send(message)

        await super().__call__(scope, receive, checked)


def _no_such_part(size: str) -> Problem:
    return Problem(
        "range",
        416,
        "Partie introuvable",
        f"L'en-tête Range ne désigne aucune partie de ce fichier, qui a {size} octets. "
        "Demandez par exemple « bytes=0-99 », ou ôtez l'en-tête.",
        {"Content-Range": f"bytes */{size}"},
    )


@router.get(
    "/v1/documents/{document_id}/text",
    summary="Lire le texte d'un document",
    description=typeset(
        "Le texte où comptent `start` et `end` de chaque citation, en points de code "
        "Unicode : avec les mêmes bornes, cette adresse rend les caractères cités. "
        "X-Document-Version en dit la version, X-Text-Length la longueur entière."
    ),
    response_class=Response,
    response_description="Le texte, en UTF-8.",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **_ERRORS,
    },
)
async def read_text(
    request: Request,
    principal: Reader,
    document_id: DocumentId,
    query: Annotated[RangeQuery, Query()],
) -> Response:
    """The reading text, or a part of it."""
    scope = scope_of(principal)

    def work(catalogue: Catalogue) -> Response:
        document = catalogue.document(document_id, scope)
        return Response(
            document.text[query.start : query.end].encode(),
            media_type="text/plain",
            headers={
                "X-Document-Version": document.version,
                "X-Text-Length": str(len(document.text)),
            },
        )

    return await service_of(request).read(work)


@router.get(
    "/v1/documents/{document_id}/passages",
    summary="Lire les passages d'un document",
    description=typeset(
        "Les passages que la recherche peut trouver, dans l'ordre, avec leurs phrases."
    ),
    response_model=PassageList,
    response_description="Les passages.",
    responses=_ERRORS,
)
async def read_passages(
    request: Request, principal: Reader, document_id: DocumentId
) -> Response:
    """All passages of a document, in order."""
    scope = scope_of(principal)

    def work(catalogue: Catalogue) -> Response:
        entry = catalogue.entry(document_id, scope)
        passages = catalogue.passages(document_id, scope)
        return rendered(
            {"document_id": entry.id, "version": entry.version, "passages": passages}
        )

    return await service_of(request).read(work)


@router.get(
    "/v1/documents/{document_id}/original",
    summary="Télécharger le fichier d'un document",
    description=typeset(
        "Le fichier dont le document a été lu, octet pour octet, en pièce jointe. Un fichier "
        "d'un dossier indexé n'est rendu que s'il n'a pas changé depuis."
    ),
    response_class=Response,
    response_description="Le fichier.",
    responses={
        200: {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            }
        },
        206: {"description": "La partie du fichier que demande l'en-tête Range."},
        **_ERRORS,
        **problems(416),
    },
)
async def read_original(
    request: Request, principal: Reader, document_id: DocumentId
) -> Response:
    """The file that a document was read from, to be saved, never shown."""
    scope = scope_of(principal)

    def work(catalogue: Catalogue) -> Response:
        original = catalogue.original(document_id, scope)
        try:
            status = os.stat(original.path)
        except OSError as error:
            raise UnknownError("Le fichier de ce document n'est plus là.") from error
        return _PartOfFile(
            original.path,
            filename=original.name,
            stat_result=status,
            headers={
                # Given here, so that no charset is added that the file may not be in.
                "Content-Type": original.media_type,
                "Content-Security-Policy": _CONTAINED,
            },
        )

    return await service_of(request).read(work)
