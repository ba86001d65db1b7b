"""Changes to the library by plain forms: each is confirmed on a page of its own."""

from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from rag.errors import SourcierError
from rag.service import library
from rag.service.access import Principal, scope_of
from rag.service.catalogue import DocumentEntry
from rag.web.forms import replace_document
from rag.web.http.problems import Problem
from rag.web.pages.library_listing import PATH, Wanted, read_library
from rag.web.pages.library_view import refusal_of, show_library
from rag.web.pages.rendering import pages_of
from rag.web.security import Admin, Editor, service_of

router = APIRouter(include_in_schema=False)

_SHELVES: Final = f"{PATH}/collections"
_AFTER: Final = f"{PATH}#activity"

Name = Annotated[str, Form(max_length=500)]
Description = Annotated[str, Form(max_length=2000)]
Asked = Annotated[str, Query(max_length=500)]
DocumentId = Annotated[str, Path(min_length=1, max_length=100)]


@router.get(_SHELVES)
async def shelves_page(principal: Admin) -> Response:
    """Where the form that makes collections is."""
    return RedirectResponse(PATH, 303)


@router.post(_SHELVES)
async def make_shelf(
    request: Request, principal: Admin, name: Name = "", description: Description = ""
) -> Response:
    """Make a collection, then show it."""
    label = " ".join(name.split())
    try:
        await library.create_collection(service_of(request), principal, label, description)
    except SourcierError as error:
        fault = refusal_of(error)
        return await show_library(request, principal, Wanted(), shelf_fault=fault)
    return RedirectResponse(f"{PATH}?{urlencode({'collection': label})}", 303)


@router.get(f"{_SHELVES}/remove")
async def confirm_shelf_removal(
    request: Request, principal: Admin, name: Asked = ""
) -> Response:
    """Ask whether a collection shall go with all its documents."""
    library = await read_library(service_of(request), principal, Wanted(collection=name))
    if library.shelf is None:
        return RedirectResponse(PATH, 303)
    return _page(request, "remove_collection", shelf=library.shelf)


@router.post(f"{_SHELVES}/remove")
async def remove_shelf(request: Request, principal: Admin, name: Name = "") -> Response:
    """Have a collection removed."""
    await library.remove_collection(service_of(request), principal, name)
    return RedirectResponse(_AFTER, 303)


@router.get(f"{PATH}/{{document_id}}/remove")
async def confirm_removal(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Ask whether a document shall go."""
    entry = await _entry(request, principal, document_id)
    return _page(request, "remove", document=entry)


@router.post(f"{PATH}/{{document_id}}/remove")
async def remove_by_form(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Have a document removed."""
    await library.remove_document(service_of(request), principal, document_id)
    return RedirectResponse(_AFTER, 303)


@router.get(f"{PATH}/{{document_id}}/replace")
async def replacement_page(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Ask for the file that shall take a document's place."""
    entry = await _entry(request, principal, document_id)
    return _page(request, "replace", document=entry)


@router.post(f"{PATH}/{{document_id}}/replace")
async def replace_by_form(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Have a document replaced by the file that a form sends."""
    try:
        await replace_document(request, principal, document_id)
    except SourcierError as error:
        fault = refusal_of(error)
        if fault.slug == "unknown":
            raise
        entry = await _entry(request, principal, document_id)
        return _page(request, "replace", document=entry, fault=fault)
    return RedirectResponse(_AFTER, 303)


async def _entry(request: Request, principal: Principal, document_id: str) -> DocumentEntry:
    scope = scope_of(principal)
    return await service_of(request).read(lambda catalogue: catalogue.entry(document_id, scope))


def _page(
    request: Request,
    change: str,
    *,
    fault: Problem | None = None,
    **context: Any,  # noqa: ANN401 - the document or the collection that the page is about
) -> Response:
    document = context.get("document")
    action = f"{_SHELVES}/remove"
    if document is not None:
        action = f"{PATH}/{quote(document.id, safe='')}/{change}"
    return pages_of(request).render(
        request,
        "library_change.html",
        status=fault.status if fault else 200,
        headers=fault.headers if fault else None,
        nav="documents",
        change=change,
        action=action,
        fault=fault,
        document=document,
        shelf=context.get("shelf"),
    )
