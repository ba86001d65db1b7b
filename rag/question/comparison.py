"""A comparison of two things, as one question a side.

« Du RGESN ou du RGAA, lequel a le plus de critères ? » is answered by two sentences, one on
each: « le RGESN : combien de critères ? », « le RGAA : combien de critères ? ». Only forms
that show both sides and what is compared are taken apart. Each is found by its pivots (the
comma, « ou », « que »), searched one after the other, so that it takes linear time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rag.question.phrases import has_name, read_words
from rag.question.question_rewriting import without_end
from rag.question.word_classes import WordClass

_LONGEST: Final = 400
"""Characters; a longer question tells a story."""

_MOST_WORDS: Final = 16
"""Words of a side; more is a clause."""

_DEGREE: Final = re.compile(
    r"\b(?:plus|davantage|moins|autant|meilleure?s?|pire|premi(?:er|[èe]re)s?|d['’]abord|more"
    r"|most|fewer|fewest|less|least|better|best|first"
    r"|(?:old|new|larg|bigg|high|low|cheap|long|short|earli|lat)(?:er|est))\b",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\b(?:le |la )?(?:plus|davantage|moins|autant) (?P<of>de |d['’])"
    r"|\b(?:the )?(?:more|most|fewer|fewest|less|least) (?=\w)",
    re.IGNORECASE,
)
_SUPERLATIVE: Final = re.compile(
    r"\b(?:(?:le|la|les) )?(?:plus|moins|aussi) (?=\w)", re.IGNORECASE
)
_WHICH: Final = re.compile(
    r"(?:(?:c['’]est )?(?:lequel|laquelle|lesquels|lesquelles|qui|quel(?:le)?"
    r" (?!est\b|[ée]tait\b|fut\b|sera\b)\w+)"
    r"(?: des deux)?|which(?: one| \w+)?(?: of the two)?|who) ",
    re.IGNORECASE,
)
_WHICH_NEXT: Final = re.compile(
    r", (?=(?:c['’]est )?(?:qui|quel|which|who))|,? (?=(?:c['’]est )?(?:lequel|laquelle))",
    re.IGNORECASE,
)
_OF: Final = re.compile(
    r"(?P<of>entre |parmi |de la |de l['’]|du |des |de |d['’]|between |of )", re.IGNORECASE
)
_ARTICLES: Final = {
    "de la ": "la ",
    "de l'": "l'",
    "du ": "le ",
    "des ": "les ",
}
_OR: Final = re.compile(r" (?:ou bien|ou|or) ", re.IGNORECASE)
_AND: Final = re.compile(r" (?:et|and) ", re.IGNORECASE)
_HOLDS: Final = re.compile(
    r" (?=(?:a|ont|est|sont|avait|avaient|sera|aura|compte|co[ûu]te|dure|emploie|dispose"
    r"|accueille|rassemble|dépense|depense|has|have|is|are) )",
    re.IGNORECASE,
)
_HAS: Final = re.compile(
    r" (?:a|ont|est|sont|avait|était|etait)(?:(?:[- ]t)?[- ](?:il|elle)s?)? (?:\w+ )?"
    r"(?=(?:plus|moins|autant|davantage|aussi) )",
    re.IGNORECASE,
)
_IS_IT: Final = re.compile(r"est[- ]ce qu(?:e |['’])", re.IGNORECASE)
_WHY: Final = re.compile(r"(?:pourquoi|comment|quand|o[ùu]|depuis|en quoi)\b", re.IGNORECASE)
_OPENED: Final = re.compile(r"(?:does|do|did|is|are|was|has|have) ", re.IGNORECASE)
_MORE: Final = re.compile(
    r" (?:(?:have|hold|cost|get) )?(?=(?:more|fewer|less|\w{3,12}er)\b)", re.IGNORECASE
)
_THAN: Final = re.compile(r" (?:que |qu['’]|than )", re.IGNORECASE)
_GAP: Final = re.compile(
    r"(?:quel(?:le)? (?:est )?(?:la |l['’])?|what is the )(?:diff[ée]rence|[ée]cart)"
    r" (?:de |d['’]|in )",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r" (?:entre|between) ", re.IGNORECASE)
_PLACED: Final = re.compile(
    r",? (?:que|qu['’]|ou|or|than) (?P<by>derri[èe]re|pour|avec|dans|chez|aux?|en|sur|contre"
    r"|selon|par|sous|for|with|in|under|behind) ",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(r"^(?:a|ont|est|sont|has|have|is|are) ", re.IGNORECASE)
_IT_IS: Final = re.compile(r",? c['’]est$", re.IGNORECASE)
_THAT_OF: Final = re.compile(r"\b(?:celui|celle|ceux|celles)(?:-l[àa])?\b", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"(?:derri[èe]re |pour |avec |dans |chez |en |sur |contre |selon |par |sous )?"
    r"(?P<head>(?:les? |la |l['’]|une? |des |du |aux? )?\w+)",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(
    r"(?:avant|auparavant|l['’]an(?:n[ée]e)? |la moyenne\b|en \d|last |the average\b)", re.I
)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two things and what is asked of both; ``placed``: each begins with a preposition."""

    one: str
    two: str
    asked: str
    placed: bool = False


def split_comparison(question: str) -> tuple[str, ...]:
    """One question a side of a comparison, in order; none where this cannot be told."""
    text = without_end(question)
    if len(text) > _LONGEST or not (_DEGREE.search(text) or _GAP.match(text)):
        return ()
    for form in _FORMS:
        compared = form(text)
        if compared is not None:
            return _questions(compared)
    return ()


