"""The OpenAPI page: what the service says of itself to those who write its clients."""

from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rag.text.typography import typeset
from rag.web.http.problems import MEDIA_TYPE

_TITLE: Final = "Sourcier"
_SUMMARY: Final = "Des réponses tirées de vos documents, citées au caractère près."
_DESCRIPTION: Final = """\
Sourcier répond à des questions à partir de vos documents, et chaque phrase de ses réponses
mène aux caractères exacts dont elle vient : `document.text[start:end] == quote`, les positions
étant des points de code Unicode, fin exclue.

**Clés.** Sur la machine même, aucune clé n'est demandée tant qu'aucune n'a été créée. Partout
ailleurs, chaque requête porte `Authorization: Bearer src_…`. Une clé a un rôle : `reader`
interroge et lit, `editor` ajoute, remplace et retire des documents, `admin` tient les
collections et voit les mesures. Elle peut être restreinte à des collections : les autres
n'existent pas pour elle (404).

**Erreurs.** Toujours du JSON selon la RFC 9457 (`application/problem+json`) : `type` pour les
programmes, `detail` pour les personnes, `request_id` pour retrouver la requête dans le journal.

**Débit.** Quand trop de questions attendent, ou quand une clé a épuisé ses requêtes, la réponse
est 503 ou 429 et `Retry-After` dit dans combien de secondes revenir.
"""
_TAGS: Final = (
    ("Questions", "Poser une question, chercher des passages, juger une réponse."),
    ("Documents", "Lire, ajouter, remplacer et retirer des documents."),
    ("Collections", "Les rayons où les documents sont rangés."),
    ("Travaux", "Suivre ce qui change dans l'index."),
    ("OpenAI", "La même chose par l'API d'OpenAI, pour tout client qui la parle."),
    ("Exploitation", "Savoir si le service tourne, s'il peut répondre, et comment il va."),
)
_STATUSES: Final = {
    401: "Une clé est demandée, ou celle-ci est inconnue ou révoquée.",
    403: "Le rôle de la clé ne va pas jusque-là.",
    404: "Rien de tel, ou rien que cette clé puisse connaître.",
    409: "Cela existe déjà, ou est en train de changer.",
    413: "Trop d'octets, ou trop de fichiers.",
    415: "Le contenu n'est d'aucun format lu.",
    416: "La partie demandée n'est pas dans le fichier ; `Content-Range` en dit la taille.",
    422: "La requête ne peut pas être comprise ; `errors` nomme les champs refusés.",
    429: "Cette clé a fait trop de requêtes ; `Retry-After` dit quand revenir.",
    503: "Le service ne peut pas répondre pour l'instant ; `Retry-After` dit quand revenir.",
    507: "Le disque du service est plein.",
}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problème",
    "description": "Ce qui s'est passé et ce qu'il faut faire, selon la RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "La nature du problème, pour les programmes.",
        },
        "title": {"type": "string", "description": "La nature du problème, en clair."},
        "status": {"type": "integer", "description": "Le statut HTTP."},
        "detail": {"type": "string", "description": "Ce qui s'est passé, et quoi faire."},
        "instance": {"type": "string", "description": "Le chemin de la requête."},
        "request_id": {
            "type": "string",
            "description": "L'identifiant de la requête, aussi dans l'en-tête X-Request-Id.",
        },
        "errors": {
            "type": "array",
            "description": "Les champs refusés, s'il y en a.",
            "items": {
                "type": "object",
                "required": ["field", "type", "message"],
                "properties": {
                    "field": {"type": "string", "description": "Où, par exemple body.k."},
                    "type": {"type": "string", "description": "La nature de la faute."},
                    "message": {"type": "string", "description": "Ce qui est attendu."},
                },
            },
        },
        "error": {
            "type": "object",
            "description": "La même chose pour les clients de l'API d'OpenAI, sur ses chemins.",
        },
    },
    "examples": [
        {
            "type": "urn:sourcier:problem:queue-full",
            "title": "Trop de questions à la fois",
            "status": 503,
            "detail": "128 questions attendent déjà. Réessayez dans 2 s.",
            "instance": "/v1/ask",
            "request_id": "6f1d0c2b9a7e4f35",
        }
    ],
}
_RESPONSE: Final[dict[str, Any]] = {
    "description": "Un problème.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_REFERENCE: Final = {"$ref": "#/components/responses/Problem"}
_GENERATED: Final = ("HTTPValidationError", "ValidationError")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems (RFC 9457) of these statuses."""
    return {status: {"description": typeset(_STATUSES[status])} for status in statuses}


def describe(app: FastAPI) -> None:
    """Have the application describe itself, once, the first time it is asked to."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _schema(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schema(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=_TITLE,
        version=version("sourcier"),
        summary=_SUMMARY,
        description=typeset(_DESCRIPTION),
        routes=app.routes,
        tags=[{"name": name, "description": told} for name, told in _TAGS],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _GENERATED:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    components["responses"] = {"Problem": _RESPONSE}
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            _tell_problems(operation["responses"])
    return schema


def _tell_problems(responses: dict[str, Any]) -> None:
    """Every operation may be answered with a problem; those it tells of keep their words."""
    generated = responses.get("422", {}).get("content", {}).get("application/json", {})
    if str(generated.get("schema", {}).get("$ref", "")).endswith(_GENERATED):
        responses.pop("422")
    for status, response in responses.items():
        if status.startswith(("4", "5")):
            response.pop("content", None)
            response["content"] = _RESPONSE["content"]
    responses["4XX"] = responses["5XX"] = _REFERENCE
