import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics.short_answers import (
    answer_values,
    contains_short,
    plain_words,
    prediction,
    says,
    squad_words,
)
from rag.types import Span
from tests.evaluation.metrics.made import outcome, query, saying

TEXT = "Le salon ouvre le 3 février 2026."
DAY, YEAR = Span(18, 27), Span(28, 32)


def test_contains_one_of_the_alternatives() -> None:
    asked = query(short=("mars 2026", "3 février 2026"))
    assert contains_short(asked, saying(TEXT)) == 1.0
    assert contains_short(asked, saying("Le salon ouvre en 2026.")) == 0.0


def test_several_facts_ask_for_all_their_answers() -> None:
    asked = query(facts=(1, 2, 3), short=("3 février 2026", "Paris", "deux jours"))
    said = saying(TEXT, "Il dure deux jours.")
    assert contains_short(asked, said) == pytest.approx(2 / 3)


def test_the_mark_of_a_citation_is_not_the_answer() -> None:
    asked = query(short=("1",))
    said = saying("Le salon ouvre.")
    assert "[1]" in said.text
    assert contains_short(asked, said) == 0.0


def test_two_segments_are_not_read_as_one() -> None:
    # « 2 » and « 100 » side by side would be 2 100.
    assert contains_short(query(short=("2 100",)), saying("Ils sont 2", "100 autres")) == 0.0


def test_the_highlights_of_the_first_segment_that_has_some() -> None:
    assert TEXT[18:27] == "3 février"
    later = Span(len(TEXT) + 5, len(TEXT) + 8)
    assert prediction(saying(TEXT, "Fin", highlights=(DAY, YEAR, later))) == "3 février 2026"
    assert prediction(saying(TEXT, "Fin", highlights=(later,))) == "Fin"
    assert prediction(saying(TEXT, "Fin")) == TEXT
    assert prediction(saying()) == ""


def test_exact_match_and_f1_by_hand() -> None:
    # « 3 février » against « le 3 février 2026 »: 2 words shared, of 2 and of 3.
    composed = saying(TEXT, highlights=(DAY,))
    found = answer_values(outcome(query(short=("le 3 février 2026",)), composed=composed))
    assert found == pytest.approx(
        {"contains_short": 1.0, "squad_em": 0.0, "squad_f1": 2 * 2 / (2 + 3)}
    )
    found = answer_values(outcome(query(short=("mars", "Le 3 février.")), composed=composed))
    assert (found["squad_em"], found["squad_f1"]) == (1.0, 1.0)


def test_a_word_said_twice_is_shared_as_often_as_both_say_it() -> None:
    # « non non oui » against « non si »: 1 shared, of 3 and of 2.
    found = answer_values(outcome(query(short=("non si",)), composed=saying("non non oui")))
    assert found["squad_f1"] == pytest.approx(2 / 5)


def test_no_word_on_either_side_is_an_exact_match() -> None:
    found = answer_values(outcome(query(short=("le",)), composed=saying("La !")))
    assert (found["squad_em"], found["squad_f1"]) == (1.0, 1.0)
    found = answer_values(outcome(query(short=("le",)), composed=saying("Paris")))
    assert (found["squad_em"], found["squad_f1"]) == (0.0, 0.0)


def test_what_they_apply_to() -> None:
    assert answer_values(outcome(query(facts=()))) == {}
    assert answer_values(outcome(query(short=()))) == {}
    assert answer_values(outcome(query(facts=(1, 2), short=("x", "y")))) == {
        "contains_short": 0.0
    }


def test_a_question_not_put_counts_zero() -> None:
    expected = {"contains_short": 0.0, "squad_em": 0.0, "squad_f1": 0.0}
    assert answer_values(outcome(query(short=("x",)), put=False)) == expected
    assert answer_values(outcome(query(short=("le",)), put=False)) == expected


