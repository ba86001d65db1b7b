"""A question that leans on the conversation before it, completed so that it stands alone.

No language model: a question that names its own subject is left untouched, since a wrong
merge costs more than none. Otherwise it is completed from the last question that stood
alone, through the follow-ups in between: by its subject where the new question asks for
something else (« Qui la dirige ? »), by all of it where the new question only changes a
detail (« Et en 2027 ? ») or asks for another side of the same fact (« Pourquoi ? »).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from rag.question.anaphora import may_point_to_person, points_back
from rag.question.answer_types import answer_types
from rag.question.phrases import Word, has_name, read_words, subject_of
from rag.question.question_rewriting import (
    complement_name,
    uncapitalised,
    with_detail,
    with_side,
    without_article,
    without_end,
    without_question,
    without_year,
)
from rag.question.word_classes import WordClass
from rag.text.mentions import find_mentions
from rag.text.normalisation import clean_question
from rag.text.terms import lexical_terms
from rag.types import Mention, Turn

TURNS: Final = 6
"""Turns looked back at; what a longer conversation began with is seldom meant."""

_READ: Final = 600
"""Characters read of an earlier question, and of its answer."""

_COURTESY: Final = (
    r"(?:d['’]accord|ok|okay|merci(?: beaucoup)?|super|parfait|tr[eè]s bien|entendu|bonjour"
    r"|salut|hello|hi|thank you|thanks|great)"
)
_LINK: Final = (
    r"(?:et|mais|alors|sinon|donc|and|but|so|(?:what|how) about|m[eê]me (?:question|chose)"
    r"|pareil|idem|same (?:question|thing))"
)
_LEAD: Final = re.compile(
    rf"^(?:{_COURTESY}\b[ ,.!;]*)*(?P<link>{_LINK}\b[ ,]*(?:(?:alors|donc|then)\b[ ,]*)?)?",
    re.IGNORECASE,
)
_MORE: Final = re.compile(
    r"(?:(?:plus|davantage) (?:de |d['’])(?:d[ée]tails?|pr[ée]cisions?|infos?|informations?)"
    r"|(?:peux-tu|pouvez-vous|tu peux|vous pouvez) (?:pr[ée]ciser|d[ée]velopper|d[ée]tailler)"
    r"|(?:dis|dites)(?:-m['’]| m['’]|-moi )en (?:plus|davantage)|en savoir plus"
    r"|tell me more|more details?|can you elaborate)\W*",
    re.IGNORECASE,
)
_THAT_ONE: Final = re.compile(r"^(?:celui|celle|ceux|celles|that|those) (?=d|of|in)", re.I)
_ONE_THAT: Final = re.compile(r"(?:celui|celle|ceux|celles) (?:qui|que|qu['’]|dont) ", re.I)
_EMPTY: Final = frozenset({WordClass.DETERMINER, WordClass.PREPOSITION, WordClass.OTHER})
_TELLING: Final = frozenset({WordClass.CONTENT, WordClass.NAME, WordClass.ATTRIBUTE})
_IF: Final = frozenset("si s' if".split())
_TIMES: Final = frozenset("annee year".split())
_LONGEST_FRAGMENT: Final = 7
_LONGEST_LEANING: Final = 16
"""Words beyond which a question tells its own story, pronouns included."""
_FEW: Final = 8
"""Words up to which a question that names nothing may take up a noun just used."""


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A question that stands alone.

    ``text`` is the question itself, or completed; ``subject`` the noun phrases that it is
    about; ``wants`` what kind of thing is asked for.
    """

    text: str
    subject: str
    wants: Mention


@dataclass(frozen=True, slots=True)
class _Thread:
    """What was asked last, completed, and what was answered; "" for no answer."""

    asked: StandaloneQuestion
    answer: str


class _Leaning(Enum):
    """How a question leans on the one before."""

    SUBJECT = auto()
    """It asks something of its own about the same subject."""
    SIDE = auto()
    """It asks another side of the same fact: when, why, how much."""
    DETAIL = auto()
    """It asks the same with a detail changed."""


@dataclass(frozen=True, slots=True)
class _Utterance:
    """A question, and its ``body`` without « D'accord, et »; ``linked``: it had an « et »."""

    question: str
    body: str
    linked: bool
    words: tuple[Word, ...]


def standalone_question(
    question: str, history: Sequence[Turn], longest: int
) -> StandaloneQuestion:
    """A question as it would be asked alone.

    Args:
        question: the question, cleaned.
        history: the turns before it, oldest first; the last `TURNS` are read.
        longest: the most characters of the completed text; the question is left as it is
            where the completed one would be longer.
    """
    thread: _Thread | None = None
    for turn in history[-TURNS:]:
        said = _utterance(clean_question(turn.question[:_READ]))
        # « Merci ! » changes nothing to what is spoken of.
        if any(word.kind not in _EMPTY for word in said.words):
            answer = clean_question((turn.answer or "")[:_READ])
            thread = _Thread(_completed(said, thread), answer)
    asked = _utterance(question)
    whole = _completed(asked, thread)
    return whole if len(whole.text) <= longest else _completed(asked, None)


def _utterance(question: str) -> _Utterance:
    shouted = question.isupper() and " " in question.strip(" ?!.")
    calm = question.lower() if shouted else question
    lead = _LEAD.match(calm)
    end = lead.end() if lead else 0
    linked = bool(lead and lead["link"])
    body = calm[end:]
    one = _THAT_ONE.match(body)
    if one is not None and linked:
        body = body[one.end() :]
    return _Utterance(question, body, linked, read_words(body, opens=not linked))


