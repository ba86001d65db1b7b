"""Colloquial and careless French set down as it is written with care.

« jpeux venir, faut un certif ?? » is asked as « Je peux venir, faut-il un certificat ? »:
the documents are written with care, and so were the questions that the weights are fitted
on. Forms that only carelessness has are always replaced; short names of things (« certif »,
« mdp ») where the collection has not the word. What stands in capitals within a calm
question is a name and stays.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from rag.question.word_classes import ATTRIBUTES
from rag.text.language import detect_language
from rag.text.normalisation import fold

_FORMS_TEXT: Final = """
    koi quoi|kwa quoi|ki qui|ke que|kel quel|kelle quelle|kels quels|kelles quelles|kan quand
    kand quand|qd quand|qand quand|pk pourquoi|pq pourquoi|pkoi pourquoi|prkoi pourquoi
    pourkoi pourquoi|pourqoi pourquoi|cmt comment|cmnt comment|coment comment|koman comment
    comen comment|combian combien|kombien combien|konbien combien|cmb combien|kombi1 combien
    depui depuis|dpuis depuis|dps depuis|pr pour|ds dans|ac avec|avc avec|ss sans
    tps temps|tt tout|ts tous|tte toute|ttes toutes|bcp beaucoup|mtn maintenant|tjs toujours
    tjrs toujours|jms jamais|qq quelques|qqs quelques|qqch quelque chose
    qqchose quelque chose|qqun quelqu'un|nb nombre|nbre nombre|rdv rendez-vous
    aujourdhui aujourd'hui|ajd aujourd'hui|auj aujourd'hui|jusqua jusqu'à|jusquau jusqu'au
    dapres d'après|jai j'ai|jaurai j'aurai|javais j'avais|jetais j'étais|jaimerais j'aimerais
    cest c'est|cetait c'était|nest n'est|sest s'est|sil s'il|sils s'ils|quil qu'il|quils qu'ils
    quon qu'on|quun qu'un|quune qu'une|dun d'un|detre d'être|davoir d'avoir|ya y a
    yavait y avait|ca ça|age âge|ages âges|ete été|deja déjà|tres très|meme même|memes mêmes
    apres après|chui je suis|chuis je suis|chais je sais|jsp je ne sais pas|fo faut
    fodra faudra|dla de la|esque est-ce que|eske est-ce que|esqe est-ce que|esce est-ce
    keske qu'est-ce que|kesk qu'est-ce que|quesque qu'est-ce que|qesque qu'est-ce que
    keskil qu'est-ce qu'il|keskon qu'est-ce qu'on|kesque qu'est-ce que|wesh bonjour
    slt bonjour|bjr bonjour|bsr bonsoir
"""
_NAMES_TEXT: Final = """
    certif certificat|certifs certificats|mdp mot de passe|mdps mots de passe|ordi ordinateur
    ordis ordinateurs|appli application|applis applications|appart appartement|num numéro
    dispo disponible|dispos disponibles|qualif qualification|doc document|docs documents
    asso association|assos associations|biblio bibliothèque|pb problème|pbs problèmes
    gratos gratuit|taf travail|boulot travail|boss patron|fric argent|thune argent|thunes argent
    raquer payer|bouquin livre|bouquins livres|bagnole voiture|bagnoles voitures|gosse enfant
    gosses enfants|gamin enfant|gamins enfants|mioche enfant|mioches enfants|toubib médecin
    resto restaurant|restos restaurants|frigo réfrigérateur|ptit petit|ptite petite
    prélèv prélèvement|assur assurance|proprio propriétaire|proprios propriétaires
    clopes cigarettes|clope cigarette|dico dictionnaire|attest attestation
    remb remboursement|inscrip inscription|formul formulaire
    justif justificatif|justifs justificatifs|photocop photocopie|poubs poubelles
    intercos intercommunalités|interco intercommunalité