def _questions(compared: _Compared) -> tuple[str, ...]:
    one, two = _bare(compared.one), _bare(compared.two)
    head = _HEAD.match(one)
    if head is not None:
        two = _THAT_OF.sub(lambda _: head["head"], two, count=1)
    asked = _attribute(compared.asked)
    if one.casefold() == two.casefold() or not all(map(_is_thing, (one, two))):
        return ()
    if not asked:
        return ()
    if compared.placed:
        return tuple(f"{asked} {side} ?" for side in (one, two))
    return tuple(f"{side} : {asked} ?" for side in (one, two))


def _is_thing(side: str) -> bool:
    """Whether it names something, or has a noun with its article; « prévu » does not."""
    words = read_words(side, opens=False)
    if len(words) > _MOST_WORDS or _EARLIER.match(side):
        return False
    if any(word.kind is WordClass.ASKING for word in words):
        return False
    told = any(word.kind in (WordClass.CONTENT, WordClass.ATTRIBUTE) for word in words)
    return has_name(words) or (told and len(words) > 1)


def _bare(side: str) -> str:
    """« du RGESN » as « le RGESN »."""
    side = side.strip(" ,:")
    of = _OF.match(side)
    if of is None:
        return side
    rest = side[of.end() :]
    if of["of"].lower() in ("entre ", "parmi ", "between "):
        return rest
    return _ARTICLES.get(of["of"].lower().replace("’", "'"), "") + rest


def _attribute(asked: str) -> str:
    """« a le plus de critères » as « combien de critères », « le plus cher » as « cher »."""
    counted = _COUNTED.search(asked)
    if counted is not None:
        many = f"combien {counted['of']}" if counted["of"] else "how many "
        return many + asked[counted.end() :]
    plain = _SUPERLATIVE.sub("", _LEAD.sub("", asked.strip()))
    return _IT_IS.sub("", plain).strip(" ,:")


def _two(text: str) -> tuple[str, str] | None:
    """The two terms of the one « ou », or of the one « et » where there is no « ou »."""
    for pivot in (_OR, _AND):
        terms = pivot.split(text)
        if len(terms) > 1:
            return (terms[0], terms[1]) if len(terms) == 2 else None
    return None


def _named_first(text: str) -> _Compared | None:
    """« Du RGESN ou du RGAA, lequel a le plus de critères »."""
    pivot = _WHICH_NEXT.search(text)
    which = _WHICH.match(text, pivot.end()) if pivot else None
    if pivot is None or which is None or not _OF.match(text) or "," in text[: pivot.start()]:
        return None
    terms = _two(text[: pivot.start()])
    return _Compared(*terms, text[which.end() :]) if terms else None


def _named_last(text: str) -> _Compared | None:
    """« Qui a le collège le plus nombreux, la CADA ou la CNIL »."""
    which = _WHICH.match(text)
    if which is None:
        return None
    before, sign, after = text.rpartition(" : ")
    if not sign:
        before, _, after = text.rpartition(", ")
    terms = _two(after)
    asked = before[which.end() :]
    if terms is None or not asked:
        return None
    return _Compared(*terms, asked)


def _named_within(text: str) -> _Compared | None:
    """« Qui de la CADA ou de la CNIL a le plus de membres »."""
    which = _WHICH.match(text)
    if which is None or not _OF.match(text, which.end()):
        return None
    holds = _HOLDS.search(text, which.end())
    terms = _two(text[which.end() : holds.start()]) if holds else None
    return _Compared(*terms, text[holds.end() :]) if holds and terms else None


def _held_by_both(text: str) -> _Compared | None:
    """« La CADA a-t-elle plus de membres que la CNIL », « La CADA a plus de … que … »."""
    if _WHY.match(text):
        return None
    opened = _IS_IT.match(text)
    return _either_side(text, opened.end() if opened else 0, _HAS)


def _english(text: str) -> _Compared | None:
    """« Does the CADA have more members than the CNIL »."""
    opened = _OPENED.match(text)
    return _either_side(text, opened.end(), _MORE) if opened else None


def _either_side(text: str, start: int, held: re.Pattern[str]) -> _Compared | None:
    """A thing from ``start`` on, what it has more of, and the other thing after « que »."""
    more = held.search(text, start)
    than = _THAN.search(text, more.end()) if more else None
    if more is None or than is None:
        return None
    return _Compared(
        text[start : more.start()], text[than.end() :], text[more.end() : than.start()]
    )


def _gap(text: str) -> _Compared | None:
    """« Quelle différence de prix entre le salon de Lyon et celui de Lille »."""
    gap = _GAP.match(text)
    between = _BETWEEN.search(text, gap.end()) if gap else None
    terms = _two(text[between.end() :]) if between else None
    if gap is None or between is None or terms is None:
        return None
    return _Compared(*terms, text[gap.end() : between.start()])


def _placed(text: str) -> _Compared | None:
    """« Y a-t-il plus d'États derrière la déclaration ou derrière la fondation »."""
    degree = _DEGREE.search(text)
    again = _PLACED.search(text, degree.end()) if degree else None
    if degree is None or again is None or _PLACED.search(text, again.end()):
        return None
    by = re.compile(f" (?={re.escape(again['by'])} )", re.IGNORECASE)
    found = list(by.finditer(text, degree.end(), again.start()))
    if not found:
        return None
    last = found[-1]
    one, two = text[last.end() : again.start()], text[again.start("by") :]
    return _Compared(one, two, text[: last.start()], placed=True)


_FORMS: Final[tuple[Callable[[str], _Compared | None], ...]] = (
    _named_first,
    _named_last,
    _named_within,
    _held_by_both,
    _english,
    _gap,
    _placed,
)
