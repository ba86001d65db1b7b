"""The page of the library, and its changes by plain forms, each confirmed on its own page."""

from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from rag.errors import SourcierError
from rag.library.keys import Role
from rag.service.access import Principal, scope_of
from rag.service.catalogue import DocumentEntry
from rag.service.library import (
    CollectionEntry,
    create_collection,
    remove_collection,
    remove_document,
)
from rag.web.forms import add_documents, replace_document
from rag.web.http.problems import Problem, problem_of
from rag.web.pages.library_listing import (
    PATH,
    STAGES,
    Wanted,
    format_name,
    read_library,
    reasons,
    share,
)
from rag.web.pages.rendering import pages_of
from rag.web.security import Admin, Editor, Reader, service_of

router = APIRouter(include_in_schema=False)

_COLLECTIONS: Final = f"{PATH}/collections"
_AFTER: Final = f"{PATH}#activity"
_OK: Final = 200
_TOLD: Final = frozenset(
    {"conflict", "media-type", "role", "too-large", "unknown", "upload", "usage"}
)
"""The problems that whoever sent a form can mend, told beside it."""

Name = Annotated[str, Form(max_length=500)]
Description = Annotated[str, Form(max_length=2000)]
CollectionName = Annotated[str, Query(max_length=500)]
DocumentId = Annotated[str, Path(min_length=1, max_length=100)]


@router.get(_COLLECTIONS)
async def collections_page(principal: Admin) -> Response:
    """Where the form that makes collections is."""
    return RedirectResponse(PATH, 303)


@router.post(_COLLECTIONS)
async def create_by_form(
    request: Request, principal: Admin, name: Name = "", description: Description = ""
) -> Response:
    """Make a collection, then show it."""
    label = " ".join(name.split())
    try:
        await create_collection(service_of(request), principal, label, description)
    except SourcierError as error:
        fault = _refusal(error)
        return await _library(request, principal, Wanted(), collection_fault=fault)
    return RedirectResponse(f"{PATH}?{urlencode({'collection': label})}", 303)


@router.get(f"{_COLLECTIONS}/remove")
async def confirm_collection_removal(
    request: Request, principal: Admin, name: CollectionName = ""
) -> Response:
    """Ask whether a collection shall go with all its documents."""
    library = await read_library(service_of(request), principal, Wanted(collection=name))
    if library.collection is None:
        return RedirectResponse(PATH, 303)
    return _change(request, "remove_collection", collection=library.collection)


@router.post(f"{_COLLECTIONS}/remove")
async def remove_collection_by_form(
    request: Request, principal: Admin, name: Name = ""
) -> Response:
    """Have a collection removed."""
    await remove_collection(service_of(request), principal, name)
    return RedirectResponse(_AFTER, 303)


@router.get(f"{PATH}/{{document_id}}/remove")
async def confirm_removal(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Ask whether a document shall go."""
    entry = await _entry(request, principal, document_id)
    return _change(request, "remove", document=entry)


@router.post(f"{PATH}/{{document_id}}/remove")
async def remove_by_form(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Have a document removed."""
    await remove_document(service_of(request), principal, document_id)
    return RedirectResponse(_AFTER, 303)


@router.get(f"{PATH}/{{document_id}}/replace")
async def replacement_page(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Ask for the file that shall take a document's place."""
    entry = await _entry(request, principal, document_id)
    return _change(request, "replace", document=entry)


@router.post(f"{PATH}/{{document_id}}/replace")
async def replace_by_form(
    request: Request, principal: Editor, document_id: DocumentId
) -> Response:
    """Have a document replaced by the file that a form sends."""
    try:
        await replace_document(request, principal, document_id)
    except SourcierError as error:
        fault = _refusal(error)
        if fault.slug == "unknown":
            raise
        entry = await _entry(request, principal, document_id)
        return _change(request, "replace", document=entry, fault=fault)
    return RedirectResponse(_AFTER, 303)


@router.get(PATH)
async def library_page(request: Request, principal: Reader) -> Response:
    """The documents that this reader sees."""
    return await _library(request, principal, Wanted.of(request.query_params))


@router.post(PATH)
async def add_by_form(request: Request, principal: Editor) -> Response:
    """Add the documents that a form sends, then come back to the list."""
    try:
        await add_documents(request, principal)
    except SourcierError as error:
        fault = _refusal(error)
        return await _library(request, principal, Wanted(), upload_fault=fault)
    return RedirectResponse(_AFTER, 303)


def _refusal(error: SourcierError) -> Problem:
    """What was wrong with a form, for its sender to mend; raised where no form would help."""
    problem = problem_of(error)
    if problem.slug not in _TOLD:
        raise error
    return problem


async def _library(
    request: Request,
    principal: Principal,
    wanted: Wanted,
    *,
    upload_fault: Problem | None = None,
    collection_fault: Problem | None = None,
) -> Response:
    """The page of the library, with what was refused beside the form that asked it."""
    service = service_of(request)
    fault = upload_fault or collection_fault
    file_bytes = service.settings.limits.file_bytes
    return pages_of(request).render(
        request,
        "library.html",
        status=fault.status if fault else _OK,
        headers=fault.headers if fault else None,
        nav="documents",
        library=await read_library(service, principal, wanted),
        can_edit=principal.may(Role.EDITOR),
        can_manage=principal.may(Role.ADMIN),
        upload_fault=upload_fault,
        collection_fault=collection_fault,
        format_name=format_name,
        share=share,
        reasons=reasons,
        script_data={"stages": dict(STAGES), "file_bytes": file_bytes},
        file_bytes=file_bytes,
    )


def _change(
    request: Request,
    change: str,
    *,
    document: DocumentEntry | None = None,
    collection: CollectionEntry | None = None,
    fault: Problem | None = None,
) -> Response:
    """The page that confirms a change to a document, or to a collection."""
    action = f"{_COLLECTIONS}/remove"
    if document is not None:
        action = f"{PATH}/{quote(document.id, safe='')}/{change}"
    return pages_of(request).render(
        request,
        "library_change.html",
        status=fault.status if fault else _OK,
        headers=fault.headers if fault else None,
        nav="documents",
        change=change,
        action=action,
        fault=fault,
        document=document,
        collection=collection,
    )


async def _entry(request: Request, principal: Principal, document_id: str) -> DocumentEntry:
    scope = scope_of(principal)
    return await service_of(request).read(lambda catalogue: catalogue.entry(document_id, scope))
