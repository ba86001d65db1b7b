"""What a question asks for, in French or English, with or without accents."""

import re
from typing import Final

from rag.text.normalisation import clean_question, fold
from rag.types import Mention

_BE: Final = r"(?:est|sont|etait|etaient|fut|furent|sera|seront|serait|a ete) "
_WHICH: Final = rf"\bquel(?:le)?s? (?:{_BE})?(?:les? |la |l'|son |sa |ses |leurs? )?"
_WHAT: Final = r"\b(?:what|which) (?:(?:is|are|was|were|'s) )?(?:the )?"
_ROLE: Final = (
    r"(?:vice-)?(?:president|directeur|directrice|ministre|secretaire|coordinat(?:eur|rice)"
    r"|(?:co)?fondat(?:eur|rice)|aut(?:eur|rice)|maire|roi|reine|chef|cheffe|chanteu[rs]e?"
    r"|acteur|actrice|realisat(?:eur|rice)|professeur|empereur|invent(?:eur|rice)|joueu[rs]e?"
    r"|personnes?|personnalites?|homme|femme|epouse|mari|pere|mere|fils|fille|ecrivain|peintre"
    r"|architecte|compositeur|rapporteur|depute|senateur|responsable|dirigeante?s?|pape"
    r"|director|minister|secretary|founder|author|chair|king|queen|ceo|person|people)e?s?\b"
)
_SEEN: Final = (
    r"(?:se|s'|est|sont|etait|a|ont|aura|auront|sera|seront|peut|puis-je|trouver?|va)\b"
)

