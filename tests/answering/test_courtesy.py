"""The word for what calls for no search."""

from rag.answering.courtesy import reply_to
from rag.types import Aside


def test_every_aside_has_a_word_in_both_languages() -> None:
    words = {reply_to(aside, language) for aside in Aside for language in ("fr", "en")}
    assert len(words) == 2 * len(Aside)


def test_other_languages_are_answered_in_french() -> None:
    assert reply_to(Aside.NO_SUBJECT, "de") == (
        "De quoi s’agit-il\u00a0? Précisez le sujet de votre question."
    )
