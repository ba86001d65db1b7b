"""Words that point back to what was said before, in French and English questions.

``Qui la dirige ?`` points back; ``Qui préside la CADA ?`` has an article, ``Faut-il …`` an
impersonal pronoun, and ``Depuis quand les banques doivent-elles …`` its own antecedent.
"""

import re
from itertools import chain
from typing import Final

from rag.question.phrases import Word, has_name
from rag.question.word_classes import WordClass

_INFINITIVE_WORD: Final = (
    r"(?:\w{3,}(?:er|ir)|(?:re)?(?:faire|dire|lire|joindre|prendre|mettre|vendre)|rendre"
    r"|suivre|connaitre|comprendre|construire|defendre|perdre|ecrire|inscrire)"
)
_INFINITIVE: Final = rf"{_INFINITIVE_WORD}(?= (?:par|en|a|au|avec|sur|pour|sans|dans)\b|$)"
_IMPERSONAL: Final = re.compile(
    r"\b(?:(?:faut|fallait|faudra|faudrait|agit|vaut|suffit|convient) (?:t'? )?il"
    r"|il (?:ne |n' )?(?:faut|faudra|y|s' agit|suffit|vaut|convient|existe|reste)"
    r"|(?:existe|reste|arrive) t'? il (?:plus |encore |deja )?(?:une?|des|plusieurs|d'|que|qu')"
    r"|y (?:a|aura|avait) (?:t'? )?il|a t'? il fallu"
    r"|(?:est il|il est) (?:possible|obligatoire|necessaire|interdit|permis|utile|autorise"
    r"|prevu|vrai|normal|legal) (?:de|d'|que|qu')"
    r"|est ce (?:que|qu'|qui)|c' est a dire"
    r"|se passe (?:t'? )?il|s' est il passe|est il arrive"
    r"|(?:is|was) it (?:possible|mandatory|necessary|legal|true)(?: \w+){0,3} (?:to|that)"
    r"|does it (?:take|cost) to"
    # Whoever does it, it is his own: « comment renouveler son passeport ».
    rf"|{_INFINITIVE_WORD} (?:son|sa|ses|leurs?)"
    r"|qui (?:se |s' |ne |n' )?(?!est|sont|etai|fut|sera|a ete)\w+ (?:\w+ )?(?:son|sa|ses)"
    r")(?!\w)"
)
_STRONG: Final = re.compile(
    r"\b(?:ils?|elles?)\b"
    rf"|\b(?:comment|ou|quand|pourquoi|il|on|je) (?:l[ae]s?|l'|lui|leur|y) {_INFINITIVE}"
    r"|\b(?:quand|comment|pourquoi|combien|ou|qu'|que|si) (?:on )?l' (?:a|ont|avait|aura)\b"
    r"|\b(?:qu'|si|ou|quand|comment|pourquoi) (?:on|je|nous) (?:l[ae]s?|l') \w"
    r"|\blui\b(?! meme)|\b(?:son|sa|ses)\b"
    r"|\b(?:ce|cet|cette|ces) (?!(?:qu'|que|qui|sont|est|dont|n'|matin|soir|jour|mois|annee"
    r"|semaine|ete|hiver|printemps|automne|moment|week)\b)\w"
    r"|\b(?:it|they|them|theirs|he|she|him|hers|these|those)\b"
    r"|\bthis\b(?! (?:year|month|week)\b)"
    r"|\b(?:is|was|does|did|about|of|do) that\b(?! the)"
)
_OF_ASKED: Final = re.compile(
    r"\bleurs?\b|\b(?:celui|celle|ceux|celles)\b(?! (?:qui|que|qu'|dont)\b)"
)
_OF_NAMED: Final = re.compile(r"\b(?:its|their|his|her)\b")
_WHICH: Final = re.compile(r"\b(?:lequel|laquelle|lesquels|lesquelles|which ones?)\b")
_CHOICE: Final = re.compile(r"\b(?:ou|or|de|des|du|d'|parmi|of)\b")
_CLITIC: Final = re.compile(
    r"\b(?:(?P<preposition>a|de|avec|pour|chez|par|sur|contre|selon|envers|est|etait) )?"
    r"qui (?:ne |n' )?(?:l[ae]s?|l'|lui|leur|y) \w"
)
_WEAK: Final = re.compile(
    r"\b(?:ca|cela|ceci)\b|\bc' (?:est|etait|sera)\b|\best ce$"
    r"|\by (?!a\b|avait\b|aura\b|ont\b)\w|\by en\b"
    r"|\b(?:qui|on|ils?|elles?|nous|combien) en (?=(?:est|sont|a|ont|fait|font|parle\w*"
    r"|beneficie\w*|dispose\w*|profite\w*|reste\w*|compte\w*)\b)"
    r"|\b(?:work|works|live|happen|happens|apply|go|get|there)(?: \w+)? there$"
)
_CLITICS: Final = frozenset("le la les l' lui leur".split())
_PERSON: Final = re.compile(r"\b(?:il|elle|lui|son|sa|ses|he|she|him|her|his|hers)\b")


