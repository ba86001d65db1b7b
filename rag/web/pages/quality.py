"""The page of the last evaluation: how good the answers are, and where they fail."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from rag.errors import BaselineError, UnknownError
from rag.evaluation.report.writing import PAGE
from rag.service.access import Principal, scope_of
from rag.web.pages.findings import FILES, Findings, findings
from rag.web.pages.quality_view import view
from rag.web.pages.rendering import pages_of, wording_of
from rag.web.security import Reader, service_of

router = APIRouter(include_in_schema=False)

_DEFAULT_FOLDER: Final = "build/evaluation"
# It brings its styles within itself and runs nothing.
_CONTAINED: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@router.get("/quality")
async def quality_page(request: Request, principal: Reader) -> Response:
    """The last evaluation in figures, curves and failed questions; or how to make one."""
    folder = service_of(request).settings.server.report
    try:
        found = await run_in_threadpool(findings, folder)
    except BaselineError as error:
        return _without(request, principal, str(error))
    if found is None:
        return _without(request, principal, "")
    return await _with(request, principal, found)


@router.get("/quality/report/{name}")
async def report_file(request: Request, name: str, principal: Reader) -> Response:
    """A file of the last report; its page to be read, the others to be saved."""
    path = service_of(request).settings.server.report / name
    known = name in FILES and _sees_questions(principal)
    if not known or not await run_in_threadpool(path.is_file):
        raise UnknownError("Ce rapport d'évaluation n'est pas là, ou votre clé ne l'ouvre pas.")
    headers = {"Content-Type": FILES[name]}
    if name == PAGE:
        return FileResponse(path, headers={**headers, "Content-Security-Policy": _CONTAINED})
    return FileResponse(path, headers=headers, filename=name)


async def _with(request: Request, principal: Principal, found: Findings) -> Response:
    told = _sees_questions(principal)
    pages, words, scope = pages_of(request), wording_of(request), scope_of(principal)
    versions = found.versions if told else frozenset()
    documents = await service_of(request).read(
        lambda catalogue: catalogue.by_version(versions, scope)
    )

    def render() -> Response:
        quality = view(found, words, documents)
        return pages.render(request, "quality.html", nav="quality", quality=quality, told=told)

    return await run_in_threadpool(render)


def _without(request: Request, principal: Principal, fault: str) -> Response:
    """What to run for there to be a report. Paths are for those who may know them."""
    folder = service_of(request).settings.server.report
    return pages_of(request).render(
        request,
        "quality.html",
        nav="quality",
        quality=None,
        unread=bool(fault),
        fault=fault if principal.trusted else "",
        folder=folder if principal.trusted else Path(_DEFAULT_FOLDER),
    )


def _sees_questions(principal: Principal) -> bool:
    """Whether the questions may be told, which quote documents of any collection."""
    return principal.collections is None
