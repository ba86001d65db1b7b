"""Errors as RFC 9457 problem JSON: what happened, what to do, and nothing of the inside."""

import errno
import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from rag import errors
from rag.text.typography import typeset
from rag.web.http.field_errors import faults
from rag.web.http.request_context import current

MEDIA_TYPE: Final = "application/problem+json"
_URN: Final = "urn:sourcier:problem:"
_OPENAI: Final = ("/v1/chat/", "/v1/models")
_PROGRAMS: Final = ("/v1/", "/static/", "/openapi.json", "/healthz", "/readyz", "/metrics")
_LONGEST_PATH: Final = 500
_RETRY_SECONDS: Final = 5
_SERVER: Final = 500
_UNAVAILABLE: Final = 503
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_DEPTH: Final = 5
_LOG: Final = logging.getLogger("sourcier.problem")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a request is answered with in place of what it asked for.

    ``slug`` names its kind for programs; ``faults`` are those of the request's fields;
    ``file`` is the one among the files sent that is refused, if it is one.
    """

    slug: str
    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()
    file: str = ""


class Refused(HTTPException):
    """A request that the frame itself refuses; its ``problem`` is the answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail, dict(problem.headers))
        self.problem = problem


_KINDS: Final[Mapping[type[errors.SourcierError], tuple[str, int, str]]] = {
    errors.UnknownError: ("unknown", 404, "Introuvable"),
    errors.ConflictError: ("conflict", 409, "Conflit"),
    errors.KeyRefusedError: ("key", 401, "Clé demandée"),
    errors.RoleError: ("role", 403, "Rôle insuffisant"),
    errors.UploadTooLargeError: ("too-large", 413, "Envoi trop volumineux"),
    errors.MediaTypeError: ("media-type", 415, "Format non lu"),
    errors.UploadError: ("upload", 422, "Envoi refusé"),
    errors.QueueFullError: ("queue-full", 503, "Trop de questions à la fois"),
    errors.RateLimitError: ("rate-limit", 429, "Trop de requêtes"),
    errors.LibraryError: ("records", 503, "Registres indisponibles"),
    errors.QuestionError: ("question", 422, "Question refusée"),
    errors.UsageError: ("usage", 422, "Requête refusée"),
    errors.ReadError: ("unreadable", 422, "Document illisible"),
    errors.IndexMissingError: ("index-missing", 503, "Aucun index"),
    errors.IndexStaleError: ("index-stale", 503, "Index périmé"),
    errors.IndexCorruptError: ("index-corrupt", 503, "Index abîmé"),
    errors.IndexBusyError: ("index-busy", 503, "Index en cours de construction"),
    errors.IndexingError: ("index", 503, "Index indisponible"),
    errors.ModelError: ("model", 503, "Modèle indisponible"),
}
_INSIDE: Final[Mapping[type[errors.SourcierError], str]] = {
    errors.IndexMissingError: "Aucun document n'est indexé pour le moment. Ajoutez-en, ou "
    "demandez à la personne qui gère ce service de construire l'index.",
    errors.IndexingError: "L'index ne peut pas répondre pour le moment. La personne qui "
    "gère ce service en trouvera la raison dans son journal.",
    errors.ModelError: "Le modèle ne peut pas servir pour le moment. La personne qui gère "
    "ce service en trouvera la raison dans son journal.",
    errors.LibraryError: "Les registres du service ne répondent pas pour le moment. "
    "Réessayez ; si cela dure, la personne qui gère ce service en trouvera la raison dans "
    "son journal.",
}
_STATUSES: Final = {
    400: ("malformed", "Requête mal formée", "Le corps de la requête n'a pas pu être lu."),
    404: ("not-found", "Introuvable", "Rien n'est à cette adresse. Voyez /openapi.json."),
    405: (
        "method",
        "Méthode non admise",
        "Cette adresse n'admet pas cette méthode ; l'en-tête Allow dit lesquelles.",
    ),
    413: ("too-large", "Envoi trop volumineux", "Le corps de la requête est trop volumineux."),
}
_OTHER: Final = ("refused", "Requête refusée", "La requête n'a pas pu être traitée.")
FULL: Final = Problem(
    "disk-full",
    507,
    "Plus de place",
    "Le disque du service est plein. Rien n'a été changé ; réessayez une fois la place faite.",
)
INTERNAL: Final = Problem(
    "internal",
    500,
    "Erreur inattendue",
    "C'est un défaut de Sourcier. Signalez-le avec l'identifiant de cette requête.",
)