def points_back(words: tuple[Word, ...]) -> bool:
    """Whether a question holds a pronoun whose antecedent lies outside of it."""
    said = _IMPERSONAL.sub(_masked, " ".join(word.plain for word in words))
    antecedent = _first_antecedent(words)
    clitics = (match for match in _CLITIC.finditer(said) if not match["preposition"])
    if any(_place(said, each) <= antecedent for each in chain(_STRONG.finditer(said), clitics)):
        return True
    if _has_clitic_after_asked(words, antecedent):
        return True
    if _has_possessor_outside(said, words[:antecedent], words):
        return True
    if _WHICH.search(said) and not _CHOICE.search(said):
        return not has_name(words)
    return _WEAK.search(said) is not None and antecedent == len(words)


def _has_possessor_outside(
    said: str, before: tuple[Word, ...], words: tuple[Word, ...]
) -> bool:
    """« Combien de communes partagent leurs serveurs ? »: what is asked for owns them."""
    for rule, held in ((_OF_ASKED, True), (_OF_NAMED, has_name(words))):
        match = rule.search(said)
        if match is None or _place(said, match) > len(before):
            continue
        if not held or not any(word.asked for word in words[: _place(said, match)]):
            return True
    return False


def may_point_to_person(words: tuple[Word, ...]) -> bool:
    """Whether what points back may be a person."""
    return _PERSON.search(" ".join(word.plain for word in words)) is not None


def _has_clitic_after_asked(words: tuple[Word, ...], antecedent: int) -> bool:
    """« Combien de personnes les animent ? », « Quelle entreprise l'a construit ? »."""
    windows = (words[place : place + 4] for place in range(min(antecedent, len(words) - 2)))
    for asked, clitic, verb, *rest in windows:
        if (
            not asked.asked
            or asked.kind is not WordClass.CONTENT
            or clitic.plain not in _CLITICS
        ):
            continue
        if clitic.plain == "l'" and verb.plain in ("a", "ont", "avait"):
            return True
        if verb.kind in (WordClass.CONTENT, WordClass.ATTRIBUTE) and not rest:
            return True
    return False


def _masked(match: re.Match[str]) -> str:
    return " ".join("_" for _ in match.group().split())


def _place(said: str, match: re.Match[str]) -> int:
    return said.count(" ", 0, match.start())


def _first_antecedent(words: tuple[Word, ...]) -> int:
    """The place of the first name, or noun under an article; past the end if none."""
    under_article = False
    for place, word in enumerate(words):
        if word.kind is WordClass.NAME and not word.asked:
            return place
        if word.kind is WordClass.CONTENT and not word.asked and not word.verb:
            if under_article or place == 0:
                return place
        counted = under_article and word.kind is WordClass.NUMBER
        article = word.kind is WordClass.DETERMINER and word.plain not in _POINTING
        under_article = (article and not word.asked) or counted
    return len(words)


_POINTING: Final = frozenset(
    "ce cet cette ces son sa ses leur leurs this that these those its his her their".split()
)