def _leaning(asked: _Utterance) -> _Leaning | None:
    words = asked.words
    kinds = frozenset(word.kind for word in words)
    if _MORE.fullmatch(asked.body):
        return _Leaning.SIDE
    if asked.linked and words and (words[0].plain in _IF or _ONE_THAT.match(asked.body)):
        return _Leaning.DETAIL
    if len(words) <= _LONGEST_LEANING and points_back(words):
        return _Leaning.SUBJECT if kinds & _TELLING else _Leaning.SIDE
    if not kinds & _TELLING:
        if WordClass.ASKING in kinds:
            return _Leaning.SIDE
        return _Leaning.DETAIL if WordClass.NUMBER in kinds else None
    if any(word.plain in _TIMES for word in words) and _is_fragment(asked):
        return _Leaning.DETAIL
    if kinds & _TELLING == {WordClass.ATTRIBUTE}:
        return _Leaning.SUBJECT
    if _only_asks(words):
        return _Leaning.SIDE if words[0].kind is WordClass.PREPOSITION else _Leaning.SUBJECT
    return _leaning_with_own_words(asked, kinds)


def _only_asks(words: tuple[Word, ...]) -> bool:
    """« Par combien d'agents ? », « Combien de séances ont eu lieu ? »: of what is not said."""
    own = [
        word
        for word in words
        if word.kind in (WordClass.CONTENT, WordClass.NAME, WordClass.NUMBER)
    ]
    return bool(own) and all(word.asked and word.kind is WordClass.CONTENT for word in own)


def _leaning_with_own_words(asked: _Utterance, kinds: frozenset[WordClass]) -> _Leaning | None:
    """A name of its own makes it stand alone, unless it is nothing but that name."""
    if not kinds & {WordClass.ASKING, WordClass.ATTRIBUTE} and _is_fragment(asked):
        return _Leaning.DETAIL
    return _Leaning.SUBJECT if asked.linked and WordClass.NAME not in kinds else None


def _is_fragment(asked: _Utterance) -> bool:
    """Whether it is a phrase and no clause: « pour les communes ? », « et Lyon ? »."""
    words = asked.words
    if len(words) > _LONGEST_FRAGMENT or any(
        word.verb or word.kind is WordClass.ASKING for word in words
    ):
        return False
    hangs = words[0].kind is WordClass.PREPOSITION and asked.body.rstrip().endswith("?")
    return asked.linked or hangs


def _completed(asked: _Utterance, thread: _Thread | None) -> StandaloneQuestion:
    leaning = _leaning_after(asked, thread) if thread else None
    wants = answer_types(asked.body) or answer_types(without_article(asked.body))
    if thread is None or leaning is None:
        return StandaloneQuestion(asked.question, subject_of(asked.body, asked.words), wants)
    if leaning is _Leaning.SUBJECT:
        return _about_subject(asked, thread, wants)
    before = thread.asked
    if leaning is _Leaning.DETAIL:
        text = with_detail(before.text, asked.body)
    else:
        text = _other_side(asked, before)
    changed = leaning is _Leaning.DETAIL or any(
        word.kind is WordClass.NUMBER for word in asked.words
    )
    subject = subject_of(text, read_words(text)) if changed else ""
    return StandaloneQuestion(text, subject or before.subject, wants or before.wants)


def _other_side(asked: _Utterance, before: StandaloneQuestion) -> str:
    """« Depuis quand la carte est-elle payante ? », or else « la carte, depuis quand ? »."""
    defines = before.wants & Mention.DEFINITION
    whole = "" if defines else with_side(before.text, asked.body)
    if whole:
        return whole
    fact = without_question(without_year(_fact(before), asked.words))
    return f"{fact}, {uncapitalised(asked.body)}" if fact else asked.body


def _leaning_after(asked: _Utterance, thread: _Thread) -> _Leaning | None:
    """How it leans; or that it takes up a word just used (« Combien de guichets ? »)."""
    leaning = _leaning(asked)
    asks = any(word.kind is WordClass.ASKING for word in asked.words)
    if leaning or not asks or len(asked.words) > _FEW or has_name(asked.words):
        return leaning
    said = f"{thread.asked.text} {thread.answer}"
    return _Leaning.SUBJECT if _nouns(asked.words) & _nouns(read_words(said)) else None


def _nouns(words: Sequence[Word]) -> set[str]:
    """The stems of the words that may be nouns."""
    own = (word.plain for word in words if word.kind is WordClass.CONTENT and not word.verb)
    return set(lexical_terms(" ".join(own)))


def _fact(before: StandaloneQuestion) -> str:
    """What was asked; of a definition (« Que veut dire TLPT ? »), only what is defined."""
    return (before.wants & Mention.DEFINITION and before.subject) or before.text


def _about_subject(asked: _Utterance, thread: _Thread, wants: Mention) -> StandaloneQuestion:
    before = thread.asked
    subject = without_end(without_year(before.subject or before.text, asked.words))
    person = None
    if before.wants & Mention.PERSON:
        if may_point_to_person(asked.words):
            person = _first_person(thread.answer)
        elif wants & Mention.PERSON:
            # « Qui dirige … ? » is answered: what is left to ask about is what they direct.
            subject = complement_name(subject) or subject
    known = ", ".join(filter(None, (person, subject)))
    text = f"{known} : {uncapitalised(asked.body)}" if known else asked.question
    return StandaloneQuestion(text, known or before.subject, wants)


def _first_person(answer: str) -> str | None:
    persons = (each for each in find_mentions(answer) if each.kind is Mention.PERSON)
    first = next(persons, None)
    return answer[first.start : first.end] if first else None
