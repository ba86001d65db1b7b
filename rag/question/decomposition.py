"""A question that plainly asks two or three things, cut into one question for each.

« Depuis quelle année Pix est-il un GIP, et sur combien de points note-t-il les élèves ? »
has two answers, which one ranking seldom both finds. A question is cut where a clause of
its own is followed by another question word, and a comparison gives one question a side
(`rag.question.comparison`). « Quand et où se tient le salon ? » is one clause, and stays
whole: a wrong cut costs more than none.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from rag.question.answer_types import answer_types
from rag.question.comparison import split_comparison
from rag.question.conversation import StandaloneQuestion, standalone_question
from rag.question.phrases import Word, has_name, read_words, subject_of
from rag.question.question_rewriting import without_end
from rag.question.word_classes import WordClass
from rag.types import Turn

MOST_PARTS: Final = 3
"""Parts at most; what follows stays with the last."""

_LONGEST: Final = 600
"""Characters; a longer question tells a story."""

_LINKS: Final = 12
"""Places looked at where a question may be cut."""

_QUOTED: Final = re.compile(r"«[^«»]{1,200}»|\"[^\"]{1,200}\"|“[^“”]{1,200}”")
_BEFORE: Final = (
    r"(?:(?:à|a|de|d['’]|sur|avec|pour|dans|depuis|par|en|contre|chez|selon|vers|sous|jusqu['’]"
    r"|jusqu['’][àa]|à partir de|a partir de|at|in|on|for|with|by|from|since|to|until|under)"
    r"(?:\s+|(?<=['’])))?"
)
_ASKS: Final = (
    r"(?:combien|quel(?:le)?s?|comment|pourquoi|qui|quoi|o[ùu]|quand|lequel|laquelle"
    r"|lesquel(?:le)?s|est-ce|faut-il|peut-on|doit-on|y a-t-il|qu['’]est[- ]ce"
    r"|how|what|why|who|whom|whose|when|where|which)\b"
)
_INVERTED: Final = re.compile(
    r"\w[- ]t[- ](?:ils?|elles?|on)\b"
    r"|\w-(?:t-)?(?:ils?|elles?|on|je|nous|(?<!rendez-)vous|ce)\b",
    re.IGNORECASE,
)
_AFTERWARDS: Final = r"(?:(?:aussi|alors|donc|surtout|enfin|ensuite|puis|also|then),?\s+)?"
_LINK: Final = re.compile(
    r"(?:(?:[;?](?:\s*(?:et|and|puis|mais|but)\b)?|(?:,\s*|\s)(?:et|and|puis)\b)"
    rf"\s*{_AFTERWARDS}|(?P<comma>,\s*))"
    rf"(?={_BEFORE}(?P<asks>{_ASKS})|qu(?:e\s|['’]))",
    re.IGNORECASE,
)
_CLAUSES: Final = frozenset("combien comment pourquoi how what why".split())
"""What opens a question even after a mere comma, « quel » besides; « , qui » goes on."""

_RELATIVE: Final = frozenset("qui ou quand who whom whose when where which".split())
_SUBJECT: Final = re.compile(
    r"(?:quand|when)\s+(?:je|tu|on|nous|vous|ils?|elles?|c['’]|l['’]on|un|une|le|la|les|l['’]"
    r"|i|you|we|they|it|he|she|the|an?)(?:\s|(?<=['’]))",
    re.IGNORECASE,
)
_TOLD: Final = re.compile(
    r"\b(?:savoir|dire|dis|dites|demander?|indiquer|expliquer|pr[ée]ciser|know|tell)\b", re.I
)
_YES_OR_NO: Final = re.compile(r"(?:est[- ]ce qu|is|are|does|do|did|was|were|has|have|can)\b")
_EARLY: Final = 2
"""Words among which « qui », « où » or « quand » open a question."""

_NAMED: Final = re.compile(r"(?:quel(?:le)?s?|which)\b", re.IGNORECASE)
_RETAINED: Final = re.compile(
    r"qui\s+(?:n['’])?(?:a|ont|avait|avaient|aura|auront)\b(?!-)", re.IGNORECASE
)
_CLAUSE: Final = 120
"""Characters in which a clause's verb is looked for."""

_CLITIC: Final = re.compile(r"\bqui\s+(?:l[ae]s?\s|l['’])\w", re.IGNORECASE)
"""« Qui le préside »: only a verb follows."""

_ENGLISH: Final = frozenset("how what which".split())
"""Openers of a language whose adjectives go before their noun."""

_OPENING: Final = frozenset({WordClass.ASKING, WordClass.OTHER, WordClass.PREPOSITION})
_VERBS: Final = frozenset(
    """
    a est sont etait etaient fut furent sera seront serait ai as ont avait avaient aura auront
    peut peuvent pourra doit doivent devra faut fait font va vont trouve trouvent faire
    is are was were be does do did has have had will would can could should must may might
    """.split()
)


