"""What is said where no document is quoted: silence, and words for who asks nothing."""

from typing import Final

from rag.text.typography import typeset
from rag.types import Aside

_SILENCE: Final = {
    "fr": "Je n’ai pas trouvé de réponse à cette question dans les documents.",
    "en": "I did not find an answer to this question in the documents.",
}
_SAID: Final = {
    "fr": {
        Aside.GREETING: typeset(
            "Bonjour ! Posez votre question : je cherche la réponse dans les documents."
        ),
        Aside.THANKS: typeset("Avec plaisir ! Si vous avez une autre question, posez-la."),
        Aside.FAREWELL: "Au revoir, et à bientôt.",
        Aside.NO_SUBJECT: typeset("De quoi s’agit-il ? Précisez le sujet de votre question."),
    },
    "en": {
        Aside.GREETING: (
            "Hello! Ask your question, and I will look for the answer in the documents."
        ),
        Aside.THANKS: "You are welcome. If you have another question, just ask it.",
        Aside.FAREWELL: "Goodbye, and see you soon.",
        Aside.NO_SUBJECT: "What is it about? Please say what your question refers to.",
    },
}
"""By language, then by what is answered. None of it stands in a document: nothing is cited."""


def silence(language: str) -> str:
    """What to say instead of an answer, in a language, or else in French."""
    return _SILENCE.get(language, _SILENCE["fr"])


def reply_to(aside: Aside, language: str) -> str:
    """The word for what calls for no search, in a language, or else in French.

    Args:
        aside: what was said.
        language: ISO 639-1.
    """
    return _SAID.get(language, _SAID["fr"])[aside]