"""


def _table(text: str) -> dict[str, str]:
    entries = (entry.strip() for line in text.split("\n") for entry in line.split("|"))
    pairs = (entry.partition(" ") for entry in entries if entry)
    return {form: careful for form, _, careful in pairs}


_FORMS: Final = _table(_FORMS_TEXT)
_NAMES: Final = _table(_NAMES_TEXT)
_WORD: Final = re.compile(r"(?<![\w'’@./-])[^\W\d_]+(?![\w'’@/]|[.-]\w)")
_I: Final = re.compile(
    r"\bj(?=(?:peux?|dois?|veux?|suis|sais?|fais?|vais|crois|pense|voudrais?|dis|mets|prends"
    r"|vois|pay?i?e|comprends|cherche|trouve|reste|travaille|demande|touche|gagne|pourrai[st]?"
    r"|devrai[st]?|risque|compte)\b)",
    re.IGNORECASE,
)
_LETTERED: Final = (
    r"(?<!\d )(?<!vitamine )(?<!annexe )(?<!plan )(?<!classe )(?<!cat[ée]gorie )(?<!type )"
    r"(?<!groupe )(?<!zone )(?<!permis )(?<!b[âa]timent )(?<!hall )(?<!porte )(?<!option )"
    r"(?<!salle )(?<!niveau )(?<!point )(?<!lettre )(?<!formule )"
)
"""Not after what letters number: « le permis c »."""

_VOWELLED: Final = (
    r"(?:argent|ordinateurs?|applications?|appartements?|enfants?|associations?|attestations?"
    r"|assurances?|inscriptions?|intercommunalités?)\b"
)
"""Names put for shorter ones, before which articles are elided."""

_START: Final = r"(?P<start>^|[,;:.?!] +)"
_ASKS: Final = (
    r"(?:quand|comment|combien|pourquoi|quoi|quel(?:le)?s?|qui|que|o[ùu]|quels?\b|lequel)"
)
_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"\s*[?!]*\?[?!]+", " ?"),
        (r"\s*!{2,}", " !"),
        (r"[,;:!. ]*\b(?:svp|stp|s'?il (?:vous|te) pla[iî]t|please)\b(?= ?[?!.]*$)", ""),
        (r"^(?:svp|stp)\b[ ,]*", ""),
        (r"\baujourd hui\b", "aujourd'hui"),
        (r"\b(jusqu|quelqu|lorsqu|puisqu) (?=[aàuieo])", r"\1'"),
        (r"\b(?:y ?a|ya)[- ]?t?[- ]?il\b", "y a-t-il"),
        (r"\b(a|aura|va) ?-? ?t ?-? ?(il|elle|on)\b", r"\1-t-\2"),
        (r"\bqu ?['’]?est?[- ]?ce[- ]?(?:que|ke)\b", "qu'est-ce que"),
        (r"\bqu ?['’]?est?[- ]ce[- ]?(?:qu|k)[ '’](?=[aeiouyh])", "qu'est-ce qu'"),
        (r"\bqu ?['’]?est?[- ]ce[- ]?(?:qui|ki)\b", "qu'est-ce qui"),
        (r"(?<![\w'’])est? ?[- ]?ce[- ]?(?:que|ke)\b", "est-ce que"),
        (r"(?<![\w'’])est ?[- ]?ce[- ]?(?:qu|k)[ '’](?=[aeiouyh])", "est-ce qu'"),
        (
            rf"{_LETTERED}(?<![\w'’-])((?-i:[ldjnsm]|qu)|^(?:[ldjnsm]|qu)) "
            r"(?=[aeiouyhéèêàâîô]\w)",
            r"\1'",
        ),
        (rf"{_LETTERED}(?<![\w'’-])(?:(?-i:c)|^c) (?=est\b|[ée]tait\b)", "c'"),
        (rf"{_LETTERED}(?<![\w'’.-])(?:(?-i:c)|^c) (?=[a-zéèêàçô]\w)(?!a dire)", "c'est "),
        (
            r"(?<!par )(?<!en )(?<!ma )(?<!la )(?<!une )(?<!sa )(?<!carte )(?<![\w'’-])cb "
            r"(?=(?:de|ça|co[uû]te\w*|c'est|ils?|elles?|on|je|tu|nous|vous|faut|vaut|dure|pour"
            r"|y a)\b|d['’])",
            "combien ",
        ),
        (r"\b(c'est|co[uû]te|pay[eé]r?|vaut|dure) cb\b", r"\1 combien"),
        (
            r"\b(le|de|num[ée]ro|num|par|un|mon|son) tel(?= (?:pour|de|du|des|d'|à|a)\b|\W*$)",
            r"\1 téléphone",
        ),
        (
            r"\b(doit|peut|faut|(?<!et )puis|dois|suis|ai|doivent|peuvent|vont|sont|ont) "
            r"(on|il|je|elles?|ils)\b(?<!ai on)",
            r"\1-\2",
        ),
        (r"\b(je|tu) (?:fai|fé)\b", r"\1 fais"),
        (
            r"\b(?:je|on|nous|vous|faut) (?:fais?t?|faire|dois faire|doit faire) quoi\b",
            "que faire",
        ),
        (r"\b(?:c'est qui|qui c'est) qui\b", "qui"),
        (r"(?P<start>^|[.?!] +)ou (?!pas\b|non\b|bien\b)", r"\g<start>où "),
        (r"\b(c'est) ou\b(?= (?:le|la|les|l'|que|qu'|mon|ma|votre)|\W*$)", r"\1 où"),
        (rf"{_START}a (?=quel|combien\b|qui\b|quoi\b)", r"\g<start>à "),
        (
            r"(?<![\w'’])a (?=(?:partir|cause|propos|quelle heure|quel moment|quel endroit"
            r"|quelle date|quelle adresse|quel prix)\b)",
            "à ",
        ),
        (rf"\bdu (?={_VOWELLED})", "de l'"),
        (rf"\bau (?={_VOWELLED})", "à l'"),
        (rf"\b(?:le|la) (?={_VOWELLED})", "l'"),
        (rf"\bde (?={_VOWELLED})", "d'"),
        (r"\bjusqu['’]a\b", "jusqu'à"),
        (rf"{_START}y a (?!-t-)(?!\d)(?!{_ASKS}\b)", r"\g<start>y a-t-il "),
        (rf"{_START}faut (?!{_ASKS}\b|pas\b)", r"\g<start>faut-il "),
        (
            rf"\b({_ASKS}(?: (?!il\b)\w+){{0,3}}) faut(?![- ]il)(?<!qui faut)(?<!il faut)\b",
            r"\1 faut-il",
        ),
        (rf"{_START}faut\b(?!-)", r"\g<start>il faut"),
        (r"\bquoi comme (\w+)", r"quel \1"),
    )
)
_AT_ALL: Final = r"(?:,? (?:au juste|exactement|en fait|vraiment|concr[èe]tement|au fait))?"
_TRICK: Final = r"(?:(?:le coup|l'histoire|le truc|ce truc|cette histoire) (?:de |d'|du ))?"
_WHAT_IS: Final = re.compile(
    rf"^(?P<lead>(?:bonjour|et|mais|alors)[ ,]+)?c['’]est quoi{_AT_ALL},? {_TRICK}"
    r"(?P<article>les? |la |l['’])?(?P<noun>[^\W\d_]+)?(?P<rest>.*)$",
    re.IGNORECASE,
)
_WHAT_IT_IS: Final = re.compile(
    rf"^(?P<thing>(?:\S+ ){{0,5}}[^\s,?!]+),? c['’]est quoi{_AT_ALL} ?\?*$", re.IGNORECASE
)
_OTHERS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"^c['’]est qui,? (?=les? |la |l['’])", "qui est "),
        (r"^c['’]est quand,? (?=les? |la |l['’])", "quand a lieu "),
        (r"^c['’]est o[uù],? (?=les? |la |l['’])", "où se trouve "),
        (r"^c['’]est combien,? (?=les? |la |l['’])", "combien coûte "),
    )
)
_ARTICLE: Final = re.compile(r"^(?:les? |la |l['’]|une? |des? )", re.IGNORECASE)
_READ: Final = 1000
"""Characters; who writes more than that is telling a story."""


def careful(text: str, knows: Callable[[str], bool]) -> str:
    """A question as one would write it with care; itself where it is, or is not French.

    Args:
        text: the question, cleaned. Not changed beyond 1,000 characters.
        knows: whether a word, in lower case, stands in the collection.
    """
    if len(text) > _READ or detect_language(text) not in (None, "fr"):
        return text
    calm = text.lower() if text.isupper() and " " in text.strip(" ?!.") else text
    said = _I.sub(_je, calm)
    said = _WORD.sub(partial(_written, knows), said)
    for pattern, put in _RULES:
        said = pattern.sub(partial(_rewritten, put), said)
    said = _asked(said.strip())
    if said == calm:
        return text
    return _capitalised(said) if text[:1].isupper() else said


def _rewritten(put: str, match: re.Match[str]) -> str:
    """What a rule puts; what says the same with other capitals or apostrophes stays."""
    written, new = match.group(), match.expand(put)
    if written.lower().replace("’", "'") == new.lower():
        return written
    return _capitalised(new) if written[0].isupper() else new


def _je(match: re.Match[str]) -> str:
    return f"{match.group()}e "


def _written(knows: Callable[[str], bool], match: re.Match[str]) -> str:
    word = match.group()
    low = word.lower()
    if word.isupper() and len(word) > 1:
        return word
    careful_form = _FORMS.get(low)
    if careful_form is None and low in _NAMES and not knows(low):
        careful_form = _NAMES[low]
    if careful_form is None:
        return word
    return _capitalised(careful_form) if word[0].isupper() else careful_form


def _asked(said: str) -> str:
    """« C'est quoi le délai » as « quel est le délai », « c'est quoi un lai » as what it is."""
    for pattern, put in _OTHERS:
        said = pattern.sub(put, said)
    thing = _WHAT_IT_IS.match(said)
    if thing is not None and not re.match(_ASKS, thing["thing"], re.IGNORECASE):
        return f"qu'est-ce que {_ARTICLE.sub(_lowered, thing['thing'])} ?"
    match = _WHAT_IS.match(said)
    if match is None or not match["noun"]:
        return said
    lead, article, noun = match["lead"] or "", match["article"] or "", match["noun"]
    of = article and fold(noun) in _ATTRIBUTES
    opens = _WHICH[article.strip().lower().replace("’", "'")] if of else "qu'est-ce que "
    elided = re.sub(r"que (?=(?:un|une|on|il|elle)\b)", "qu'", f"{opens}{article}{noun}")
    return f"{lead}{elided}{match['rest']}"


_ATTRIBUTES: Final = ATTRIBUTES | frozenset(
    """
    numero numeros telephone mail courriel site lien age regle regles difference differences
    procedure demarche demarches plafond seuil code formulaire
    """.split()
)
_WHICH: Final = {
    "le": "quel est ",
    "la": "quelle est ",
    "les": "quels sont ",
    "l'": "quel est ",
}


def _lowered(match: re.Match[str]) -> str:
    return match.group().lower()


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
