"""What kind of answer a question calls for: how it is to be put together.

`rag.question.answer_types` tells what the answer mentions (a date, an amount); the kind tells
what shape it has (a definition, steps, a yes or a no). Rules on the folded question, tried in
order: the first that holds decides.
"""

import re
from typing import Final

from rag.question.answer_types import answer_types
from rag.question.comparison import split_comparison
from rag.text.normalisation import clean_question, fold
from rag.types import Kind, Mention

_READ: Final = 600
"""Characters read: what is asked stands there, or nowhere."""

_LEAD: Final = re.compile(
    r"^(?:(?:et|mais|alors|donc|sinon|du coup|au fait|and|so|but|bonjour|merci|please|svp"
    r"|s'il (?:vous|te) plait|dites?-moi|dis-moi|je voudrais savoir|j'aimerais savoir"
    r"|(?:peux-tu|pouvez-vous|pourriez-vous|tu peux|vous pouvez|can you|could you)"
    r"(?: please)?(?: (?:me|nous|moi))?(?: (?:dire|expliquer|indiquer|tell me))?)"
    r"\b[ ,:!.]*)+"
)
_TELLING: Final = (
    r"(?:dit|disent|prevoit|prevoient|contient|contiennent|propose|proposent|recommande"
    r"|recommandent|indique|indiquent|explique|expliquent|preconise|preconisent|stipule"
    r"|stipulent|raconte|racontent|apprend|decrit|decrivent|annonce|annoncent)"
)
_DECIDED: Final = r"(?:dit|decide|vote|adopte|approuve|arrete|retenu|conclu|acte|delibere)e?s?"
_SUMMARY: Final = re.compile(
    r"^(?:(?:me|nous) )?(?:resume[rz]?|synthetise[rz]?|summari[sz]e|sum up|outline)\b"
    r"|^(?:un |une |le |la |an? )?(?:resume|synthese|summary|overview)(?: (?:de|du|des"
    r"|of)\b| d')"
    r"|\b(?:fais|faites|faire|donne|donnez|donner)(?:[- ](?:moi|nous))? (?:un |une |le |la )"
    r"(?:\w+ )?(?:resume|synthese)\b"
    rf"|^(?:que|qu'est[- ]ce que?"
    rf"|qu'est[- ]ce qu') ?(?:nous )?{_TELLING}(?:[- ]t?[- ]?(?:il|elle)s?)?\b"
    rf"|^qu'(?:en )?{_TELLING}\b"
    rf"|^qu'est[- ]ce qu(?:e |')(?:\S+ ){{1,8}}{_TELLING}\b"
    r"|\bde quoi (?:\S+ ){0,6}?(?:parle|parlent|traite|traitent|il est question"
    r"|est-il question)\b"
    r"|^(?:\S+ ){0,8}?(?:parle|parlent|traite|traitent|dit|disent) de quoi\b"
    r"|^(?:\S+ ){1,8}?(?:dit|disent|prevoit|prevoient) quoi\b"
    rf"|^qu'(?:a|ont|avait|avaient)(?:[- ]t?[- ]?(?:il|elle"
    rf"|on)s?)? (?:\S+ ){{0,8}}?{_DECIDED}\b"
    rf"|^qu'est[- ]ce qu(?:e |'|i )(?:\S+ ){{0,6}}?(?:a|ont|ete) (?:ete )?{_DECIDED}\b"
    r"|^quel(?:le)?s? (?:sont|est) (?:les?|la|l')? ?(?:grand(?:e)?s |principa(?:ux|les) )?"
    r"(?:points? (?:cles?|essentiels?|principaux)|grandes? lignes|idees? principales?"
    r"|contenu)\b"
    r"|^what (?:does|do) (?:\S+ ){1,8}?(?:say|state|provide|contain|recommend|cover)\b"
    r"|^what (?:did|has|have) (?:\S+ ){1,8}?(?:decided?|approved?|adopted?|agreed?)\b"
    r"|^what (?:is|are) (?:\S+ ){1,8}?about\b|^what are the (?:main|key) (?:points|ideas)\b"
)
_COMPARISON: Final = re.compile(
    r"\bdifferences?\b|\bdifferencie\w*\b|\bdistingu\w+\b|\bcompar(?:e[rz]?|aison|ed|ison)\b"
    r"|\bversus\b|\bvs\b|\bpar rapport (?:a|au|aux)\b|\bdiffers?\b|\bdiffere(?:nt)?\b"
    r"|\bpoints? communs?\b|\b(?:le|la) meme chose\b|\bthe same (?:thing )?as\b"
    r"|\b(?:lequel|laquelle|which one)\b.{0,80}\b(?:plus|moins|meilleure?|more|less|better"
    r"|best)\b"
    r"|\b(?:lequel|laquelle) des deux\b|\bqu'est[- ]ce qui (?:les )?separe\b"
)
_PURPOSE: Final = re.compile(
    r"\ba quoi (?:ca |cela )?serv?(?:t|ent|ira|iront|ait|aient)\b|\b(?:sert|servent) a quoi\b"
    r"|\bde quoi s'agit\b|\bqu'est[- ]ce que c'est\b|\bqu'entend[- ]on par\b"
    r"|^que (?:veut|veulent) dire\b|^que signifient?\b|^what does .{1,80} mean\b"
    r"|^what (?:is|are) (?:\S+ ){1,6}?for\W*$"
)
_REASON: Final = re.compile(
    r"\bpourquoi\b|\bwhy\b|\bhow come\b|\bcomment (?:se fait|ca se fait|expliquer)\b"
    r"|\bpour quel(?:le)?s? (?:raisons?|motifs?|causes?)\b|\ba cause de quoi\b"
    r"|\bdans quel(?:le)? (?:but|intention)\b"
)
_NAMING: Final = re.compile(
    r"\bcomment (?:s'appell\w+|se nomm\w+|on appelle|appelle\w*|se prononc\w+)"
    r"|\bs'appell\w+ comment\b"
)
_ELIGIBLE: Final = re.compile(
    r"^qui (?:peut|peuvent|doit|doivent|a (?:le )?droit|est (?:concerne|eligible|oblige|exonere"
    r"|dispense|vise|soumis)|beneficie|can|must|may)\b|^who (?:can|must|may|is (?:eligible"
    r"|entitled))\b"
)
_PROCEDURE: Final = re.compile(
    r"\bcomment\b(?! (?:est|sont|etait) (?:definie?s?|appelee?s?)\b)|\b(?:que|quoi) faire\b"
    r"|\b(?:fai[ts]|fais-je|fait-on|faire) quoi\b|\bhow (?:to|do|does|can|could|should|is"
    r"|are)\b"
    r"|\bqu'est[- ]ce qu(?:e |')(?:je|on|il faut|nous|vous)\b(?: \w+)? (?:fai[st]|faire)\b"
    r"|\bque (?:dois-je|doit-on|faut-il|puis-je) faire\b"
    r"|\bquel(?:le)?s? (?:(?:sont|est) (?:les |la |l')?)?(?:etapes?|demarches?|formalites?"
    r"|procedures?|marche a suivre|manipulations?)\b|^(?:les )?(?:etapes"
    r"|demarches?) (?:pour|de|d')"
    r"|\bmode d'emploi\b|\bwhat (?:should|must|do|can) (?:i|we|you|one) do\b"
    r"|\bwhat are the steps\b"
    r"|\bpar quels? moyens?\b|\bde quelle (?:maniere|facon)\b"
)
_SEVERAL: Final = re.compile(
    r"^(?:\w+ )?(?:quels|quelles)\b|\b(?:lesquels|lesquelles)\b|\b(?:sont|etaient) (?:quels"
    r"|quelles)\b"
    r"|^(?:me |nous )?(?:liste[rz]?|enumere[rz]?|cite[rz]?|list|name)\b"
    r"|^(?:la )?liste (?:de|du|des|d')|^qui (?:sont|etaient) les\b|^who are the\b"
    r"|^(?:what|which) (?:are|were) the\b|^which \w+s (?:are|were|have|do|can|must)\b"
    r"|^c'est quoi les\b|\bdonne[rz]?(?:-moi)? (?:la liste|des exemples)\b"
    r"|(?:^|, )(?:(?:pour|dans|a|avec|sur|par|de|en|chez|contre|selon|sous) )?(?:quels"
    r"|quelles)\b"
)
_ASKING: Final = re.compile(
    r"\b(?:quand|comment|combien|pourquoi|quoi|quel(?:le)?s?|lequel|laquelle|lesquel(?:le)?s"
    r"|what|which|when|where|who|whom|whose|why|how)\b"
    r"|(?:^|[,:.] )(?:(?:a|de|par|pour|avec|chez|contre|selon|sur|d') ?)?"
    r"(?:qui\b|que\b|qu'(?!(?:il|elle|on|un|une)\b)|ou\b(?! (?:pas|non|bien)\b))|\bjusqu'ou\b"
    r"|\b(?:c'est|est) (?:qui|ou)\b|\b(?:a|de|par|avec|chez|pour) qui\W*$|\bou\W*$"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?]) +(?=\w)")