def decompose(question: str) -> tuple[StandaloneQuestion, ...]:
    """The questions that a question asks at once, two or three; none where it asks one.

    Each stands alone: a later one that leans on the first is completed from it. Linear
    time; works without accents and in lower case.
    """
    if len(question) > _LONGEST:
        return ()
    cut = _clauses(question)
    if len(cut) > 1:
        return tuple(_completed(cut, len(question)))
    return tuple(
        StandaloneQuestion(text, subject_of(text, read_words(text)), answer_types(text))
        for text in split_comparison(question)
    )


def _clauses(question: str) -> list[str]:
    """The clauses that ask, in order; the question alone where there is one."""
    hidden = _QUOTED.sub(lambda match: "_" * len(match.group()), question)
    starts, ends = [0], []
    for link in islice(_LINK.finditer(hidden), _LINKS):
        if len(starts) == MOST_PARTS:
            break
        before = question[starts[-1] : link.start()]
        if _goes_on(link, hidden) or not _is_whole(before, first=len(starts) == 1):
            continue
        if _is_relative(link, before):
            continue
        ends.append(link.start())
        starts.append(link.end())
    spans = zip(starts, [*ends, len(question)], strict=True)
    clauses = (without_end(question[start:end]) for start, end in spans)
    return [clause for clause in clauses if clause]


def _goes_on(link: re.Match[str], text: str) -> bool:
    """Whether what follows is no question: « , qui … », « et quand on … », « et que … »."""
    asks = (link["asks"] or "").lower()
    opens = asks in _CLAUSES or asks.startswith("quel")
    narrates = _SUBJECT.match(text, link.end()) and not _TOLD.search(text, 0, link.start())
    if asks and (opens or link["comma"] is None) and not narrates:
        return False
    clause = re.split(r"[,;?]", text[link.end() :][:_CLAUSE], maxsplit=1)[0]
    return _INVERTED.search(clause) is None


def _is_relative(link: re.Match[str], before: str) -> bool:
    """« les services qui publient et qui partagent »: the word goes on from the first one."""
    asks = (link["asks"] or "").lower().replace("ù", "u")
    if asks not in _RELATIVE:
        return False
    bare = "," not in link.group() and _NAMED.match(before)
    if bare and _RETAINED.match(link.string, link.end()):
        return True
    words = [] if _TOLD.search(before) else read_words(before)[_EARLY:]
    return any(word.plain == asks for word in words)


def _is_whole(clause: str, *, first: bool) -> bool:
    """Whether it asks, with a verb of its own and, for the first, something to ask about."""
    words = read_words(clause)
    asks = any(word.kind is WordClass.ASKING for word in words)
    if not asks and not _INVERTED.search(clause) and not _YES_OR_NO.match(clause.lower()):
        return False
    if first and not subject_of(clause, words):
        return False
    return _has_verb(clause, words)


def _has_verb(clause: str, words: tuple[Word, ...]) -> bool:
    auxiliary = any(word.kind is WordClass.OTHER and word.plain in _VERBS for word in words)
    if auxiliary or _INVERTED.search(clause) or _CLITIC.search(clause):
        return True
    english = any(word.plain in _ENGLISH for word in words)
    # « Quels outils libres (de bureau) »: what follows a noun and governs nothing is no verb.
    return any(
        word.verb
        and (english or not before.asked or (after and after.kind is not WordClass.PREPOSITION))
        for before, word, after in zip(words, words[1:], [*words[2:], None], strict=False)
    )


def _completed(clauses: list[str], longest: int) -> Iterator[StandaloneQuestion]:
    """Each clause as a question of its own, by the light of the first.

    A clause that names nothing it is about is read as « et … », so that it takes up the
    first one's subject.
    """
    first, *others = clauses
    yield standalone_question(f"{first} ?", (), len(first) + 2)
    for clause in others:
        words = read_words(clause)
        if _is_fragment(clause, words):
            yield _other_side(first, clause)
            continue
        asked = f"et {clause} ?" if _leans(clause, words) else f"{clause} ?"
        yield standalone_question(asked, [Turn(f"{first} ?")], 2 * longest)


def _other_side(first: str, clause: str) -> StandaloneQuestion:
    """« la directrice de la DINUM, depuis quand ? »: the first without its question word."""
    words = read_words(first)
    told = next((word for word in words if word.kind not in _OPENING), words[0])
    text = f"{first[told.start :]}, {clause} ?"
    return StandaloneQuestion(text, subject_of(first, words), answer_types(clause))


def _is_fragment(clause: str, words: tuple[Word, ...]) -> bool:
    """Another side of the same fact: « depuis quand », « dans quel endroit »."""
    return not subject_of(clause, words) and not _has_verb(clause, words)


def _leans(clause: str, words: tuple[Word, ...]) -> bool:
    """Whether it is about nothing of its own, or a bare noun: « combien coûte l'entrée »."""
    return not has_name(words) and len(subject_of(clause, words).split()) <= 1
