from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.characters import clean_text, comparable, fold_line


def test_characters_are_cleaned() -> None:
    cases = (
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x07c\x1b", "abc"),
        ("in\xadfor\u200bma\ufefftion", "information"),
        ("un \t deux", "un deux"),
        ("prix\xa0: 3\u202f000\xa0€", "prix\xa0: 3\u202f000\xa0€"),
        ("mot\xa0 suite", "mot suite"),
        ("1\u2009100 exposants", "1\u202f100 exposants"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a  \n\n\n  b", "a\nb"),
        ("\ud800 seul", "\ufffd seul"),
        ("\ud83d\ude00", "😀"),
        ("la 5^{ème} place, le 3^e plan", "la 5ème place, le 3e plan"),
        ("x^2 et a^{b}", "x^2 et a^{b}"),
        ("👩\u200d🚀 et co\u200dopérer", "👩\u200d🚀 et coopérer"),
        ("\u202egauche\u202c", "gauche"),
    )
    wrong = [(raw, clean_text(raw)) for raw, clean in cases if clean_text(raw) != clean]
    assert wrong == []


@given(st.text(st.characters()))
def test_cleaning_is_idempotent_and_storable(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()
    once.encode("utf-8")


def test_fold_line_gives_one_line() -> None:
    assert fold_line(" a\n b\t c ") == "a b c"


def test_comparable_forgets_case_accents_and_marks() -> None:
    assert comparable("Égalité, l’Été !") == comparable("EGALITE L'ete") == "egalitelete"
