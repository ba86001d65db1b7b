import pytest
from starlette.requests import Request

from rag.types import Place
from rag.web.pages.links import (
    asking_url,
    inert,
    local_path,
    reading_url,
    switch_url,
    way_to,
    web_url,
)
from tests.web.asgi import scope


@pytest.mark.parametrize("url", ["https://a.example/x?y=é", "HTTP://a.example"])
def test_the_web_is_linked_to(url: str) -> None:
    assert web_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " https://a.example",
        "java\nscript:alert(1)",
        "https://a.example/\nx",
        "data:text/html,x",
        "//a.example",
        "/local",
        "https:a.example",
    ],
)
def test_nothing_else_is(url: str | None) -> None:
    assert web_url(url) is None


@pytest.mark.parametrize("path", ["/", "/documents?q=a&b=//c", "/documents/x#y"])
def test_a_local_path_is_followed(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "documents",
    ],
)
def test_no_other_address_is(path: str | None) -> None:
    assert local_path(path) == "/"


def test_a_place_is_read_where_it_is_cited() -> None:
    place = Place("a/b?c", "Titre", 3, 9)
    assert reading_url(place) == "/documents/a%2Fb%3Fc?start=3&end=9#citation"
    assert "&q=Qui+%26+quoi+%3F#" in reading_url(place, ("Qui & quoi ?",))


def test_a_question_is_named_after_those_that_led_to_it() -> None:
    assert (
        asking_url(("Où & quand ?", "", "Et qui ?")) == "/?q=O%C3%B9+%26+quand+%3F&q=Et+qui+%3F"
    )
    assert asking_url(()) == asking_url(("",)) == "/?"
    many = tuple(map(str, range(9)))
    assert [each for _, each in way_to(many)] == ["3", "4", "5", "6", "7", "8"]


def test_what_led_to_a_question_takes_no_more_room_than_there_is() -> None:
    long = "x" * 4000
    assert [each for _, each in way_to(("a", "b" * 600, "c" * 400, long))] == [
        "b" * 600,
        "c" * 400,
        long,
    ]
    assert [each for _, each in way_to(("a", long, "c", "d"))] == ["c", "d"]


def test_a_name_turns_nothing_around() -> None:
    assert inert("a\u202egpj.exe\u2069 \u200fx") == "agpj.exe x"
    assert inert("Quoi ? « oui »") == "Quoi\u00a0? «\u00a0oui\u00a0»"


def test_the_language_is_switched_on_the_same_page() -> None:
    asked = Request({**scope(path="/documents"), "query_string": b"q=a%26b&lang=fr&q=c"})
    assert switch_url(asked, "en") == "/documents?q=a%26b&q=c&lang=en"
    sent = Request({**scope("POST", "/"), "query_string": b"q=a"})
    assert switch_url(sent, "en") == "/?lang=en"
