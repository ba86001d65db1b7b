"""The application: routes, and around them what holds for every request."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.library.keys import Role
from rag.service.service import Service
from rag.web import openai
from rag.web.api import (
    ask,
    collections,
    document_content,
    documents,
    feedback,
    health,
    jobs,
    search,
)
from rag.web.description import describe
from rag.web.http.host_checks import HostChecks
from rag.web.http.limits import Limits
from rag.web.http.logs import RequestLog
from rag.web.http.metrics import Metrics
from rag.web.http.problems import install
from rag.web.http.request_context import ResponseHeaders
from rag.web.pages import ask as ask_page
from rag.web.pages import library as library_page
from rag.web.pages import quality as quality_page
from rag.web.pages import reading as reading_page
from rag.web.pages import session as session_page
from rag.web.pages import static as static_files
from rag.web.pages.examples import Examples
from rag.web.pages.rendering import read_pages
from rag.web.security import Demand, Gate

_ROUTERS: Final[tuple[APIRouter, ...]] = (
    ask.router,
    search.router,
    openai.router,
    documents.router,
    document_content.router,
    collections.router,
    jobs.router,
    feedback.router,
    health.router,
    ask_page.router,
    library_page.router,
    reading_page.router,
    quality_page.router,
    session_page.router,
    static_files.router,
)
_PREFLIGHT_SECONDS: Final = 600


def create_app(service: Service) -> FastAPI:
    """The HTTP service over an opened `Service`, which it starts and stops.

    ``app.state`` has ``service``, ``metrics``, ``gate``, ``pages`` and ``examples``.
    """
    app = FastAPI(
        # Pages that load scripts from elsewhere are not for a service that phones nobody.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=_lifespan(service),
    )
    app.state.service = service
    app.state.metrics = Metrics(service)
    app.state.gate = Gate(service.settings.server, service.keys)
    app.state.pages = read_pages()
    app.state.examples = Examples(service)
    # Included routers are matched one inside the other, twice: a flat list is quicker.
    app.router.routes.extend(_guarded(app.state.gate))
    _surround(app, service)
    install(app)
    describe(app)
    return app


def _lifespan(service: Service) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    return lifespan


def _surround(app: FastAPI, service: Service) -> None:
    """Put the layers around the routes, the innermost first."""
    server = service.settings.server
    app.add_middleware(Limits, server=server)
    if server.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=server.origins,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "X-API-Key", "X-Request-Id"),
            expose_headers=("Location", "Retry-After", "X-Request-Id"),
            max_age=_PREFLIGHT_SECONDS,
        )
    app.add_middleware(HostChecks, server=server)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.add_middleware(ResponseHeaders)


def _guarded(gate: Gate) -> Iterator[APIRoute]:
    for router in _ROUTERS:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise TypeError(f"{route} is no API route")
            role = demanded_role(route)
            guarded = copy(route)
            if role is not None:
                guarded.app = _Guarded(route.app, gate, role)
            yield guarded


class _Guarded:
    """A route that reads nothing of a body before it knows who sends it."""

    def __init__(self, app: ASGIApp, gate: Gate, role: Role) -> None:
        self._app = app
        self._gate = gate
        self._role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate.enter(scope, self._role)
        await self._app(scope, receive, send)


def demanded_role(route: APIRoute) -> Role | None:
    """The least role that a route asks of its caller; None where anybody may come."""
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((call.role for call in calls if isinstance(call, Demand)), None)