_PRONOUN: Final = r"(?:ils?|elles?|on|je|tu|nous|vous|ce)"
_DECISION: Final = re.compile(
    r"^est[- ]?ce qu(?:e\b|')|\bou (?:pas|non|bien)\b[^\w]*$"
    rf"|[a-z](?:-t)?-{_PRONOUN}\b(?!-)"
    rf"|^(?:\S+ ){{0,8}}?(?:peut|doit|faut|puis|dois|peux|est|sont|a|ont|doivent|peuvent|ai)"
    rf"(?: t)? {_PRONOUN}\b"
    r"|^(?:il (?:faut|y a)|faut|y a|y'a|on (?:peut|doit|a (?:le )?droit)|(?:je|tu|nous"
    r"|vous) (?:peux"
    r"|pouvons|pouvez|dois|devons|devez|suis oblige)|j'ai (?:le )?droit|c'est (?!quoi|qui"
    r"|quand|ou\b"
    r"|combien|comment|pour))"
    r"|^(?:is|are|was|were|do|does|did|can|could|must|should|may|has|have|will|would)\b"
)
_OPENED: Final = re.compile(
    rf"(?:(?!qu|ou|quand)[a-z']+(?:-t)?-{_PRONOUN}\b|est ce qu|y a t il)"
)
_CLAUSE: Final = re.compile(
    r"\b(?:est|sont|etait|sera|a|ont|aura|peut|peuvent|peux|doit|doivent|dois|faut|va|vont"
    r"|risque"
    r"|marche|fonctionne|existe|suffit|concerne|s'applique|n'est|n'a|reste|change|coute)\b"
)
_ONE: Final = re.compile(
    r"\b(?:quel|quelle) (?!est\b|etait\b|sera\b|fut\b|role\b|lien\b|rapport\b)\w"
    r"|\b(?:what|which) (?!is\b|are\b|was\b|were\b|does\b|do\b|did\b|if\b|about\b|happens?\b)\w"
    r"|\bhow (?:quickly|often|soon|fast|old|far|late|early|many|much|long)\b"
)
"""« Quel constructeur … »: one thing, to be named."""

