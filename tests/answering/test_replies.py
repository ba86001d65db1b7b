from rag.answering.replies import reply_to, silence
from rag.types import Aside


def test_every_aside_has_a_word_in_both_languages() -> None:
    words = {reply_to(aside, language) for aside in Aside for language in ("fr", "en")}
    assert len(words) == 2 * len(Aside)


def test_other_languages_are_answered_in_french() -> None:
    assert reply_to(Aside.NO_SUBJECT, "de") == (
        "De quoi s’agit-il\u00a0? Précisez le sujet de votre question."
    )


def test_silence_speaks_the_language_of_the_question() -> None:
    assert "documents" in silence("en")
    assert silence("fr") == silence("de") != silence("en")
