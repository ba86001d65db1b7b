import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.spelling import Spelling

COUNTS = {
    "sécurité": 5,
    "numérique": 9,
    "fédération": 2,
    "cote": 1,
    "côte": 4,
    "secteur": 3,
    "carte": 3,
    "le": 50,
}
REAL_WORDS = {"tarte", "pommes", "secteurs"}


@pytest.fixture
def spelling() -> Spelling:
    return Spelling(
        COUNTS,
        knows_term=lambda term: term in {"secteur", "numer"},
        is_word=lambda word: word in REAL_WORDS,
    )


@pytest.mark.parametrize(
    ("typed", "repaired"),
    [
        ("securite numerique", "sécurité numérique"),
        ("la sécurite", "la sécurité"),
        ("securtié", "sécurité"),
        ("fedrération", "fédération"),
        ("numérqiue", "numérique"),
        ("le cote", "le cote"),
        ("une tarte aux pommes", "une tarte aux pommes"),
        ("QUELLE SECURITE", "quelle sécurité"),
        ("NIS2 ?", "NIS2 ?"),
        ("les secteurs", "les secteurs"),
        ("xqzt", "xqzt"),
        ("aecurité", "aecurité"),
        ("", ""),
    ],
)
def test_repair(spelling: Spelling, typed: str, repaired: str) -> None:
    assert spelling.repair(typed) == repaired


def test_the_more_frequent_of_equally_near_words() -> None:
    spelling = Spelling({"ligne": 1, "digne": 2, "lignt": 9}, lambda _: False, lambda _: False)
    assert spelling.repair("lignx") == "lignt"


def test_repairs_are_bounded(spelling: Spelling) -> None:
    text = "securtié " * 1000
    assert spelling.repair(text).count("sécurité") == 20


@given(st.text())
def test_what_is_no_letter_stays(text: str) -> None:
    spelling = Spelling(COUNTS, lambda _: False, lambda _: False)
    kept = [char for char in text if not char.isalpha()]
    repaired = spelling.repair(text)
    assert [char for char in repaired if char in set(kept)][: len(kept)] == kept
