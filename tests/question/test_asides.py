"""What calls for a word and no search."""

from rag.question.asides import aside_of, courtesy_of, without_courtesy
from rag.types import Aside

SAID = {
    Aside.GREETING: ("Bonjour", "bonjour !", "Bonsoir à tous", "hello", "Salut, ça va ?", "hi"),
    Aside.THANKS: ("Merci", "merci beaucoup !", "Ok merci", "Thank you very much", "D'accord."),
    Aside.FAREWELL: ("Au revoir", "Merci, au revoir !", "Bonne journée", "Goodbye"),
    Aside.NO_SUBJECT: ("Quand ?", "Combien ?", "Pourquoi ?", "Et ?", "Why?", "C'est quoi ?"),
}


def test_what_is_said_aside() -> None:
    assert [
        (text, aside_of(text, alone=True))
        for aside, texts in SAID.items()
        for text in texts
        if aside_of(text, alone=True) is not aside
    ] == []


def test_a_question_is_none() -> None:
    asked = (
        "Bonjour, quand ouvre la mairie ?",
        "Merci de me dire quand ouvre la mairie",
        "bonjour mairie",
        "C'est payant ?",
        "2026 ?",
        "CADA",
        "Quel prix ?",
        "article 4",
        "Que dit le guide du bonjour ?",
    )
    assert [each for each in asked if aside_of(each, alone=True)] == []


def test_a_bare_question_asks_something_within_a_conversation() -> None:
    assert aside_of("Quand ?", alone=False) is None
    assert aside_of("Merci", alone=False) is Aside.THANKS


def test_a_question_is_left_without_its_courtesies() -> None:
    cases = {
        "Bonjour, quand ouvre la mairie ?": "Quand ouvre la mairie ?",
        "bonjour quand ouvre la mairie": "quand ouvre la mairie",
        "Hello! When does it open? Thanks!": "When does it open?",
        "Quand ouvre la mairie ? Merci d'avance.": "Quand ouvre la mairie ?",
        "Bonjour": "Bonjour",
        "Merci !": "Merci !",
        "Bonjour tristesse, qui l'a écrit ?": "Bonjour tristesse, qui l'a écrit ?",
        "Comment dire merci ?": "Comment dire merci ?",
    }
    assert {each: without_courtesy(each) for each in cases} == cases


def test_a_subject_is_no_courtesy() -> None:
    assert courtesy_of("Quand ?") is None
