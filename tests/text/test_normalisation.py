import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalisation import clean_question, fold, normalise, normalise_answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’ÉTÉ à Œuvre", "l'ete a oeuvre"),
        ("« ok » — 1\u202f100", '" ok " - 1 100'),
        ("“a” „b‟ ‘c’", '"a" "b" \'c\''),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ete"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("Łódź Ørsted ﬁn", "lodz orsted fin"),
        ("  deux\t\n mots\u3000", "deux mots"),
        ("n° 12 €", "n° 12 €"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_fold_forgets_case(text: str) -> None:
    assert fold(text.lower()) == fold(text) or "İ" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\u200b  c\n\td", "ab c d"),
        ("ou\ud83d est ?", "ou est ?"),
        ("e\u0301", "é"),
        ("\u202eévil\u202c", "évil"),
        ("Où est l’État ?", "Où est l’État ?"),
        ("\u00a0 \u2003", ""),
    ],
)
def test_clean_question(text: str, expected: str) -> None:
    assert clean_question(text) == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_question_is_clean(text: str) -> None:
    clean = clean_question(text)
    clean.encode()
    assert clean == clean_question(clean)
    assert clean == " ".join(clean.split())
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(char) for char in clean}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2,6 Md€", "2,6 milliards d'euros"),
        ("2,6 Md€", "les 2,6 milliards d’euros"),
        ("109 Mds€", "109 Md€"),
        ("1 100", "1100"),
        ("1\u202f100", "1\u00a0100"),
        ("25 %", "25%"),
        ("25 pour cent", "25 %"),
        ("15 M€", "15 millions d'euros"),
        ("1.7 billion euros", "1,7 milliard d'euros"),
        ("Le Palais des Congrès.", "palais congrès"),
        ("l’État", "ÉTAT"),
        ("The summit", "summit"),
        ("« 3 février 2026 »", "3 fevrier 2026"),
    ],
)
def test_answers_that_are_the_same(one: str, other: str) -> None:
    assert normalise_answer(one) == normalise_answer(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("2,6 Md€", "2,6 M€"), ("1100", "1 10"), ("25 %", "25"), ("3.14", "314")]
)
def test_answers_that_differ(one: str, other: str) -> None:
    assert normalise_answer(one) != normalise_answer(other)


@given(st.text(max_size=60))
def test_normalise_is_unicode_s_own_on_ordinary_text(text: str) -> None:
    if sum(unicodedata.combining(char) > 0 for char in text) < 20:
        assert normalise("NFKC", text) == unicodedata.normalize("NFKC", text)


def test_a_pile_of_accents_keeps_thirty() -> None:
    piled = "a" + "\u0301\u0327" * 50_000 + "b"
    assert len(normalise("NFD", piled)) == 32
    assert fold(piled) == "ab"
