from hypothesis import given
from hypothesis import strategies as st

from rag.text.terms import lexical_terms, words


def test_lexical_terms() -> None:
    cases = [
        ("L’impôt qu'il paie", ["impot", "pai"]),
        ("aujourd'hui et Aujourd’hui", ["aujourdhui", "aujourdhui"]),
        ("Où se tient l'Expo ?", ["tient", "expo"]),
        ("Combien de visiteurs ?", ["visiteur"]),
        ("lorsqu'un élève", ["elev"]),
        ("Les élèves de l’ÉCOLE", ["elev", "ecol"]),
        ("cœur", ["coeur"]),
        ("NIS2 et H100", ["nis2", "h100"]),
        ("e\u0301te\u0301", ["ete"]),
        ("ﬁnance", ["financ"]),
        ("a\ud83d salon", ["salon"]),
        ("x" * 500, []),
        ("", []),
        ("?!", []),
    ]
    found = {text: lexical_terms(text) for text, _ in cases}
    assert found == dict(cases)


def test_forms_that_meet() -> None:
    cases = [
        ("souveraineté numérique", "SOUVERAINETE NUMERIQUE"),
        ("les entreprises françaises", "une entreprise francaise"),
        ("l’intelligence artificielle", "intelligences artificielles"),
        ("l'État", "etat"),
    ]
    assert [
        (one, other)
        for one, other in cases
        if not (lexical_terms(one) == lexical_terms(other) != [])
    ] == []


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_has_terms_of_lower_case(text: str) -> None:
    for term in lexical_terms(text):
        assert term
        assert term.encode()
        assert " " not in term


def test_words_keep_their_writing() -> None:
    assert words("L’INR, c'est Évian-les-Bains 2026") == [
        "L",
        "INR",
        "c",
        "est",
        "Évian",
        "les",
        "Bains",
    ]
    assert words("e\u0301te\u0301") == ["été"]
