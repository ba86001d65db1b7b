"""A question word by word: what each word does in it, and the noun phrases it is about.

Word classes, capitals and the place of a word tell nouns from verbs well enough for
questions of one or two clauses; no tagger is needed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from rag.question.word_classes import COMMON_ACRONYMS, ENGLISH, FRENCH, MONTHS, WordClass
from rag.text.gazetteer import PLACES
from rag.text.language import detect_language
from rag.text.normalisation import fold
from rag.text.references import reference_terms

_WORD: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’](?!s\b))?")
_QUOTED: Final = re.compile(r"«[^«»]{1,100}»|\"[^\"]{1,100}\"|“[^“”]{1,100}”")
_CODE: Final = re.compile(r"[a-z]+\d|\d+/\d")
_INVERTED: Final = frozenset("il elle ils elles on je tu nous vous".split())
_TO_BE: Final = frozenset("est sont etait etaient fut sera seront is are was were s".split())
_OF: Final = frozenset("de d' du des of".split())
_CONTRACTED: Final = frozenset("du des au aux".split())
_LINKS: Final = (WordClass.DETERMINER, WordClass.PREPOSITION)
_FEW: Final = 3
_MOST_QUOTED: Final = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands, half-open; ``plain`` is folded, with one ``'`` if elided.

    ``breaks``: a sign of punctuation stands before it. ``asked`` and ``verb`` say that it
    belongs to what is asked for (``combien de places``) or heads the verb.
    """

    start: int
    end: int
    plain: str
    kind: WordClass
    breaks: bool = False
    asked: bool = False
    verb: bool = False


def read_words(question: str, *, opens: bool = True) -> tuple[Word, ...]:
    """The words of a question with their classes, in order. Linear time.

    ``opens``: it is a sentence's beginning, so that its first capital tells nothing.
    """
    words = list(_with_asked(list(_read(question, opens))))
    return tuple(_with_verbs(question, words))


def subject_of(question: str, words: tuple[Word, ...]) -> str:
    """What a question is about: its noun phrases, those that hold a name if any does.

    « Quel est le budget annuel de la DINUM ? » is about « DINUM », « Qui a fondé la
    Coalition pour une IA durable en 2025 ? » about « Coalition pour une IA durable en
    2025 ». Empty where it has no noun phrase of its own.
    """
    runs = [run for run in map(_trimmed, _runs(words)) if run]
    if any(_names_subject(run) for run in runs):
        runs = [run for run in runs if _names_subject(run) or any(map(is_year, run))]
    return ", ".join(question[run[0].start : run[-1].end] for run in runs)


def has_name(words: Sequence[Word]) -> bool:
    """Whether a question names something that it can be about."""
    return any(word.kind is WordClass.NAME for word in words)


def is_year(word: Word) -> bool:
    """Whether a word is a year, 1800 to 2099."""
    return re.fullmatch(r"(?:1[89]|20)\d\d", word.plain) is not None


def _names_subject(run: list[Word]) -> bool:
    """Whether a phrase holds a name other than a place's, where things merely happen."""
    return any(word.kind is WordClass.NAME and word.plain not in PLACES for word in run)


def _read(question: str, opens: bool) -> Iterator[Word]:
    classes = ENGLISH if detect_language(question) == "en" else FRENCH
    quoted = [match.span() for match in islice(_QUOTED.finditer(question), _MOST_QUOTED)]
    codes = {term for term in reference_terms(question) if _CODE.match(term)}
    matches = list(_WORD.finditer(question))
    end, before = 0, WordClass.OTHER
    for place, match in enumerate(matches):
        plain = fold(match.group())
        gap = question[end : match.start()]
        kind = classes.get(plain, WordClass.CONTENT)
        if plain == "ou" and ("ù" in match.group() or place == 0):
            kind = WordClass.ASKING
        if match.group() == "a" and kind is WordClass.PREPOSITION and place:
            kind = _has(matches[place + 1 : place + 2], classes)
        if any(low < match.start() < high for low, high in quoted):
            kind = WordClass.NAME
        elif plain[:1].isdecimal() and plain[-1:].isdecimal():
            kind = _number(plain, matches, place, codes)
        elif kind in (WordClass.CONTENT, WordClass.ATTRIBUTE) or match.group().isupper():
            kind = _named(matches, place, kind, codes, opens=opens)
        if match.group() in COMMON_ACRONYMS and before is WordClass.NAME and gap.isspace():
            kind = WordClass.NAME
        before = kind
        yield Word(*match.span(), plain, kind, breaks=any(sign in gap for sign in ",;:()?!."))
        end = match.end()


def _has(following: list[re.Match[str]], classes: Mapping[str, WordClass]) -> WordClass:
    """What « a » is without its accent: the verb, but before « la », « quel », « Paris »."""
    after = following[0].group() if following else ""
    links = classes.get(fold(after)) in (WordClass.DETERMINER, WordClass.ASKING)
    return WordClass.PREPOSITION if links or after[:1].isupper() else WordClass.OTHER


