"""The page where a document is read, with the cited characters marked in it."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from rag.service.access import scope_of
from rag.service.catalogue import Catalogue
from rag.types import Span
from rag.web.pages.reading_view import Asked, Reading, read
from rag.web.pages.rendering import pages_of, wording_of
from rag.web.pages.wording import Wording
from rag.web.security import Reader, service_of

router = APIRouter(include_in_schema=False)

_LONGEST_NUMBER: Final = 9
_LONGEST_QUESTION: Final = 4000


@router.get("/documents/{document_id}")
async def reading_page(request: Request, document_id: str, principal: Reader) -> Response:
    """A document, set for reading."""
    asked = _asked(request.query_params)
    scope = scope_of(principal)
    pages, words = pages_of(request), wording_of(request)

    def work(catalogue: Catalogue) -> Response:
        reading = read(catalogue, document_id, scope, asked)
        return pages.render(
            request,
            "reading.html",
            nav="documents",
            reading=reading,
            asked=asked.questions,
            reference=reference(words, reading),
        )

    return await service_of(request).read(work)


def reference(words: Wording, reading: Reading) -> str:
    """What is cited and where it stands, for a letter or a note; empty without a citation."""
    citation, metadata = reading.citation, reading.entry.metadata
    if citation is None:
        return ""
    known = (
        reading.entry.title,
        metadata.source,
        words.date(metadata.date) if metadata.date else None,
        words("common.page", page=citation.page) if citation.page else None,
    )
    source = ", ".join(each for each in known if each)
    return words("reading.reference", quote=citation.quote, source=source)


def _asked(query: QueryParams) -> Asked:
    """What the address asks for; what it says wrongly counts as a place that is not there."""
    cited = None
    if "start" in query or "end" in query:
        cited = Span(_number(query.get("start", "0")), _number(query.get("end", "")))
    part = max(1, _number(query.get("part", "")))
    questions = (each.strip()[:_LONGEST_QUESTION] for each in query.getlist("q"))
    return Asked(cited, part - 1, tuple(each for each in questions if each))


def _number(text: str) -> int:
    """A number of an address; 0 where it is none."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain else 0
