"""How a request tells who sends it: keys in headers and cookies, and how often they ask."""

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from rag.errors import KeyRefusedError
from rag.library.keys import Keys, Role
from rag.service.access import LOCAL, Principal
from rag.service.service import Service
from rag.settings import ServerSettings
from rag.text.typography import typeset
from rag.web.http.host_checks import is_loopback
from rag.web.http.limits import RateLimits
from rag.web.http.request_context import current

_LONGEST_SECRET: Final = 200
_OURS: Final = "src_"
_PROXIED: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
_PRINCIPAL: Final = "sourcier.principal"
KEY_COOKIE: Final = "sourcier_key"
"""The cookie that carries the key of a person at the pages, where keys are demanded."""


class Gate:
    """Tells who sends a request; on one thread.

    Keys are demanded where the settings say so, beyond the loopback, of whatever came
    through a proxy, and as soon as one was made: revoking the last one opens nothing.
    """

    def __init__(self, server: ServerSettings, keys: Keys) -> None:
        self._keys = keys
        self._rates = RateLimits(server.requests_per_minute)
        self._demanded = (
            server.keys == "required" or not is_loopback(server.host) or keys.any_made()
        )

    @property
    def demanded(self) -> bool:
        """Whether a key is demanded of everyone; `LibraryError` where that is not known."""
        self._demanded = self._demanded or self._keys.any_made()
        return self._demanded

    def admit(self, scope: Scope) -> Principal:
        """Who sends this request.

        Raises:
            KeyRefusedError: a key is demanded, and none that is valid was given.
            RateLimitError: the key asked as often as it may for now.
        """
        secret = _secret(scope)
        demanded = self.demanded
        if not (demanded or _proxied(scope) or secret.startswith(_OURS)):
            # Clients of other APIs send a key of their own making: it means nothing here.
            return LOCAL
        cookies = Headers(scope=scope).get("cookie", "")
        secret = secret or cookie_parser(cookies).get(KEY_COOKIE, "")
        key = self._keys.find(secret) if 0 < len(secret) <= _LONGEST_SECRET else None
        if key is None:
            raise KeyRefusedError(_refusal(secret, demanded))
        current().key = key.id
        self._rates.take(key.id)
        return Principal.of(key)

    def enter(self, scope: Scope, role: Role) -> Principal:
        """Who sends this request, remembered with it; `RoleError` below the role given."""
        principal = known_principal(scope)
        if principal is None:
            principal = scope[_PRINCIPAL] = self.admit(scope)
            current().trusted = principal.trusted
        principal.require(role)
        return principal


def known_principal(scope: Scope) -> Principal | None:
    """Who sends this request, where `Gate.enter` has told already."""
    principal = scope.get(_PRINCIPAL)
    return principal if isinstance(principal, Principal) else None


class Demand(SecurityBase):
    """A dependency that gives the caller, who must have at least a role."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.model = BearerModel(
            description=typeset(
                "Une clé faite par `sourcier keys create`, dans l'en-tête "
                "`Authorization: Bearer src_…` (ou `X-API-Key: src_…`). Sans objet tant que le "
                "service n'écoute que sur cette machine et qu'aucune clé n'a été créée."
            )
        )
        self.scheme_name = "Clé"

    async def __call__(self, request: Request) -> Principal:
        """The caller; see `Gate.enter`."""
        gate: Gate = request.app.state.gate
        return gate.enter(request.scope, self.role)


Reader = Annotated[Principal, Depends(Demand(Role.READER))]
Editor = Annotated[Principal, Depends(Demand(Role.EDITOR))]
Admin = Annotated[Principal, Depends(Demand(Role.ADMIN))]


def service_of(request: Request) -> Service:
    """The service behind this application."""
    service: Service = request.app.state.service
    return service


def _secret(scope: Scope) -> str:
    """The key given; empty where there is none, or several."""
    headers = Headers(scope=scope)
    given = headers.getlist("authorization")
    if not given:
        return headers.get("x-api-key", "").strip()
    scheme, _, secret = given[0].partition(" ")
    return secret.strip() if len(given) == 1 and scheme.lower() == "bearer" else ""


def _proxied(scope: Scope) -> bool:
    return any(name in _PROXIED for name, _ in scope["headers"])


def _refusal(secret: str, demanded: bool) -> str:
    if secret:
        return (
            "Cette clé est inconnue ou révoquée. Demandez-en une à la personne qui gère ce "
            "service (sourcier keys create)."
        )
    if not demanded:
        return (
            "Cette requête vient d'un proxy, et peut-être d'une autre machine : une clé est "
            "donc demandée. Elle se crée par la commande sourcier keys create."
        )
    return (
        "Ce service demande une clé : en-tête « Authorization: Bearer src_… ». "
        "Elle se crée par la commande sourcier keys create."
    )
