"""The page where a key is given, kept in a cookie that scripts cannot read, and dropped."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from rag.errors import KeyRefusedError
from rag.library.keys import Role
from rag.web.pages.links import local_path
from rag.web.pages.rendering import pages_of
from rag.web.security import KEY_COOKIE, Gate, service_of

router = APIRouter(include_in_schema=False)

_MONTH: Final = 30 * 86_400
_OUT: Final = "out"
_LONGEST: Final = 2000

Field = Annotated[str, Form(max_length=_LONGEST)]


@router.get("/session")
async def session(request: Request) -> Response:
    """Who is known by which key, or the form that takes one."""
    asked = request.query_params.get("to")
    if not _admitted(request):
        return _form(request, local_path(asked), headers=_again(request))
    if asked is not None:
        return RedirectResponse(local_path(asked), 303)
    return _form(request, "/")


@router.post("/session")
async def change_session(
    request: Request, key: Field = "", to: Field = "/", action: Field = ""
) -> Response:
    """Keep a key that is valid, or drop the one that is kept."""
    target = local_path(to)
    if action == _OUT:
        response = RedirectResponse("/session", 303)
        _keep(request, response, "", 0)
        return response
    secret = key.strip()
    known = await run_in_threadpool(service_of(request).keys.find, secret)
    if known is None:
        return _form(request, target, refused=True, status=403)
    response = RedirectResponse(target, 303)
    _keep(request, response, secret, _MONTH)
    return response


def _admitted(request: Request) -> bool:
    gate: Gate = request.app.state.gate
    try:
        gate.enter(request.scope, Role.READER)
    except KeyRefusedError:
        return False
    return True


def _form(
    request: Request,
    target: str,
    *,
    refused: bool = False,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return pages_of(request).render(
        request, "session.html", status=status, headers=headers, to=target, refused=refused
    )


def _again(request: Request) -> dict[str, str]:
    """Come once more, from here: a browser keeps the cookie to itself on links from others."""
    if request.headers.get("sec-fetch-site") != "cross-site":
        return {}
    return {"Refresh": f"0; url=/session?{request.url.query}"}


def _keep(request: Request, response: Response, secret: str, seconds: int) -> None:
    response.set_cookie(
        KEY_COOKIE,
        secret,
        max_age=seconds,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
