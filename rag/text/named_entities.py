"""Persons, places and organisations in French and English text, by their shape.

Heuristics, made to guide a choice between sentences, not to extract facts: capitalised
words, known first names and places, titles, functions, and the nouns that head a name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rag.text.gazetteer import FIRST_NAMES, PLACE_WORDS, PLACES
from rag.text.normalisation import fold
from rag.text.sentences import STARTERS
from rag.types import Mention

_CAPITAL: Final = (
    r"(?:(?!(?:[LDJMTSCN]|Qu)['’])[A-ZÀ-ÖØ-Þ][^\W_]{0,40}"
    r"(?:-[^\W_]{1,30}){0,5}(?:['’][A-ZÀ-ÖØ-Þ][^\W_]{0,30})?)"
)
_PARTICLE: Final = r"(?:(?:de|du|des|van|von|der|el|ben|al)[ \u00a0]|(?:de[ \u00a0])?[dl]['’])"
_RUN: Final = re.compile(rf"(?<!\w){_CAPITAL}(?:[ \u00a0]{_PARTICLE}?{_CAPITAL}){{0,5}}")
_CAPITALISED: Final = re.compile(_CAPITAL)
_FOLLOWING_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_FUNCTION: Final = (
    r"(?:vice-)?(?:président|directeur|directrice|ministre|secrétaire|coordinat(?:eur|rice)"
    r"|fondat(?:eur|rice)|cofondat(?:eur|rice)|chercheu[rs]e?|professeure?|député|sénat(?:eur|rice)"
    r"|maire|préfète?|commissaire|ambassad(?:eur|rice)|porte-parole|délégué|chef|cheffe"
    r"|aut(?:eur|rice)|entrepreneu(?:r|se)|ingénieure?|avocate?|journaliste|magistrate?"
    r"|économiste|philosophe|historienne?|écrivaine?|gouverneure?|recteur|rectrice|vérificat(?:eur|rice)"
    r"|présentat(?:eur|rice)|rapporteure?|roi|reine|empereur|ceo|chair|chairman|chairwoman"
    r"|president|director|minister|founder|secretary|professor|author|king|queen)e?"
)
_TITLED: Final = re.compile(
    r"(?:\bM\.|\bMM\.|\bM(?:me|lle|gr|aître|rs?\.?|s\.?|iss)|\b(?:Dr|Pr)\.?|\bMe|\bSir|\bLord"
    r"|\b[Dd]octeur|\b[Pp]rofesseure?)[ \u00a0]$"
)
_FUNCTION_BEFORE: Final = re.compile(rf"(?i)\b{_FUNCTION}\b[^.;:()«»0-9]{{0,50}}?,?[ \u00a0]$")
_COMPLEMENT: Final = re.compile(r"\b(?:d[eu]s?|of|the|la|[dl]['’])[ \u00a0]?$")
_FUNCTION_AFTER: Final = re.compile(
    rf"(?i),[ \u00a0](?:(?:le|la|the|alors|ancien|ancienne|est)[ \u00a0]|l['’])?{_FUNCTION}\b"
)
_WHERE: Final = re.compile(
    r"(?:\b(?:[ÀàAa]|[Aa]ux?|[Ee]n|[Vv]ers|[Ii]n|[Aa]t|[Pp]rès de|[Ll]ieu :|[Oo]ù \?)"
    r"|\b[Dd]ans l[ae]s?|\b(?:ville|commune|région|métropole|département|city) (?:de|of))"
    r"[ \u00a0]$"
)

_VENUES: Final = frozenset(
    """
    palais espace parc stade porte place rue avenue boulevard quai chateau campus halle hall
    salle cite musee theatre arena aeroport gare station grand hotel mont lac ile forum-parc
    """.split()
)
_ORGANISATIONS: Final = frozenset(
    """
    ministere ministry direction institut institute agence agency fondation foundation
    association universite university ecole school commission conseil council centre center
    laboratoire autorite authority comite committee federation coalition societe union
    parlement gouvernement mairie groupe secretariat delegation cour chambre banque bureau
    office observatoire mission academie college club alliance caisse pole syndicat
    """.split()
)
_NEITHER: Final = frozenset(
    """
    salon sommet conference conferences congres forum projet plan programme loi directive
    reglement article annexe rapport strategie charte prix journee journees semaine edition
    president presidente directeur directrice ministre secretaire coordinateur internet
    summit project act report day week january february march april may june july august
    september october november december lundi mardi mercredi jeudi vendredi samedi dimanche
    monday tuesday wednesday thursday friday saturday sunday janvier mars avril mai juin
    """.split()
)
_COMMON_ACRONYMS: Final = frozenset(
    "IA AI HT TTC PDF URL FAQ TVA CV OK TL DR RH PC API".split()
)
_ROMAN: Final = re.compile(r"[IVXLC]+")
_ORGANISATION: Final = re.compile(
    r"\b(?:[Mm]inistère|[Dd]irection|[Ii]nstitut|[Aa]gence|[Ff]ondation|[Aa]ssociation"
    r"|[Uu]niversité|[Ss]ecrétariat|[Cc]ommission|[Cc]onseil|[Aa]utorité|[Ff]édération"
    r"|[Cc]oalition|[Ss]ociété|[Gg]roupe|[Mm]inistry|[Aa]gency|[Ff]oundation|[Cc]ollectif)\b"
    r"[ \u00a0](?:[a-zà-ÿ]{2,15}[ \u00a0](?:de[ \u00a0])?|[dl]['’]){0,3}[dl]?['’]?"
    rf"{_CAPITAL}(?:[ \u00a0]{_CAPITAL}){{0,4}}"
    r"|\b(?:Direction|Institut|Agence|Conseil|Commission|Autorité|Fédération|Centre|Comité)"
    r"(?:[ \u00a0](?:général|national|central|régional|européen|français|supérieur"
    r"|interministériel)(?:le|ne)?e?){1,2}"
    r"(?:[ \u00a0](?:des?|du|de la|pour la)[ \u00a0][a-zà-ÿ]{3,30})?"
)
_TITLES: Final = frozenset(
    "mme mlle dr pr me mgr maitre mr mrs ms miss sir lord docteur".split()
)


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention of one kind: the half-open range ``start``–``end`` of the text read."""

    kind: Mention
    start: int
    end: int