def problem_of(error: BaseException, *, trusted: bool = False) -> Problem:
    """The problem that an error, of ours or not, is to whoever asked.

    ``trusted``: whether details that name files and settings may be told.
    """
    if isinstance(error, Refused):
        return error.problem
    if _disk_full(error):
        return FULL
    if isinstance(error, errors.SourcierError):
        return _of_ours(error, trusted)
    if isinstance(error, RequestValidationError):
        return Problem(
            "validation",
            422,
            "Requête refusée",
            "Des champs de la requête ne sont pas ceux attendus ; « errors » dit lesquels.",
            faults=tuple(faults(error.errors())),
        )
    if isinstance(error, HTTPException):
        # A body that could not be read: what kept it from being read says more.
        if isinstance(error.__cause__, errors.SourcierError | OSError):
            return problem_of(error.__cause__, trusted=trusted)
        slug, title, told = _STATUSES.get(error.status_code, _OTHER)
        return Problem(slug, error.status_code, title, told, error.headers or {})
    return INTERNAL


def as_json(problem: Problem, scope: Scope) -> bytes:
    """A problem as JSON, for the request of this scope.

    On the paths of the API of OpenAI it carries an ``error`` member too, for its clients.
    """
    path = scope["path"]
    detail = typeset(problem.detail)
    members: dict[str, Any] = {
        "type": _URN + problem.slug,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": quote(path[:_LONGEST_PATH], errors="replace"),
        "request_id": current().id,
    }
    if problem.faults:
        members["errors"] = problem.faults
    if path.startswith(_OPENAI):
        said = (typeset(f"{each['field']} : {each['message']}.") for each in problem.faults)
        members["error"] = {
            "message": " ".join([detail, *said]),
            "type": _openai_type(problem.status),
            "param": problem.faults[0]["field"] if problem.faults else None,
            "code": problem.slug,
        }
    return json.dumps(members, ensure_ascii=False).encode("utf-8", "replace")


def respond(problem: Problem, scope: Scope) -> Response:
    """The response that tells a problem: a page to who reads pages, or else JSON."""
    current().problem = problem.slug
    if wants_page(scope):
        page: Response = scope["app"].state.pages.fault(problem, scope)
        return page
    return Response(
        as_json(problem, scope), problem.status, dict(problem.headers), media_type=MEDIA_TYPE
    )


def wants_page(scope: Scope) -> bool:
    """Whether a browser shows what this request is answered with."""
    path = scope["path"]
    accepted = Headers(scope=scope).get("accept", "").lower()
    return not path.startswith(_PROGRAMS) and "text/html" in accepted


def install(app: FastAPI) -> None:
    """Have every error that a route raises answered as a problem."""
    for kind in (errors.SourcierError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    problem = problem_of(error, trusted=current().trusted)
    if problem.status >= _SERVER:
        _LOG.error("%s : %s", type(error).__name__, error)
    return respond(problem, request.scope)


def _of_ours(error: errors.SourcierError, trusted: bool) -> Problem:
    kind = next((each for each in type(error).__mro__ if each in _KINDS), None)
    if kind is None:
        return INTERNAL
    slug, status, title = _KINDS[kind]
    told = None
    if not trusted:
        told = next((_INSIDE[each] for each in type(error).__mro__ if each in _INSIDE), None)
    file = error.file if isinstance(error, errors.ServiceError) else ""
    return Problem(slug, status, title, told or str(error), _headers(error, status), file=file)


def _headers(error: errors.SourcierError, status: int) -> Mapping[str, str]:
    if isinstance(error, errors.BusyError):
        return {"Retry-After": str(max(1, error.retry_after))}
    if isinstance(error, errors.KeyRefusedError):
        return {"WWW-Authenticate": 'Bearer realm="sourcier"'}
    if isinstance(error, errors.UploadTooLargeError):
        # The rest of the body would have to be read before another request.
        return {"Connection": "close"}
    if status == _UNAVAILABLE:
        return {"Retry-After": str(_RETRY_SECONDS)}
    return {}


def _disk_full(error: BaseException) -> bool:
    """Whether the error, or what caused it, is that no room is left."""
    seen: BaseException | None = error
    for _ in range(_DEPTH):
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        if getattr(seen, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return True
        seen = seen.__cause__ if seen is not None else None
    return False


def _openai_type(status: int) -> str:
    if status >= _SERVER:
        return "server_error"
    return {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(
        status, "invalid_request_error"
    )
