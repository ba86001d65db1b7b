"""Templates into pages: what every page is given, and the headers that keep it safe."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request as PlainRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from rag.errors import LibraryError
from rag.web.http.problems import Problem
from rag.web.http.request_context import current
from rag.web.pages.links import asking_url, inert, reading_url, switch_url, way_to, web_url
from rag.web.pages.static import StaticFiles, read_static
from rag.web.pages.wording import (
    COOKIE,
    LANGUAGES,
    Wording,
    asked_language,
    language_of,
    typeset_message,
    wording,
)
from rag.web.security import Gate, known_principal

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_YEAR: Final = 31_536_000
_KEY: Final = 401
_SERVER: Final = 500
# The faults whose details speak of the API, and those whose details say what to do.
_FOR_PROGRAMS: Final = frozenset(
    {"not-found", "internal", "disk-full", "validation", "role", "too-large"}
)
_ADVISING: Final = frozenset({"unknown", "queue-full", "rate-limit", "index-missing"})
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # With « no-referrer » a browser hides where a form comes from, even from ourselves.
    "Referrer-Policy": "same-origin",
}


class Pages:
    """Renders templates; those of an application are in ``app.state.pages``.

    Every template has: ``w`` (`Wording`), ``lang``, ``languages``, ``principal`` (None where
    nobody was admitted yet), ``keyed`` (whether the caller has a key), ``unknown`` (whether
    one is demanded of them), ``nav`` (the entry of the menu that is current, or empty),
    ``path`` (the page's own local address), ``asset(name)``, ``switch_url(lang)``,
    ``way_to(asked)``, ``asking_url(asked)``, ``reading_url(place)`` and ``web_url(url)``; and
    the filters ``inert``, for what documents and people name themselves, and
    ``typeset_message``, for what the service says in French.
    """

    def __init__(self) -> None:
        self.static: Final[StaticFiles] = read_static()
        self._templates: Final = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals.update(
            asset=self.static.url,
            languages=LANGUAGES,
            asking_url=asking_url,
            reading_url=reading_url,
            way_to=way_to,
            web_url=web_url,
        )
        self._templates.filters.update(inert=inert, typeset_message=typeset_message)
        self._templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}

    def render(
        self,
        request: PlainRequest,
        template: str,
        *,
        status: int = 200,
        nav: str = "",
        headers: Mapping[str, str] | None = None,
        **context: Any,  # noqa: ANN401 - whatever the template takes
    ) -> Response:
        """A page; ``nav`` is the entry of the menu that it is: ask, documents or quality.

        ``context`` is what the template needs besides what every one has.
        """
        principal = known_principal(request.scope)
        words = wording_of(request)
        page = self._templates.get_template(template).render(
            w=words,
            lang=words.language,
            principal=principal,
            keyed=principal is not None and bool(principal.key),
            unknown=principal is None and _keys_demanded(request),
            nav=nav,
            path=_path(request),
            switch_url=lambda language: switch_url(request, language),
            **context,
        )
        response = HTMLResponse(page, status, {**_HEADERS, **(headers or {})})
        _remember_language(request, response)
        return response

    def fault(self, problem: Problem, scope: Scope) -> Response:
        """The page that tells a problem; without a key, the one that asks for it."""
        request = PlainRequest(scope)
        if problem.status == _KEY:
            # Where a key is given, before coming back to what was asked for.
            return RedirectResponse(f"/session?{urlencode({'to': _path(request)})}", 303)
        kind = _kind(problem, wording_of(request))
        return self.render(
            request,
            "fault.html",
            status=problem.status,
            headers=dict(problem.headers),
            problem=problem,
            kind=kind,
            detail="" if kind in _FOR_PROGRAMS else typeset_message(problem.detail),
            advised=kind not in _ADVISING,
            request_id=current().id,
        )


@cache
def read_pages() -> Pages:
    """Those of every application of this process: read once, they never change."""
    return Pages()


def pages_of(request: Request) -> Pages:
    """Those of this application."""
    pages: Pages = request.app.state.pages
    return pages


def wording_of(request: PlainRequest) -> Wording:
    """The interface in the language that the request wants."""
    return wording(language_of(request))


def _path(request: PlainRequest) -> str:
    """The page's own local address; of what was sent by a form, that of the form."""
    query = request.url.query if request.method in {"GET", "HEAD"} else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def _keys_demanded(request: PlainRequest) -> bool:
    gate: Gate = request.app.state.gate
    try:
        return gate.demanded
    except LibraryError:
        # The page that says so is shown all the same.
        return False


def _kind(problem: Problem, words: Wording) -> str:
    """Which of the catalogue's faults it is."""
    if f"fault.title.{problem.slug}" in words.entries:
        return problem.slug
    return "unavailable" if problem.status >= _SERVER else "other"


def _remember_language(request: PlainRequest, response: Response) -> None:
    asked = asked_language(request)
    if asked is None:
        return
    response.set_cookie(
        COOKIE,
        asked,
        max_age=_YEAR,
        samesite="lax",
        httponly=True,
        secure=request.url.scheme == "https",
    )
