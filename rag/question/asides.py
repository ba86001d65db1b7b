"""What is said to a service without asking anything: a greeting, thanks, a bare « Quand ? »."""

import re
from collections.abc import Sequence
from typing import Final

from rag.question.phrases import Word, read_words
from rag.question.word_classes import WordClass
from rag.text.normalisation import fold
from rag.types import Aside

_TO_WHOM: Final = r"(?: (?:a (?:tous|toutes|vous)|tout le monde|madame|monsieur|there|all))?"
_SAID: Final = {
    Aside.FAREWELL: (
        r"(?:au revoir|adieu|a (?:bientot|plus(?: tard)?|demain|la prochaine)|ciao|bye(?: bye)?"
        r"|bonne (?:journee|soiree|nuit|continuation)|bon(?: week[- ]?end|ne fin de journee)"
        r"|goodbye|see you(?: soon| later)?|have a (?:nice|good) day|good night)"
    ),
    Aside.THANKS: (
        r"(?:(?:un (?:grand )?|mille )?(?:merci|mercis)(?: (?:beaucoup|bien|infiniment|encore"
        r"|d'avance|a (?:vous|toi)|pour (?:tout|votre (?:aide|reponse)|ton aide|ta reponse"
        r"|l'(?:info|aide|information)|la reponse|cette reponse|ces informations)))*"
        r"|thank you(?: (?:very|so) much)?|thanks(?: a lot)?|many thanks|thx|mrc"
        r"|ok(?:ay)?|d'accord|parfait|super|genial|excellent|tres bien|c'est (?:bon|note|clair"
        r"|parfait|gentil)|compris|entendu|great|perfect)"
    ),
    Aside.GREETING: (
        rf"(?:(?:re)?bonjour|bonsoir|salut|coucou|hello|hi|hey|allo|good (?:morning|evening"
        rf"|afternoon)|bienvenue){_TO_WHOM}"
        r"|(?:comment )?(?:ca va|allez-vous|vas-tu|vous allez(?: bien)?|tu vas(?: bien)?)"
        r"(?: bien)?|how are you(?: doing)?"
    ),
}
_EVERY: Final = "|".join(f"(?:{said})" for said in _SAID.values())
_ASIDE: Final = re.compile(rf"(?:(?:{_EVERY})(?: |$))+")
_OF: Final = {aside: re.compile(rf"\b(?:{said})(?: |$)") for aside, said in _SAID.items()}
_OPENING: Final = re.compile(
    r"^(?:(?:bonjour|bonsoir|salut|coucou|hello|hi|hey)"
    r"(?: (?:[àa] (?:tous|toutes)|madame|monsieur|there))?(?:[ ,.!;:]*[,.!;:] *"
    r"| (?=(?:quand|comment|combien|pourquoi|qu|quel|qui|que|où|est-ce|je|on|faut|peut)\b)))+",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"(?:(?<=[?.!,])|(?<=[?.!,] ))(?:merci|thanks|thank you)(?: (?:d'avance|beaucoup|bien"
    r"|pour votre (?:aide|r[ée]ponse)))*[ .!]*$",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"[^\w'’-]+")
_LONGEST: Final = 120
"""Characters; who says more asks something."""

_EMPTY: Final = frozenset(
    {WordClass.ASKING, WordClass.DETERMINER, WordClass.PREPOSITION, WordClass.OTHER}
)


def courtesy_of(text: str) -> Aside | None:
    """Which courtesy a text is, where it is nothing else; of several, the last to be said.

    « Bonjour, quand ouvre la mairie ? » is a question, and « Merci, au revoir » a farewell.
    """
    if len(text) > _LONGEST:
        return None
    plain = _MARKS.sub(" ", fold(text)).strip()
    if not _ASIDE.fullmatch(plain):
        return None
    return next((aside for aside, said in _OF.items() if said.search(plain)), None)


def without_courtesy(text: str) -> str:
    """« Bonjour, quand ouvre la mairie ? Merci ! » as « Quand ouvre la mairie ? ».

    A greeting goes with the sign after it, or before what asks: « Bonjour tristesse » is a
    title, and so may « Salut les copains » be.
    """
    opened = _OPENING.match(text)
    closed = _CLOSING.search(text)
    start = opened.end() if opened else 0
    end = closed.start() if closed else len(text)
    asked = text[start:end].strip()
    if not any(char.isalnum() for char in asked) or len(asked) == len(text):
        return text
    return asked[:1].upper() + asked[1:] if start and text[:1].isupper() else asked


def aside_of(asked: str, *, alone: bool) -> Aside | None:
    """What a question is, where it calls for a word and no search.

    Args:
        asked: the question, cleaned.
        alone: nothing was said before that it could be about.
    """
    courtesy = courtesy_of(asked)
    if courtesy is not None:
        return courtesy
    return Aside.NO_SUBJECT if alone and _is_empty(read_words(asked)) else None


def _is_empty(words: Sequence[Word]) -> bool:
    """« Quand ? », « Et combien ? »: about nothing at all."""
    return bool(words) and all(word.kind in _EMPTY for word in words)
