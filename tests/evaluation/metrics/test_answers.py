import pytest

from rag.evaluation.metrics.answers import answer_values, contains_short, prediction
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
