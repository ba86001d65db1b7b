"""``/v1/documents``: what the index holds, document by document."""

import os
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from rag.errors import UnknownError
from rag.index.filters import Filters
from rag.service.access import read_collections, scope_of
from rag.service.catalogue import Catalogue, DocumentEntry, Order
from rag.text.typography import typeset
from rag.types import Passage
from rag.web.http.problems import Problem, Refused
from rag.web.http.responses import rendered
from rag.web.routes import uploads
from rag.web.routes.uploads import TAG, DocumentId
from rag.web.schemas import documents
from rag.web.schemas.problems import problems
from rag.web.security import Reader, service_of

router = APIRouter(tags=[TAG])
router.routes.extend(uploads.router.routes)


@dataclass(frozen=True, slots=True)
class _Listing:
    """A page of documents, and where the next one is."""

    total: int
    offset: int
    limit: int
    next: str | None
    documents: tuple[DocumentEntry, ...]


@dataclass(frozen=True, slots=True)
class _Passages:
    """A document's passages, and the version that their offsets count in."""

    document_id: str
    version: str
    passages: tuple[Passage, ...]


_LISTING: Final = TypeAdapter(_Listing)
_ENTRY: Final = TypeAdapter(DocumentEntry)
_PASSAGES: Final = TypeAdapter(_Passages)
_ERRORS: Final = problems(401, 404, 422, 429, 503)
# A file of anybody's making: never run, never shown as a page of this site.
_CONTAINED: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
_NOT_A_PART: Final = frozenset({400, 416})


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
    "/v1/documents",
    summary="Lister les documents",
    description=typeset(
        "Les documents que voit la clé, page par page. `next` est l'adresse de la suivante."
    ),
    response_model=documents.DocumentList,
    response_description="Une page de documents.",
    responses=_ERRORS,
)
async def list_documents(
    request: Request, principal: Reader, query: Annotated[documents.ListQuery, Query()]
) -> Response:
    """One page of the documents that this caller sees."""
    service = service_of(request)
    asked = None if query.collection is None else (query.collection,)
    filters = Filters(collections=await read_collections(service, principal, asked))
    page = await service.read(
        lambda catalogue: catalogue.page(
            filters, query.offset, query.limit, Order(query.sort), query.q
        )
    )
    listing = _Listing(
        total=page.total,
        offset=query.offset,
        limit=query.limit,
        next=_next(query, len(page.documents), page.total),
        documents=page.documents,
    )
    return rendered(_LISTING, listing)


@router.get(
    "/v1/documents/{document_id}",
    summary="Décrire un document",
    description="Ce que l'index sait d'un document, sans son texte.",
    response_model=documents.Document,
    response_description="Le document.",
    responses=_ERRORS,
)
async def read_document(
    request: Request, principal: Reader, document_id: DocumentId
) -> Response:
    """A document without its text."""
    scope = scope_of(principal)
    entry = await service_of(request).read(
        lambda catalogue: catalogue.entry(document_id, scope)
    )
    return rendered(_ENTRY, entry)


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
    query: Annotated[documents.RangeQuery, Query()],
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
    response_model=documents.PassageList,
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
        return rendered(_PASSAGES, _Passages(entry.id, entry.version, passages))

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


def _next(query: documents.ListQuery, given: int, total: int) -> str | None:
    after = query.offset + given
    if given == 0 or after >= total:
        return None
    asked = query.model_dump(mode="json", exclude_defaults=True)
    return f"/v1/documents?{urlencode({**asked, 'offset': after, 'limit': query.limit})}"
