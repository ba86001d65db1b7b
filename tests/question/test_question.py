import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.question.question import read_question
from rag.question.spelling import Spelling
from rag.types import Aside, Cited, Kind, Mention, Turn


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling({"salon": 3, "sécurité": 2}, lambda _: False, lambda _: False)


def test_a_question_is_read_once(spelling: Spelling) -> None:
    read = read_question("  Quand a lieu le slon\u200b ? ", spelling, 4000)
    assert read.text == "Quand a lieu le slon ?"
    assert read.search_text == "Quand a lieu le slon ?"
    assert read.language == "fr"
    assert Mention.DATE in read.wants


def test_spelling_is_repaired_for_search_and_not_for_show(spelling: Spelling) -> None:
    read = read_question("quelle est la securite du salon", spelling, 4000)
    assert read.text == "quelle est la securite du salon"
    assert "sécurité" in read.search_text


def test_english_words_are_no_slips_of_french_ones(spelling: Spelling) -> None:
    read = read_question("What is the security of the saloon?", spelling, 4000)
    assert read.language == "en"
    assert read.search_text == read.text


def test_references_are_read_exactly(spelling: Spelling) -> None:
    read = read_question("Que dit l'art. L. 121-1 ?", spelling, 4000)
    assert "l121-1" in read.references


def test_a_follow_up_is_shown_as_typed_and_searched_completed(spelling: Spelling) -> None:
    history = [Turn("Quand a lieu le slaon de la securite en mars 2026 ?", "Le 3 mars.")]
    read = read_question("Et en 2027 ?", spelling, 4000, history)
    assert read.text == "Et en 2027 ?"
    assert read.search_text == "Quand a lieu le salon de la sécurité en 2027 ?"
    assert {"salon", "secur", "2027"} <= set(read.terms)
    assert "2026" not in read.terms
    assert read.wants == Mention.DATE
    assert read.language == "fr"


def test_a_follow_up_too_short_to_tell_its_language_has_the_one_before_s() -> None:
    spelling = Spelling({}, lambda _: False, lambda _: True)
    history = [Turn("When does the Milipol exhibition take place in 2025?")]
    assert read_question("2027?", spelling, 4000).language == "fr"
    assert read_question("2027?", spelling, 4000, history).language == "en"


def test_history_changes_nothing_to_a_question_that_stands_alone(spelling: Spelling) -> None:
    question = "Qui préside la CADA ?"
    history = [Turn("Quand a lieu le salon ?")]
    assert read_question(question, spelling, 4000, history) == read_question(
        question, spelling, 4000
    )


PLACE = Cited("58fb", 10, 20, ("Tarifs",))


def test_a_follow_up_is_near_what_was_just_cited(spelling: Spelling) -> None:
    history = [Turn("La carte est-elle payante ?", "Non.", (PLACE,)), Turn("Merci !")]
    read = read_question("Depuis quand ?", spelling, 4000, history)
    assert read.search_text == "Depuis quand la carte est-elle payante ?"
    assert read.near == (PLACE,)
    assert read.kind is Kind.VALUE
    assert read.aside is None


def test_a_question_that_stands_alone_is_near_nothing(spelling: Spelling) -> None:
    history = [Turn("La carte est-elle payante ?", "Non.", (PLACE,))]
    assert read_question("Qui préside la CADA ?", spelling, 4000, history).near == ()


def test_an_answer_that_cites_nothing_leaves_nothing_near(spelling: Spelling) -> None:
    earlier = Turn("La carte est-elle payante ?", "Non.", (PLACE,))
    history = [earlier, Turn("Et le badge ?")]
    assert read_question("Depuis quand ?", spelling, 4000, history).near == ()


def test_a_detail_changed_is_of_the_kind_of_the_question_before(spelling: Spelling) -> None:
    history = [Turn("Quelles pièces faut-il pour une carte ?")]
    assert read_question("Et pour un badge ?", spelling, 4000, history).kind is Kind.SEVERAL


def test_what_asks_nothing_is_told_apart(spelling: Spelling) -> None:
    history = [Turn("La carte est-elle payante ?")]
    assert read_question("slt !", spelling, 4000).aside is Aside.GREETING
    assert read_question("Quand ?", spelling, 4000).aside is Aside.NO_SUBJECT
    assert read_question("Quand ?", spelling, 4000, history).aside is None
    assert read_question("merci", spelling, 4000, history).aside is Aside.THANKS
    assert read_question("merci", spelling, 4000, history).near == ()


def test_a_greeting_before_a_question_is_not_searched(spelling: Spelling) -> None:
    read = read_question("Bonjour, quand ouvre le salon ? Merci !", spelling, 4000)
    assert read.text == "Bonjour, quand ouvre le salon ? Merci !"
    assert read.search_text == "Quand ouvre le salon ?"
    assert read.aside is None


def test_a_greeting_is_nothing_to_ask_about(spelling: Spelling) -> None:
    read = read_question("Quand ?", spelling, 4000, [Turn("Bonjour", "Bonjour !")])
    assert read.aside is Aside.NO_SUBJECT


def test_words_run_together_are_told_apart_by_the_collection() -> None:
    words = Spelling({"anssi": 3, "inscrire": 2}, lambda _: False, lambda _: False)
    read = read_question("le rôle de lanssi pour sinscrire", words, 4000)
    assert read.search_text == "le rôle de l'anssi pour s'inscrire"


@pytest.mark.parametrize("raw", ["", "   ", "?!…", "\x00\x07", "\u200b\u200b", "\ud800"])
def test_an_empty_question_is_refused(spelling: Spelling, raw: str) -> None:
    with pytest.raises(QuestionError, match="vide"):
        read_question(raw, spelling, 4000)


def test_a_long_question_is_refused_with_its_length(spelling: Spelling) -> None:
    with pytest.raises(QuestionError, match=r"100000.*4000") as refused:
        read_question("a" * 100_000, spelling, 4000)
    assert "Raccourcissez" in str(refused.value)
    assert "limits." not in str(refused.value)


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_a_question_or_refused(raw: str) -> None:
    spelling = Spelling({"salon": 3}, lambda _: False, lambda _: False)
    try:
        read = read_question(raw, spelling, 4000)
    except QuestionError:
        return
    read.text.encode()
    assert any(char.isalnum() for char in read.text)


BOTH = "Qui préside la CADA, et quel est son budget 2025 ?"
NO_REPAIR = Spelling({}, knows_term=lambda _: True, is_word=lambda _: True)


def test_parts_are_questions_of_their_own() -> None:
    whole = read_question(BOTH, NO_REPAIR, 4000)
    first, second = whole.parts
    assert first.search_text == "Qui préside la CADA ?"
    assert second.search_text == "CADA : quel est son budget 2025 ?"
    assert first.wants == Mention.PERSON
    assert second.wants == Mention.MONEY
    assert first.language == second.language == "fr"
    assert first.terms
    assert set(first.terms) | set(second.terms) <= set(whole.terms)
    assert set(second.terms) - set(first.terms)
    assert whole.texts == (BOTH, first.search_text, second.search_text)


def test_a_question_that_asks_one_thing_has_no_parts() -> None:
    read = read_question("Quand et où se tient Milipol ?", NO_REPAIR, 4000)
    assert read.parts == ()
    assert read.texts == ("Quand et où se tient Milipol ?",)
