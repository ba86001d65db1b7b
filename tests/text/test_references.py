import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.references import reference_terms


def test_each_form_gives_the_token_alone() -> None:
    cases = [
        (
            "l121-1",
            "L. 121-1|L.121-1|art. L. 121-1|art. L 121-1|article L121-1|l. 121-1|L 121-1",
        ),
        ("r311-2-1", "R. 311-2-1|R.311-2-1|article R. 311-2-1|R*. 311-2-1|R* 311-2-1"),
        ("d1", "D. 1|art. D1|article D. 1"),
        ("art12", "article 12|art. 12|Art 12|ARTICLE 12"),
        ("2024-12", "n° 2024-12|no 2024-12|N° 2024-12|2024-12|nº 2024-12|n°2024-12"),
        ("78-17", "loi n° 78-17|78-17"),
        ("2022/2555", "(UE) 2022/2555|2022/2555/UE|directive 2022/2555|2022/2555"),
        ("95/46", "95/46/CE|directive 95/46"),
        ("nis2", "NIS2|NIS 2|nis 2|NIS-2|nis2|la directive NIS 2."),
        ("h100", "H100|h100|H-100"),
        ("iso27001", "ISO 27001|iso 27001|ISO-27001|ISO27001"),
        ("rgaa4.1", "RGAA 4.1|rgaa 4.1|RGAA4.1"),
        ("gpt4o", "GPT-4o|GPT 4o|gpt4o"),
        ("1.7md€", "1,7 Md€|1,7 milliard d'euros|1,7 milliard d’euros|1.7 Mds €|€1.7 billion"),
        ("109md€", "109 Md€|109 milliards d'euros|109\u00a0Md€|€109bn|109 MILLIARDS D'EUROS"),
        ("15m€", "15 M€|15M€|15 millions d'euros|15 million euros"),
        ("50k€", "50 k€|50 K€"),
        ("40000€", "40 000 €|40\u202f000 euros|40000 €|€40,000"),
        ("5m$", "5 millions de dollars|$5 million"),
        ("109md", "109 milliards"),
        ("1100", "1 100|1\u00a0100|1\u202f100|1100|1,100"),
        ("1600000", "1 600 000|1600000|1,600,000"),
        ("3.5", "3,5|3.5|3,50"),
        ("25%", "25 %|25%|25\u00a0%|25 pour cent|25 percent|25,0 %"),
        ("2018-2022", "2018-2022|de 2018-2022"),
        ("2026-02", "février 2026|Fevrier 2026|févr. 2026|February 2026"),
    ]
    expected = {form: [token] for token, forms in cases for form in forms.split("|")}
    assert {form: reference_terms(form) for form in expected} == expected


def test_a_date_gives_its_day_and_month() -> None:
    cases = [
        "3 février 2026",
        "3 fevrier 2026",
        "mardi 3 février 2026",
        "3/2/2026",
        "03/02/2026",
        "03.02.2026",
        "2026-02-03",
        "February 3, 2026",
        "3rd February 2026",
    ]
    assert [form for form in cases if reference_terms(form) != ["2026-02-03", "2026-02"]] == []


def test_in_a_sentence() -> None:
    cases = [
        ("Sommet 2025", ["2025"]),
        ("en 2025", ["2025"]),
        ("il y a 2 ans", []),
        ("99/99/2024", []),
        ("TVA 20 %", ["20%"]),
        ("de 10 à 15 M€", ["15m€"]),
        ("loi n° 78-17 du 6 janvier 1978", ["78-17", "1978-01-06", "1978-01"]),
        ("les articles L. 121-1 et R. 122-3", ["l121-1", "r122-3"]),
        ("le G7 de 2026", ["g7", "2026"]),
        ("bonjour", []),
        ("", []),
        ("1er juillet 2026", ["2026-07-01", "2026-07"]),
    ]
    found = {text: reference_terms(text) for text, _ in cases}
    assert found == dict(cases)


@given(
    st.text(
        st.one_of(st.characters(exclude_categories=[]), st.sampled_from("1290.,/-€%° nLaM"))
    )
)
def test_any_text_is_read(text: str) -> None:
    for token in reference_terms(text):
        assert token
        assert " " not in token


@given(st.integers(1000, 10**12))
def test_grouped_digits_are_the_number(number: int) -> None:
    assert reference_terms(f"{number:,}".replace(",", "\u202f")) == [str(number)]


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "a1", "1-", "1/", "l.", "1 000 ", "€", "n°", "1.1."]
)
def test_hostile_repetition_is_read(unit: str) -> None:
    terms = reference_terms(unit * (100_000 // len(unit)))
    assert all(len(term) < 100 for term in terms)
