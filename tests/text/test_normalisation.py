import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalisation import clean_question, fold, normalise


def test_fold() -> None:
    cases = [
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
    ]
    found = {text: fold(text) for text, _ in cases}
    assert found == dict(cases)


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_fold_forgets_case(text: str) -> None:
    assert fold(text.lower()) == fold(text) or "İ" in text


def test_clean_question() -> None:
    cases = [
        ("a\x00b\u200b  c\n\td", "ab c d"),
        ("ou\ud83d est ?", "ou est ?"),
        ("e\u0301", "é"),
        ("\u202eévil\u202c", "évil"),
        ("Où est l’État ?", "Où est l’État ?"),
        ("\u00a0 \u2003", ""),
    ]
    found = {text: clean_question(text) for text, _ in cases}
    assert found == dict(cases)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_question_is_clean(text: str) -> None:
    clean = clean_question(text)
    clean.encode()
    assert clean == clean_question(clean)
    assert clean == " ".join(clean.split())
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(char) for char in clean}


@given(st.text(max_size=60))
def test_normalise_is_unicode_s_own_on_ordinary_text(text: str) -> None:
    if sum(unicodedata.combining(char) > 0 for char in text) < 20:
        assert normalise("NFKC", text) == unicodedata.normalize("NFKC", text)


def test_a_pile_of_accents_keeps_thirty() -> None:
    piled = "a" + "\u0301\u0327" * 50_000 + "b"
    assert len(normalise("NFD", piled)) == 32
    assert fold(piled) == "ab"