def _number(plain: str, matches: list[re.Match[str]], place: int, codes: set[str]) -> WordClass:
    """``2`` of ``NIS 2`` belongs to a name."""
    before = fold(matches[place - 1].group()) if place else ""
    return WordClass.NAME if before + plain in codes else WordClass.NUMBER


def _named(
    matches: list[re.Match[str]], place: int, kind: WordClass, codes: set[str], *, opens: bool
) -> WordClass:
    """A name by its capitals or digits; the first word's capital alone tells nothing."""
    written = matches[place].group()
    plain = fold(written)
    if plain in MONTHS:
        return WordClass.NUMBER
    after = fold(matches[place + 1].group()) if place + 1 < len(matches) else ""
    if plain in codes or (plain + after in codes and after.isdecimal()):
        return WordClass.NAME
    capitals = sum(char.isupper() for char in written)
    if not capitals or (len(written) < 2 and kind is not WordClass.CONTENT):
        return kind
    if written in COMMON_ACRONYMS:
        return WordClass.CONTENT
    if capitals > 1 or any(char.isdigit() for char in written):
        return WordClass.NAME
    if place == 0 and (opens or kind is not WordClass.CONTENT):
        follows = matches[1].group()[:1].isupper() if len(matches) > 1 else False
        return WordClass.NAME if follows and kind is WordClass.CONTENT else kind
    return WordClass.NAME


def _with_asked(words: list[Word]) -> Iterator[Word]:
    """Mark what is asked for: after ``quel``, ``quel est le … de``, ``combien de``."""
    opening = (place for place, word in enumerate(words) if word.kind is WordClass.ASKING)
    asked = {after for place in opening for after in _asked_after(words, place)}
    for place, word in enumerate(words):
        yield replace(word, asked=True) if place in asked else word


def _asked_after(words: list[Word], place: int) -> Iterator[int]:
    following = words[place + 1 : place + 4 + _FEW]
    plains = [word.plain for word in following]
    opener = words[place].plain
    if opener == "combien" or (opener == "how" and plains[:1] in (["many"], ["much"])):
        if plains[:1] in (["de"], ["d'"], ["many"], ["much"]):
            yield place + 1
            yield place + 2
        return
    if not opener.startswith("quel") and opener not in ("what", "which"):
        return
    first = 0
    while first < len(following) and (
        plains[first] in _TO_BE or following[first].kind is WordClass.DETERMINER
    ):
        first += 1
    if first == 0:
        yield place + 1
        return
    for after in range(first + 1, min(first + 1 + _FEW, len(following))):
        if plains[after] in _OF:
            yield from range(place + 1, place + 1 + after)
            return


def _with_verbs(question: str, words: list[Word]) -> Iterator[Word]:
    """Mark words that stand where a verb does: after a pronoun, before ``-t-il``."""
    expected = False
    for place, word in enumerate(words):
        if word.asked or word.kind in (WordClass.ASKING, WordClass.OTHER):
            expected = True
            yield word
            continue
        plain = word.kind in (WordClass.CONTENT, WordClass.ATTRIBUTE)
        if plain and (expected or _is_inverted(question, words, place)):
            yield replace(word, verb=True)
            continue
        expected = False
        yield word


def _is_inverted(question: str, words: list[Word], place: int) -> bool:
    rest = words[place + 1 : place + 3]
    if not rest or question[words[place].end : rest[0].start] != "-":
        return False
    subject = rest[1:] if rest[0].plain == "t" else rest
    return bool(subject) and subject[0].plain in _INVERTED


def _runs(words: tuple[Word, ...]) -> Iterator[list[Word]]:
    """Noun phrases with their complements: content, and what links it to content."""
    run: list[Word] = []
    for word in words:
        out = word.asked or word.verb or word.kind in (WordClass.ASKING, WordClass.OTHER)
        bare = word.kind is WordClass.DETERMINER and word.plain not in _CONTRACTED
        if out or word.breaks or (bare and run and run[-1].kind not in _LINKS):
            yield run
            run = []
        if not out:
            run.append(word)
    yield run


def _trimmed(run: list[Word]) -> list[Word]:
    """Without links at its ends, nor an attribute before ``de``."""
    keeps_preposition = len(run) == 2 and run[1].kind is WordClass.NUMBER
    while run and run[0].kind in _LINKS and not keeps_preposition:
        run = run[1:]
    while run and run[-1].kind in _LINKS:
        run = run[:-1]
    if len(run) > 1 and run[0].kind is WordClass.ATTRIBUTE and run[1].plain in _OF:
        return _trimmed(run[1:])
    return [] if all(word.kind is WordClass.ATTRIBUTE for word in run) else run
