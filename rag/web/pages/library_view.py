"""Renders the page of the library, with what was refused beside the form that asked it."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.responses import Response

from rag.errors import SourcierError
from rag.library.keys import Role
from rag.service.access import Principal
from rag.web.http.problems import Problem, problem_of
from rag.web.pages.library_listing import (
    STAGES,
    Wanted,
    format_name,
    read_library,
    share,
)
from rag.web.pages.reasons import reasons
from rag.web.pages.rendering import pages_of
from rag.web.security import service_of

_OK: Final = 200
_TOLD: Final = frozenset(
    {"conflict", "media-type", "role", "too-large", "unknown", "upload", "usage"}
)


def refusal_of(error: SourcierError) -> Problem:
    """What was wrong with a form, for its sender to mend.

    Raises:
        SourcierError: the error itself, where no other form would do better.
    """
    problem = problem_of(error)
    if problem.slug not in _TOLD:
        raise error
    return problem


async def show_library(
    request: Request,
    principal: Principal,
    wanted: Wanted,
    *,
    upload_fault: Problem | None = None,
    shelf_fault: Problem | None = None,
) -> Response:
    """The page, as this caller may see it.

    Args:
        request: the one that it answers.
        principal: who asks.
        wanted: which documents are shown.
        upload_fault: why the documents sent just before were refused.
        shelf_fault: why the collection asked for just before was not made.
    """
    service = service_of(request)
    fault = upload_fault or shelf_fault
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
        shelf_fault=shelf_fault,
        format_name=format_name,
        share=share,
        reasons=reasons,
        script_data=_script_data(service.settings.limits.file_bytes),
        file_bytes=service.settings.limits.file_bytes,
    )


def _script_data(file_bytes: int) -> Mapping[str, object]:
    return {"stages": dict(STAGES), "file_bytes": file_bytes}
