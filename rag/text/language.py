"""The language of a text, even of a question of three words."""

import re
from collections import Counter
from typing import Final

from rag.text.normalisation import normalise

_WORDS: Final = {
    "fr": """
    le la les un une des du de au aux et ou où est sont été était sera seront ont avait aura
    à a ce cet cette ces qui que quoi quel quelle quels quelles quand combien comment pourquoi
    dont dans sur sous avec sans pour par pas plus ne se sa son ses leur leurs il elle ils
    elles on nous vous je tu en y mais donc car si comme entre chez vers depuis lieu faut faire
    fait peut doit sert veut dire signifie tient trouve ça cela lors après avant aussi
    date prix nombre salon sommet ministère secrétaire président loi projet état etat
    delai délai coût cout année annee personne personnes ville tarif adresse
    """,
    "en": """
    the a an of and or is are was were be been has have had does do did will would can could
    what which who whom whose when where why how many much long at in on for from with by to
    this that these those it its they their there not as if than then into about held take
    place show name mean means law project state date price number summit office people
    year your my our we you thanks goodbye morning evening afternoon
    """,
    "de": """
    der die das den dem des ein eine einen einem einer und oder ist sind war waren wird werden
    hat haben wer was wann wo warum wie viel viele welche welcher welches nicht mit von zu zum
    zur für auf im in an am bei aus nach es er sie wir ihr ich auch als wenn findet statt über
    unter durch gibt kostet heißt bedeutet man
    """,
    "es": """
    el la los las un una unos unas de del al y o es son era fue ser está están ha han quién
    quien quiénes qué que cuándo cuando dónde donde cuánto cuanto cuánta cuántos cuantos
    cuántas cuantas cómo como cuál cual cuáles por porque para con sin sobre en se su sus lo no
    más hay entre desde hasta tiene celebra fecha quiere decir significa años
    """,
    "it": """
    il lo la i gli le un uno una di del dello della dei degli delle e o è sono era ha hanno chi
    che cosa quando dove quanto quanta quanti quante come quale quali perché perche per con
    senza su nel nella al alla da dal dalla si suo sua non più in tra fra anche si tiene
    costa significa
    """,
}
_LANGUAGES_OF: Final = Counter(word for words in _WORDS.values() for word in set(words.split()))
_WEIGHTS: Final[dict[str, dict[str, float]]] = {
    language: {word: 1.0 / _LANGUAGES_OF[word] ** 1.5 for word in words.split()}
    for language, words in _WORDS.items()
}
"""A word shared by several languages says little about each."""

_SIGNS: Final = {
    "fr": re.compile(
        r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[aeiouyhàâéèêîôœ])|[çœêûëâ]"
        r"|\best[- ]ce\b|-t[- ](?:il|elle|on)\b|[^\W\d_]{2}(?:eaux|ités?|aire|isme|euse)\b"
    ),
    "en": re.compile(r"\b[a-z]+(?:'s|'re|n't|’s|’re|n’t)\b|[^\W\d_]{3}(?:ing|ness|ship|ly)\b"),
    "de": re.compile(r"[äöüß]|[^\W\d_]{3}(?:ung|keit|heit|schaft)\b"),
    "es": re.compile(r"[ñ¿¡]|[^\W\d_]{2}(?:ción|dad|ciones)\b"),
    "it": re.compile(r"\b(?:dell|nell|all|dall|sull|un|quest|dov|cos)['’]|[òì]|zione\b"),
}
_SIGN_WEIGHT: Final = 0.6
_LEAST: Final = 0.7
_MARGIN: Final = 0.25
_READ: Final = 20_000
"""Characters read: more would not change the answer."""

_WORD: Final = re.compile(r"[^\W\d_]+")


def detect_language(text: str) -> str | None:
    """``fr``, ``en``, ``de``, ``es`` or ``it``, or None where the text does not tell.

    Function words, weighted by how few of these languages share them, and signs of
    spelling (elision, letters, endings). Case does not matter, accents hardly do.
    """
    lowered = normalise("NFC", text[:_READ]).lower()
    counts = Counter(_WORD.findall(lowered))
    scores = {language: _score(language, lowered, counts) for language in _WORDS}
    first, second = sorted(scores.values(), reverse=True)[:2]
    if first < _LEAST or first - second < _MARGIN:
        return None
    return max(scores, key=lambda language: scores[language])


def _score(language: str, lowered: str, counts: Counter[str]) -> float:
    weights = _WEIGHTS[language]
    words = [weights[word] * count for word, count in counts.items() if word in weights]
    return sum(words) + _SIGN_WEIGHT * len(_SIGNS[language].findall(lowered))
