"""What a path may answer besides what it was asked for, told in its OpenAPI page."""

from typing import Any, Final

from rag.text.typography import typeset

_DESCRIPTIONS: Final = {
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


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems (RFC 9457) of these statuses; `rag.web.description` gives their shape."""
    return {status: {"description": typeset(_DESCRIPTIONS[status])} for status in statuses}
