"""The library: which documents there are, and for those who may, adding some."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from rag.errors import SourcierError
from rag.web.forms import add_documents
from rag.web.pages import changing
from rag.web.pages.library_listing import PATH, Wanted
from rag.web.pages.library_view import refusal_of, show_library
from rag.web.security import Editor, Reader

router = APIRouter(include_in_schema=False)
router.routes.extend(changing.router.routes)


@router.get(PATH)
async def library_page(request: Request, principal: Reader) -> Response:
    """The documents that this reader sees."""
    return await show_library(request, principal, Wanted.of(request.query_params))


@router.post(PATH)
async def add_by_form(request: Request, principal: Editor) -> Response:
    """Add the documents that a form sends, then come back to the list."""
    try:
        await add_documents(request, principal)
    except SourcierError as error:
        fault = refusal_of(error)
        return await show_library(request, principal, Wanted(), upload_fault=fault)
    return RedirectResponse(f"{PATH}#activity", 303)