def find_named_entities(text: str) -> Iterator[MentionSpan]:
    """The persons, places and organisations named, run by run; ranges may overlap."""
    for match in _ORGANISATION.finditer(text):
        yield MentionSpan(Mention.ORGANISATION, match.start(), match.end())
    for run in _RUN.finditer(text):
        yield from _read_run(text, run)


def _read_run(text: str, run: re.Match[str]) -> Iterator[MentionSpan]:
    words = [(word.start(), word.end()) for word in _CAPITALISED.finditer(text, *run.span())]
    titled = len(words) > 1 and fold(text[slice(*words[0])]) in _TITLES
    if titled:
        words = words[1:]
    while not titled and words and fold(text[slice(*words[0])]) in STARTERS:
        words = words[1:]
    if not words:
        return
    person = _named_person(words) if titled else _person(text, words)
    if person is not None:
        yield person
    named = range(person.start, person.end) if person is not None else ()
    rest = [word for word in words if word[0] not in named]
    places = list(_known_places(text, rest))
    yield from places
    covered = any(each.start == words[0][0] and each.end >= words[-1][1] for each in places)
    if person is None and not covered:
        yield from _place_or_organisation(text, words)
    yield from _acronyms(text, rest)


def _person(text: str, words: list[tuple[int, int]]) -> MentionSpan | None:
    start = words[0][0]
    before = text[max(0, start - 70) : start]
    if _TITLED.search(before):
        return _named_person(words)
    for place in range(len(words) - 1):
        first = fold(text[slice(*words[place])]).split("-")[0]
        if first in FIRST_NAMES and _is_surname(text, words[place + 1]):
            return _named_person(words[place:])
    if not 2 <= len(words) <= 3 or not all(_is_surname(text, word) for word in words):
        return None
    after = text[words[-1][1] : words[-1][1] + 60]
    held = _FUNCTION_BEFORE.search(before) and not _COMPLEMENT.search(before)
    if held or _FUNCTION_AFTER.match(after):
        return _named_person(words)
    return None


def _is_surname(text: str, word: tuple[int, int]) -> bool:
    folded = fold(text[slice(*word)])
    known = folded in _ORGANISATIONS or folded in _NEITHER or folded in _VENUES
    return len(folded) > 1 and not known and not any(char.isdigit() for char in folded)


def _named_person(words: list[tuple[int, int]]) -> MentionSpan:
    """At most four words; after the surname a particle begins another name."""
    last = words[0]
    for place, word in enumerate(words[1:4], start=1):
        if place > 1 and word[0] - last[1] > 1:
            break
        last = word
    return MentionSpan(Mention.PERSON, words[0][0], last[1])


def _known_places(text: str, words: list[tuple[int, int]]) -> Iterator[MentionSpan]:
    end = 0
    for start, _ in words:
        if start < end:
            continue
        following = islice(_FOLLOWING_WORD.finditer(text, start, start + 80), PLACE_WORDS)
        for end in reversed([word.end() for word in following]):
            if fold(text[start:end]) in PLACES:
                yield MentionSpan(Mention.PLACE, start, end)
                break


def _place_or_organisation(text: str, words: list[tuple[int, int]]) -> Iterator[MentionSpan]:
    start, end = words[0][0], words[-1][1]
    head = fold(text[slice(*words[0])]).split("-")[0]
    if head in _VENUES and len(words) > 1:
        yield MentionSpan(Mention.PLACE, start, end)
        return
    if head in _ORGANISATIONS or (len(words) > 1 and head not in _NEITHER):
        yield MentionSpan(Mention.ORGANISATION, start, end)
    written = text[start:end]
    plain = not written.isupper() and not any(char.isdigit() for char in written)
    if plain and head not in _NEITHER and head not in _ORGANISATIONS:
        if _WHERE.search(text[max(0, start - 20) : start]):
            yield MentionSpan(Mention.PLACE, start, end)


def _acronyms(text: str, words: list[tuple[int, int]]) -> Iterator[MentionSpan]:
    for start, end in words:
        word = text[start:end]
        if len(word) < 2 or not word.isupper() or word in _COMMON_ACRONYMS:
            continue
        if any(char.isalpha() for char in word[1:]) and not _ROMAN.fullmatch(word):
            yield MentionSpan(Mention.ORGANISATION, start, end)