_RULES: Final[tuple[tuple[Mention, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Mention.DATE,
            r"\bquand\b|\bwhen\b|\bdates?\b|\bquel(?:le)?s? (?:jours?|annees?|mois|epoque"
            r"|siecle|periode|heures?|echeances?|decennie)\b"
            rf"|{_WHICH}(?:annees?|jours?|mois|periode|echeances?|horaires?|calendrier"
            rf"|siecle)\b"
            r"|\b(?:what|which) (?:date|year|day|month|time|century)\b|\bcalendrier\b"
            r"|\bhoraires?\b|\bdeadline\b|\bjusqu'a quand\b|\bannee de\b|\bechances?\b",
        ),
        (
            Mention.DURATION,
            r"\bcombien (?:de temps|d'(?:heures?|annees?|ans)|de (?:jours|mois|semaines|minutes"
            r"|secondes|siecles|decennies|nuits))\b|\bdelais?\b|\bdurees?\b|\bhow long\b"
            r"|\bduration\b|\bhow many (?:hours|days|weeks|months|years)\b|\bcombien dure\b",
        ),
        (
            Mention.MONEY,
            r"\bcombien (?:\S+ ){0,6}?(?:cout\w*|vaut|valent|rapport\w+|gagn\w+|pai\w+|pay\w+"
            r"|lev(?:e|es|ee|ent)|investi\w*|financ\w+|depens\w+|verse\w*|euros?|argent"
            r"|dollars?)\b"
            r"|\bcombien d'(?:euros|argent)\b|\bhow much\b|\bhow many (?:euros|dollars)\b"
            r"|\b(?:montants?|budgets?|prix|tarifs?|couts?|sommes?|salaires?|amendes?"
            r"|subventions?|chiffre d'affaires|dettes?|depenses|recettes|loyer|remuneration"
            r"|indemnites?|price|cost|amount|fine|revenue|funding)\b",
        ),
        (
            Mention.PERCENT,
            rf"\bpourcentages?\b|\bquelle (?:est la )?(?:part|proportion)\b|{_WHICH}taux\b"
            r"|\bpercent(?:age)?\b|\bproportion\b|\btaux de\b"
            r"|\b(?:what|which) (?:share|proportion|rate)\b",
        ),
        (
            Mention.NUMBER,
            r"\bcombien\b|\bnombres? d|\bquel (?:est le )?nombre\b|\bhow many\b|\bnumber of\b"
            rf"|\beffectifs?\b|{_WHICH}(?:taille|superficie|puissance|capacite|distance"
            rf"|population"
            r"|hauteur|longueur|largeur|vitesse|surface|altitude|profondeur|temperature|poids"
            r"|rang|numero|classement|debit|score|quantite|chiffres?)\b"
            r"|\bhow (?:big|tall|far|large|high|fast|old)\b|\bquel age\b",
        ),
        (
            Mention.ORGANISATION,
            rf"{_WHICH}(?:organismes?|entreprises?|institutions?|ministeres?|associations?"
            r"|societes?|organisations?|agences?|fondations?|autorites?|groupes?|partis?|clubs?"
            r"|administrations?|laboratoires?|partenaires?|organisateurs?|laureats?"
            r"|porteurs?)\b"
            rf"|{_WHAT}(?:compan(?:y|ies)|organi[sz]ations?|agenc(?:y|ies)|ministry|bod(?:y"
            rf"|ies))\b",
        ),
        (
            Mention.PLACE,
            r"\b(?:dans|a|en|de|vers|pour) quel(?:le)?s? (?:villes?|pays|lieux?|regions?"
            r"|endroits?"
            r"|communes?|continents?|departements?|salles?|quartiers?|etats?|provinces?"
            rf"|iles?)\b|{_WHICH}(?:villes?|pays|lieux?|regions?|endroits?|communes?|adresses?"
            rf"|capitales?|sites?|localisation|emplacements?|departements?|continents?)\b"
            r"|\bwhere\b|\b(?:what|which|what is the) (?:city|country|place|town|venue"
            r"|address)\b|^lieux?\b|\blieu (?:de|du|des|exact)\b(?<!avoir lieu de)|\b(?:et|date"
            r"|quel) lieu\b"
            r"|\blieu et (?:date|horaire)|(?<!s')\badresse\b|\bvenue\b|\blocation\b"
            r"|^(?:et |and |mais |alors |d'|jusqu')?ou\b"
            rf"|^(?:\S+ ){{1,6}}ou {_SEEN}"
            rf"|\b(?:quand|comment|qui) et ou\b|\bou et (?:quand|comment|a)\b|\bd'ou\b"
            rf"|\bet ou {_SEEN}"
            rf"|\bou (?:se|s'|est-ce|aura|a lieu|puis-je|trouver)\b|\bc'est ou\b",
        ),
        (
            Mention.REASON,
            r"\bpourquoi\b|\bwhy\b|\braisons?\b|\bdans quel but\b|\ba quoi (?:sert|servent"
            r"|ca sert)"
            rf"|{_WHICH}(?:objectifs?|buts?|causes?|finalite|motifs?|utilite|interet)\b"
            r"|\bqu'est-ce qui (?:explique|justifie|cause|motive|pousse)|\bwhat for\b"
            r"|\bpurpose\b|\ba cause de quoi\b|\ben quel honneur\b",
        ),
    )
)
_WHO: Final = re.compile(
    r"^(?:\S+ ){0,1}?(?:et |mais |par |de |a |avec |pour |chez |contre |selon "
    r"|envers |sur |d'apres )?"
    r"qui\b|\b(?:par|avec|pour|chez|contre|selon|envers|a|de|d'apres|c'est|et) qui (?!est-ce)"
    r"|\bwho(?:m|se)?\b"
)
_WHO_HOLDS: Final = re.compile(
    rf"\bqui {_BE}(?:les? |la |l'|une? )?(?:\S+ )?{_ROLE}|{_WHICH}(?:\S+ )?{_ROLE}"
    rf"|\bwho (?:is|are|was) (?:the )?{_ROLE}|{_WHAT}name of the {_ROLE}|\bqui preside\b"
    rf"|\bnom d(?:u|e la|e l'|es) ?{_ROLE}|^{_ROLE}"
)
_NOT_WHO: Final = re.compile(r"^(?:\S+ )?qu'?est[- ]ce qui\b")
_NAMED: Final = re.compile(
    r"\bsigles?\b|\bacronymes?\b|\babreviations?\b|\bacronym\b|\bstands? for\b|\binitiales\b"
    r"|\bque (?:signifie|signifient|veut|veulent)\b|\bsignifie\b|\bveut dire\b"
    r"|\bsignification\b|\bdoes \S+(?: \S+){0,3} mean\b|\bmeaning of\b|\bc'est quoi\b"
)
_DEFINED: Final = re.compile(
    r"\bdefinitions?\b|\bdefinir\b|\bqu'appelle[- ]t[- ]on\b|\bque designe\b|\bdefine\b"
    r"|\bqu'?est[- ]ce qu(?:e (?:c'est que )?|')(?:l[ae] |les |l'|une? |des |d')?"
    r"[^\s?]+(?: [^\s?]+){0,4} ?[?!. ]*$|\bqu'?est[- ]ce(?: que c'est)? ?[?!. ]*$"
    r"|\ben quoi consiste|\bqu'entend[- ]on par\b"
    r"|^que (?:sont|designe\S*) (?:l[ae]s?|l') ?[^\s?]+(?: [^\s?]+){0,2} ?[?!. ]*$"
    r"|^(?:what is|what's|what are) (?:an? |the )?[^\s?]+(?: [^\s?]+){0,2} ?[?!. ]*$"
)
_ACRONYM: Final = re.compile(r"\b[A-Z][A-Z0-9]{1,7}\W*$")
_READ: Final = 2000
"""Characters read of a question: what is asked stands at its beginning or not at all."""


def answer_types(question: str) -> Mention:
    """The kinds of mention that would answer a question; ``NONE`` where it does not tell.

    Works on keywords, without accents, in capitals. A question for two things has both
    (``Quand et où``); a date or an amount asked by ``combien`` or ``what is`` is not a
    number or a definition as well.
    """
    asked = clean_question(question[:_READ])
    plain = fold(asked)
    kinds = Mention.NONE
    for kind, pattern in _RULES:
        if pattern.search(plain):
            kinds |= kind
    if kinds & (Mention.MONEY | Mention.DURATION | Mention.PERCENT):
        kinds &= ~Mention.NUMBER
    kinds |= _who(plain)
    return kinds | _meaning(plain, asked, kinds)


def _who(plain: str) -> Mention:
    if _NOT_WHO.search(plain):
        return Mention.NONE
    if _WHO_HOLDS.search(plain):
        return Mention.PERSON
    return Mention.PERSON | Mention.ORGANISATION if _WHO.search(plain) else Mention.NONE


def _meaning(plain: str, asked: str, found: Mention) -> Mention:
    """A definition, and an expansion where a sigle or an acronym is asked about."""
    if _NAMED.search(plain):
        return Mention.ACRONYM | Mention.DEFINITION
    if found or not _DEFINED.search(plain):
        return Mention.NONE
    acronym = not asked.isupper() and _ACRONYM.search(asked)
    return Mention.ACRONYM | Mention.DEFINITION if acronym else Mention.DEFINITION
