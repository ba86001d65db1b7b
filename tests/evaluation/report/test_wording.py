import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.report import wording


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (0, 0, "0"),
        (1234.5, 1, "1\u202f234,5"),
        (1234567, 0, "1\u202f234\u202f567"),
        (-0.25, 2, "−0,25"),
        (-0.001, 1, "0,0"),
        (math.nan, 1, "–"),
        (math.inf, 1, "–"),
    ],
)
def test_numbers_are_french(value: float, digits: int, words: str) -> None:
    assert wording.number(value, digits) == words


def test_a_difference_shows_its_sign_but_for_zero() -> None:
    assert wording.signed(0.031, 2) == "+0,03"
    assert wording.signed(-0.031, 2) == "−0,03"
    assert wording.signed(0.0001, 2) == "0,00"


def test_a_share_is_a_percentage_that_no_line_parts() -> None:
    assert wording.percent(0.8427) == "84,3\u00a0%"


@pytest.mark.parametrize(
    ("created", "words"),
    [
        ("2026-02-03T09:05:00+00:00", "3\u00a0février 2026 à 9\u00a0h\u00a005 (UTC)"),
        ("2026-08-01T21:00:00", "1er\u00a0août 2026 à 21\u00a0h\u00a000"),
        ("2026-08-01T21:00:00+02:00", "1er\u00a0août 2026 à 21\u00a0h\u00a000"),
        ("2026-12-31", "31\u00a0décembre 2026"),
        ("hier", "hier"),
    ],
)
def test_moments_are_in_words(created: str, words: str) -> None:
    assert wording.moment(created) == words


def test_unknown_categories_keep_their_name() -> None:
    assert wording.category_label("typo") == "Fautes de frappe"
    assert wording.category_label("autre") == "autre"
    assert wording.category_label("") == "Sans catégorie"


@given(st.text(st.characters(codec=None), max_size=40))
def test_what_is_shown_can_be_encoded_and_keeps_its_length(text: str) -> None:
    clean = wording.shown(text)
    clean.encode("utf-8")
    assert len(clean) == len(text)
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in clean)


@given(st.text(max_size=60), st.integers(1, 30))
def test_a_shortened_text_is_within_its_length(text: str, most: int) -> None:
    short = wording.shortened(text, most)
    assert len(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_text_is_cut_between_words() -> None:
    assert wording.shortened("un deux trois quatre", 16) == "un deux trois…"
