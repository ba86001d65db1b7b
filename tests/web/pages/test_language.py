import pytest
from starlette.requests import Request

from rag.web.pages.language import language_of
from tests.web.asgi import scope


def spoken(accepted: str = "", cookie: str = "", query: str = "") -> str:
    given = {"accept-language": accepted, "cookie": cookie}
    asked = scope(headers={name: value for name, value in given.items() if value})
    return language_of(Request({**asked, "query_string": query.encode()}))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("fr;q=0.5, en;q=0.9", "en"),
        ("de, en;q=0.2", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("fr, en", "fr"),
        ("*", "fr"),
        ("en;q=zéro".encode().decode("latin-1"), "fr"),
        ("de", "fr"),
        (";;,,q=", "fr"),
    ],
)
def test_the_browser_says_which_language_it_prefers(accepted: str, language: str) -> None:
    assert spoken(accepted) == language


def test_what_was_chosen_goes_before_what_the_browser_prefers() -> None:
    assert spoken("fr", cookie="sourcier_lang=en") == "en"
    assert spoken("fr", cookie="sourcier_lang=tlh") == "fr"


def test_what_the_address_says_goes_before_all() -> None:
    assert spoken("fr", cookie="sourcier_lang=fr", query="lang=en") == "en"
    assert spoken("en", query="lang=../../etc/passwd") == "en"
