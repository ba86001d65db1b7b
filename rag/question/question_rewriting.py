"""A question with one of its details replaced by another: « Et en 2027 ? », « Et à Lyon ? »."""

import re
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final

from rag.question.phrases import Word, has_name, is_year, read_words
from rag.question.word_classes import WordClass
from rag.text.gazetteer import PLACES
from rag.text.normalisation import fold

_EXCHANGED: Final = frozenset(
    "pour chez avec sans avant apres depuis selon entre sous for with before after".split()
)
"""Prepositions whose complement gives way to another one's."""

_RANKS: Final = frozenset(
    """
    premier premiere premiers premieres deuxieme second seconde troisieme quatrieme cinquieme
    dernier derniere derniers dernieres first third fourth fifth last
    """.split()
)
_TIMES: Final = frozenset("annee mois jour semaine year month week day".split())
_ARTICLES: Final = frozenset("le la les l' un une the a an".split())
_BARE: Final = frozenset("le la les l' the".split())
_IDLE: Final = frozenset("ce lieu".split())
"""What is left of « est-ce » and « a lieu » at the head of a question without its verb."""

_SIDE: Final = re.compile(
    r"(?:depuis |jusqu'a |a partir de |since )?(?:quand|when)|ou|where|pourquoi|why|comment"
)
_OPENER: Final = re.compile(r"(?:quand|où|pourquoi|comment|when|where|why) ", re.IGNORECASE)
_INVERTED: Final = re.compile(
    r"\w(?:-t)?-(?:ils?|elles?|on|je|nous|vous)\b|^(?:is|are|was|were|does|do|did|can) "
)
_END: Final = re.compile(r"[\s?!.…:;,]+$")
_NEXT_YEAR: Final = re.compile(
    r"^(?:en |l')?(?:annee (?:suivante|d'apres)|(?:the )?(?:following|next) year"
    r"|the year after)\W*$"
)
_LAST_YEAR: Final = re.compile(
    r"^(?:en |l')?(?:annee (?:precedente|d'avant)|(?:the )?(?:previous|preceding) year"
    r"|the year before)\W*$"
)


def without_end(text: str) -> str:
    """A text without the punctuation that closes it."""
    return _END.sub("", text)


def with_detail(earlier: str, detail: str) -> str:
    """The earlier question with a detail in the place of what it replaces, else added.

    A year replaces the year, a place the place, a name the name that stands in the same
    position, a complement the one with the same preposition. « L'année suivante » is
    counted from the year of the earlier question.
    """
    words = read_words(earlier)
    detail = _dated(words, detail)
    dropped = _replaced(words, read_words(detail, opens=False))
    if not dropped:
        ranked = any(word.plain in _RANKS for word in read_words(detail))
        return f"{without_end(earlier)}{',' if ranked else ''} {detail}"
    first = min(dropped)
    if first and words[first - 1].plain in _BARE:
        dropped.add(first - 1)
    elif first and words[first - 1].kind is WordClass.DETERMINER:
        detail = without_article(detail)
    return _cut(earlier, words, dropped, without_end(detail))


def with_side(earlier: str, side: str) -> str:
    """The earlier question with another question word; "" where it would not read well.

    « La carte est-elle payante ? » and « Depuis quand ? » make « Depuis quand la carte
    est-elle payante ? », « Quand ouvre le musée ? » and « Où ? » « Où ouvre le musée ? ».
    """
    opener = without_end(side)
    if not _SIDE.fullmatch(fold(opener)):
        return ""
    opened = _OPENER.match(earlier)
    if opened is not None:
        return f"{capitalised(opener)} {earlier[opened.end() :]}"
    plain = fold(earlier)
    asks = any(word.kind is WordClass.ASKING for word in read_words(earlier))
    if plain.startswith("est-ce qu") or (not asks and _INVERTED.search(plain)):
        return f"{capitalised(opener)} {uncapitalised(earlier)}"
    return ""


def capitalised(text: str) -> str:
    """A text with a capital at its head."""
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """A text without the capital of a sentence's beginning; a name keeps its own."""
    words = read_words(text)
    if not words or words[0].kind in (WordClass.NAME, WordClass.CONTENT):
        return text
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def without_year(earlier: str, new: Sequence[Word]) -> str:
    """The earlier text without its year where the new question gives another."""
    if not any(map(is_year, new)):
        return earlier
    words = read_words(earlier)
    dropped = _years(words)
    return _cut(earlier, words, dropped | _before(words, dropped), "")


def without_question(earlier: str) -> str:
    """The earlier question without its question words and what goes before its first noun."""
    words = read_words(earlier)
    dropped = {place for place, word in enumerate(words) if word.kind is WordClass.ASKING}
    for place, word in enumerate(words):
        if word.kind not in (WordClass.ASKING, WordClass.OTHER) and word.plain not in _IDLE:
            break
        dropped.add(place)
    return without_end(_cut(earlier, words, dropped, "")).lstrip(" -,;:'’?")


def without_article(detail: str) -> str:
    """A detail without the article that it begins with."""
    words = read_words(detail)
    articled = len(words) > 1 and words[0].kind is WordClass.DETERMINER
    return detail[words[1].start :] if articled else detail