_OWN_VALUE: Final = (
    Mention.DATE
    | Mention.NUMBER
    | Mention.MONEY
    | Mention.PERCENT
    | Mention.PERSON
    | Mention.PLACE
    | Mention.DURATION
    | Mention.ORGANISATION
)


def kind_of(question: str) -> Kind:
    """The kind of a question in careful French or English, with or without accents.

    ``OTHER`` where it does not tell: keywords, a noun phrase. Of « X : qui le dirige ? » and
    of « X, depuis quand ? », as follow-ups are completed, the question part decides.
    """
    asked = clean_question(question[:_READ])
    plain = _LEAD.sub("", fold(asked)).strip()
    plain = _asking_part(plain)
    wants = answer_types(plain)
    for kind, pattern in _SHAPES:
        if pattern.search(plain):
            return kind
    if split_comparison(asked):
        return Kind.COMPARISON
    return _among(plain, wants)


_SHAPES: Final = (
    (Kind.SUMMARY, _SUMMARY),
    (Kind.COMPARISON, _COMPARISON),
    (Kind.VALUE, _NAMING),
    (Kind.DEFINITION, _PURPOSE),
    (Kind.REASON, _REASON),
    (Kind.OTHER, _ELIGIBLE),
)
"""What its form alone tells, the most telling first."""


def _among(plain: str, wants: Mention) -> Kind:
    """By what it asks for, where its form alone did not tell."""
    if _decides(plain):
        return Kind.DECISION
    if wants & Mention.DEFINITION and not wants & _OWN_VALUE:
        return Kind.DEFINITION
    if _PROCEDURE.search(plain):
        return Kind.PROCEDURE
    if _SEVERAL.search(plain):
        return Kind.SEVERAL
    if wants & _OWN_VALUE or _ONE.search(plain):
        return Kind.VALUE
    return Kind.REASON if wants & Mention.REASON else Kind.OTHER


def _decides(plain: str) -> bool:
    """Whether yes or no would answer: it asks, but with no question word."""
    if not _OPENED.match(plain) and _ASKING.search(plain):
        return False
    if _DECISION.search(plain):
        return True
    return plain.endswith("?") and _CLAUSE.search(plain) is not None


def _asking_part(plain: str) -> str:
    """The sentence that asks, without the story or the subject that goes before it."""
    told, _, last = plain.rpartition(" : ")
    if told and _asks(last):
        return last
    sentences = _SENTENCE.split(plain)
    return next((each for each in reversed(sentences) if _asks(each)), plain)


def _asks(clause: str) -> bool:
    return bool(_ASKING.search(clause) or _DECISION.search(clause))
