import re

import pytest
from starlette.requests import Request

from rag.web.pages.wording import LANGUAGES, Wording, language_of, typeset_message, wording
from tests.web.asgi import scope

NAMES = re.compile(r"\{(\w+)\}")


def forms(language: str, key: str) -> list[str]:
    entry = wording(language).entries[key]
    return [entry] if isinstance(entry, str) else [entry["one"], entry["other"]]


def names(texts: list[str]) -> set[str]:
    return {name for text in texts for name in NAMES.findall(text)}


def test_every_language_has_every_entry() -> None:
    french, english = (wording(language).entries for language in LANGUAGES)
    assert set(french) == set(english)


def test_entries_take_the_same_values_and_forms_in_every_language() -> None:
    different = []
    for key in wording("fr").entries:
        french, english = (forms(language, key) for language in LANGUAGES)
        if len(french) != len(english) or names(french) != names(english):
            different.append(key)
    assert different == []


def test_french_is_set_as_it_should_be() -> None:
    texts = [text for key in wording("fr").entries for text in forms("fr", key)]
    assert [text for text in texts if re.search(r" [:;!?»]|« |\w'\w", text)] == []


def test_values_take_the_place_of_their_names() -> None:
    assert wording("fr")("answer.cite", number=2, title="{n}") == "Source 2\u00a0: {n}"


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("fr", 0, "0 document cité"),
        ("fr", 1, "1 document cité"),
        ("fr", 2, "2 documents cités"),
        ("en", 0, "0 documents cited"),
    ],
)
def test_a_number_chooses_the_form(language: str, n: int, said: str) -> None:
    assert wording(language)("answer.sources", n=n) == said


def test_an_unknown_entry_and_a_missing_value_are_refused() -> None:
    words = Wording("fr", {"a": "{b}", "c": {"one": "x", "other": "y"}})
    for key in ("nothing", "a", "c"):
        with pytest.raises(KeyError):
            words(key)


def test_tables_are_given_with_their_whole_keys() -> None:
    words = Wording("fr", {"a.b": "x", "a.c.d": {"one": "y", "other": "z"}, "ab.c": "w"})
    assert words.tables("a") == {"a.b": "x", "a.c.d": {"one": "y", "other": "z"}}


def test_numbers_are_written_as_the_language_does() -> None:
    french, english = wording("fr"), wording("en")
    assert french.number(-12345.67, 1) == "\u221212\u202f345,7"
    assert english.number(12345.67, 1) == "12,345.7"
    assert (french.percent(0.938), english.percent(0.938)) == ("94\u00a0%", "94%")
    assert [french.size(each) for each in (999, 1200, 20_000_000)] == [
        "999 o",
        "1,2 ko",
        "20 Mo",
    ]


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("2026-11-22", "22 novembre 2026", "22 November 2026"),
        ("2026-02-01", "1er février 2026", "1 February 2026"),
        ("2026-02-01T09:30:00+00:00", "1er février 2026", "1 February 2026"),
        ("2026-02", "février 2026", "February 2026"),
        ("2026", "2026", "2026"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
        ("hier", "hier", "hier"),
    ],
)
def test_dates_are_said_in_words(iso: str, french: str, english: str) -> None:
    assert (wording("fr").date(iso), wording("en").date(iso)) == (french, english)


def test_a_moment_is_a_date_and_a_time() -> None:
    assert wording("fr").moment(
        "2026-02-03T09:30:00+00:00"
    ) == "3 février 2026 à 9 h 30 (UTC)" or (
        wording("fr").moment("2026-02-03T09:30:00+00:00") == "3 février 2026 à 09 h 30 (UTC)"
    )


def test_what_the_service_says_is_set_but_for_what_it_quotes() -> None:
    said = typeset_message("« L'an 'neuf' » n'est plus là ; voyez l'index.")
    assert said == "«\u00a0L'an 'neuf'\u00a0» n’est plus là\u00a0; voyez l’index."


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
