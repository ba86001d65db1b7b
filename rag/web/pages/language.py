"""Which language a reader wants: asked for, remembered, preferred by the browser, or French."""

from collections.abc import Iterator
from typing import Final

from fastapi import Request

from rag.web.pages.wording import LANGUAGES

COOKIE: Final = "sourcier_lang"
_PARAMETER: Final = "lang"
_RANGES: Final = 20


def asked_language(request: Request) -> str | None:
    """The language that the address asks for, ``?lang=en``; None where it asks for none."""
    asked = request.query_params.get(_PARAMETER)
    return asked if asked in LANGUAGES else None


def language_of(request: Request) -> str:
    """The language to answer in."""
    asked = asked_language(request) or request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return str(asked)
    preferred = sorted(_preferences(request.headers.get("accept-language", "")), reverse=True)
    return next((language for _, _, language in preferred), LANGUAGES[0])


def _preferences(header: str) -> Iterator[tuple[float, int, str]]:
    """Our languages among those accepted: how much each is wanted, then how early."""
    for position, each in enumerate(header.split(",")[:_RANGES]):
        name, _, parameters = each.partition(";")
        language = name.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > 0:
            yield weight, -position, language


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