def complement_name(subject: str) -> str:
    """« Current AI » of « la secrétaire générale de Current AI »; "" where there is none."""
    words = read_words(subject, opens=False)
    groups = [group for group in _name_groups(words) if _is_complement(words, group[0])]
    return subject[words[groups[0][0]].start : words[groups[0][-1]].end] if groups else ""


def _dated(words: Sequence[Word], detail: str) -> str:
    years = {int(word.plain) for word in words if is_year(word)}
    if len(years) != 1:
        return detail
    (year,) = years
    plain = fold(detail)
    if _NEXT_YEAR.match(plain):
        return f"en {year + 1}"
    return f"en {year - 1}" if _LAST_YEAR.match(plain) else detail


def _replaced(words: Sequence[Word], new: Sequence[Word]) -> set[int]:
    """Places of the words that give way, with the preposition where the new one has its own."""
    if not new:
        return set()
    years = _years(words) if any(map(is_year, new)) else set()
    if len(new) > 1:
        years |= _before(words, years)
    names = _replaced_names(words, new)
    if new[0].kind is WordClass.PREPOSITION:
        names |= _before(words, names)
    dropped = years | names | _replaced_complement(words, new) | _replaced_rank(words, new)
    return dropped or _replaced_subject(words, new)


def _replaced_rank(words: Sequence[Word], new: Sequence[Word]) -> set[int]:
    """« Le premier directeur » gives way to « le deuxième »."""
    if not any(word.plain in _RANKS for word in new):
        return set()
    return {place for place, word in enumerate(words) if word.plain in _RANKS}


def _replaced_subject(words: Sequence[Word], new: Sequence[Word]) -> set[int]:
    """The one noun phrase that is no complement, by another: « et les communes ? »."""
    bare = new[0].kind in (WordClass.DETERMINER, WordClass.NAME)
    if not bare or any(word.plain in _TIMES or word.plain in _RANKS for word in new):
        return set()
    starts = [
        place
        for place, (article, noun) in enumerate(pairwise(words))
        if article.kind is WordClass.DETERMINER
        and article.plain in _ARTICLES
        and noun.kind in (WordClass.CONTENT, WordClass.NAME)
        and not (place and words[place - 1].kind is WordClass.PREPOSITION)
        and not article.asked
    ]
    if len(starts) != 1:
        return set()
    end = starts[0] + 1
    while end < len(words) and _goes_on(words[end]):
        end += 1
    return set(range(starts[0], end))


def _goes_on(word: Word) -> bool:
    if word.verb or word.breaks or word.kind in (WordClass.ASKING, WordClass.OTHER):
        return False
    return word.kind is not WordClass.PREPOSITION or word.plain in ("de", "d'", "of")


def _years(words: Sequence[Word]) -> set[int]:
    return {place for place, word in enumerate(words) if is_year(word)}


def _replaced_names(words: Sequence[Word], new: Sequence[Word]) -> set[int]:
    if not has_name(new):
        return set()
    where = {_is_place(word) for word in new if word.kind is WordClass.NAME}
    groups = [
        group for group in _name_groups(words) if {_is_place(words[i]) for i in group} == where
    ]
    if len(groups) > 1:
        complement = new[0].kind is WordClass.PREPOSITION
        groups = [each for each in groups if _is_complement(words, each[0]) is complement][:1]
    return set(chain.from_iterable(groups))


def _is_place(word: Word) -> bool:
    return word.plain in PLACES


def _name_groups(words: Sequence[Word]) -> list[list[int]]:
    groups: list[list[int]] = []
    for place, word in enumerate(words):
        if word.kind is not WordClass.NAME:
            continue
        if groups and groups[-1][-1] == place - 1 and not word.breaks:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _is_complement(words: Sequence[Word], place: int) -> bool:
    return any(word.kind is WordClass.PREPOSITION for word in words[max(0, place - 2) : place])


def _replaced_complement(words: Sequence[Word], new: Sequence[Word]) -> set[int]:
    if new[0].plain not in _EXCHANGED:
        return set()
    dropped: set[int] = set()
    inside = False
    for place, word in enumerate(words):
        if word.plain == new[0].plain:
            inside = True
        elif (
            word.kind in (WordClass.PREPOSITION, WordClass.OTHER, WordClass.ASKING)
            or word.breaks
        ):
            inside = False
        if inside:
            dropped.add(place)
    return dropped


def _before(words: Sequence[Word], dropped: set[int]) -> set[int]:
    """The links (« en », « à la ») before what is dropped, and the day before a year."""
    links = (WordClass.PREPOSITION, WordClass.DETERMINER)
    found: set[int] = set()
    for place in dropped:
        before = place - 1
        while before >= 0 and before not in dropped:
            day = words[before].kind is WordClass.NUMBER and is_year(words[place])
            if not day and words[before].kind not in links:
                break
            found.add(before)
            before -= 1
    return found


def _cut(text: str, words: Sequence[Word], dropped: set[int], put: str) -> str:
    """A text without some of its words, by place, with ``put`` where the first one stood."""
    first = min(dropped, default=-1)
    kept: list[str] = []
    end = 0
    for place, word in enumerate(words):
        between = text[end : word.start]
        kept.append(between if not {place - 1, place} <= dropped else " ")
        if place not in dropped:
            kept.append(text[word.start : word.end])
        elif place == first:
            kept.append(put)
        end = word.end
    return " ".join("".join([*kept, text[end:]]).split())