def test_texts_that_say_it() -> None:
    cases = [
        ("Le salon ouvre le 3 février 2026.", "3 FEVRIER 2026"),
        ("Au Palais des Congrès", "le palais des congres"),
        ("selon l’État", "l'État"),
        ("« Œuvre »", "oeuvre"),
        ("1\u202f100 exposants", "1100"),
        ("1100 exposants", "1\u00a0100 exposants"),
        ("about 1,100 stands", "1 100"),
        ("1.100 stands", "1100"),
        ("12.500.000 habitants", "12 500 000"),
        ("haut de 1,5 mètre", "1.5 mètre"),
        ("un budget de 2,6 Md€", "2,6 milliards d'euros"),
        ("un budget de 2,6 milliards d’euros", "2,6 Md€"),
        ("2,6 milliards d’euros", "2,6 milliards"),
        ("12 M€", "12 millions d'euros"),
        ("20 000 €", "20 000 euros"),
        ("3,50 €", "3,5 euros"),
        ("1 100,00 €", "1100 €"),
        ("25 % des foyers", "25%"),
        ("25 pour cent", "25 %"),
        ("plus de 50 % de ces montants", "50"),
        ("le 1er janvier", "premier janvier"),
        ("le 1ᵉʳ janvier", "1er janvier"),
        ("la 2e édition", "deuxième édition"),
        ("la 3ème édition", "3e édition"),
        ("à 12h30", "12 h 30"),
        ("à 12 heures 30", "12:30"),
        ("sous 72 heures", "72 h"),
        ("agent de catégorie A", "catégorie A"),
        ("une page A4", "a4"),
        ("une page A4", "page A4"),
        ("il reste un an", "un an"),
        ("dure 1 an", "1 an"),
        ("le thé", "thé"),
        ("the summit", "Summit"),
        ("5 k€", "5 milliers d'euros"),
        ("2,60 Md€", "2,6 milliards d’euros"),
        ("3 millions de dollars", "3 M$"),
        ("en 2024, 500 personnes", "500 personnes"),
        ("en 2024 500 personnes", "en 2024"),
        ("en 2024 100 000 personnes", "100 000 personnes"),
    ]
    unsaid = [(text, short) for text, short in cases if not says(text, short)]
    assert unsaid == []


def test_texts_that_do_not() -> None:
    cases = [
        ("en 2012", "12"),
        ("12,5 points", "12"),
        ("1 100 exposants", "100"),
        ("2,6 Md€", "2,6 M€"),
        ("25 personnes", "25 %"),
        ("agent de catégorie B", "catégorie A"),
        ("à 12 h 30", "12 h"),
        ("14e arrondissement", "14"),
        ("le premier mars", "3 mars"),
        ("15 mètres", "15 m"),
        ("15 m", "15 millions"),
        ("dure 1 mois", "1 an"),
        ("vitamine C", "vitamine D"),
        ("3,50 mètres", "3,5 mètres"),
        ("la cartographie", "carte"),
        ("Paris puis Lyon", "Paris Lyon"),
        ("0,125 gramme", "125"),
        ("0,125 gramme", "0125"),
        ("rien", ""),
        ("rien", "« … »"),
        ("rien", "le"),
    ]
    said = [(text, short) for text, short in cases if says(text, short)]
    assert said == []


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_has_words(text: str) -> None:
    words = plain_words(text)
    assert words.split() == words[1:-1].split()
    assert says(text, text) == bool(words.strip())


@pytest.mark.parametrize(
    "piece", ["1", "1 000 ", "1.000", "12:", "1,0€", "a ", "catégorie A ", "1ᵉʳ", "« "]
)
def test_long_texts_are_read_to_their_end(piece: str) -> None:
    assert says(piece * 50_000 + " fin.", "fin")
    assert not says(piece * 50_000, "fin")


def test_squad_words() -> None:
    cases: list[tuple[str, str, tuple[str, ...]]] = [
        ("Le Palais des Congrès.", "fr", ("palais", "congrès")),
        ("L’État d'urgence", "fr", ("état", "urgence")),
        ("« la dernière Chance »", "fr", ("dernière", "chance")),
        ("Saint-Léonard", "fr", ("saintléonard",)),
        ("aujourd'hui", "fr", ("aujourd", "hui")),
        ("il a 4 ans", "fr", ("il", "a", "4", "ans")),
        ("2,6\u00a0Md€", "fr", ("26", "md€")),
        ("The Queen's a guest", "en", ("queens", "guest")),
        ("la Paz", "en", ("la", "paz")),
        ("La Paz, a city", "", ("paz", "city")),
        ("e\u0301te\u0301", "fr", ("été",)),
        (" ?! ", "fr", ()),
    ]
    found = [(text, language, squad_words(text, language)) for text, language, _ in cases]
    assert found == cases
