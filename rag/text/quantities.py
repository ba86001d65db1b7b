"""Dates, durations, amounts, shares and numbers in French and English text."""

import re
from typing import Final

from rag.types import Mention

_BLANK: Final = r"[ \u00a0\u202f\n]"
_MONTH: Final = (
    r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre"
    r"|d[ée]cembre|janv\.|f[ée]vr\.|avr\.|juill?\.|sept\.|oct\.|nov\.|d[ée]c\."
    r"|january|february|march|april|june|july|august|september|october|november|december)"
)
_DIGITS: Final = (
    r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}(?!\d)|\d{1,3}(?:,\d{3}){1,4}(?!\d)"
    r"|\d{1,15})(?:[.,]\d{1,6})?(?![.,]?\d)"
)
_NUMBER: Final = rf"(?<![\w.,])(?<!\d[-/]){_DIGITS}"
_WORDED: Final = (
    r"\b(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze"
    r"|quinze|seize|vingt|trente|quarante|cinquante|soixante|cent|cents|mille|quelques"
    r"|plusieurs|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|several)"
)
_YEAR: Final = r"(?:1[0-9]|20)\d{2}"
_DAY: Final = r"\d{1,2}(?:er|st|nd|rd|th)?"
_LINK: Final = rf"{_BLANK}?(?:[-–,&]|et|au|à|and|to|ou){_BLANK}?(?:le{_BLANK})?"

_DATE: Final = rf"""
    \b(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[ ])?
        {_DAY}(?:{_LINK}{_DAY}){{0,4}}{_BLANK}(?:{_MONTH}|may)(?!\w)(?:{_BLANK}\d{{4}})?
        (?:{_LINK}{_DAY}{_BLANK}{_MONTH}(?!\w)(?:{_BLANK}\d{{4}})?){{0,2}}
  | \b(?:{_MONTH}|may)[ ]{_DAY}(?:[ ]?[-–][ ]?\d{{1,2}})?(?:,?[ ]\d{{4}})?\b
  | (?:\b(?:début|fin|courant|end[ ]of|early|late|mi|mid)[ -])?\b{_MONTH}{_BLANK}\d{{4}}\b
  | \b(?:en|début|fin|courant|depuis|in|mi)[ -]{_MONTH}(?!\w)
  | \b\d{{1,2}}[/.]\d{{1,2}}[/.](?:\d{{4}}|\d{{2}})\b | \b\d{{4}}-\d{{2}}-\d{{2}}\b
  | \b(?:été|hiver|automne|printemps|rentrée|spring|summer|autumn|winter){_BLANK}{_YEAR}\b
  | \b(?:1er|premier|2e|second|deuxième|3e|troisième|4e|quatrième|dernier)
        [ ](?:trimestre|semestre)(?:[ ]{_YEAR})? | \b[TQS][1-4][ ]{_YEAR}\b
  | \b(?:[ivx]{{1,5}}|\d{{1,2}})(?:e|ème|er|th|st)[ ](?:siècle|century)\b
  | \bannées[ ](?:\d{{4}}|\d{{2}})\b
  | \b(?:début|fin|mi|courant|end[ ]of|early|late)[ -]{_YEAR}\b
  | (?<![\w.,/-]){_YEAR}[-–/](?:{_YEAR}|\d{{2}})(?![\w/-])
  | (?<![\w.,/-]){_YEAR}(?![\w/%€]|[.,]\d|-\d|{_BLANK}(?:\d{{3}}\b|[€%$]|[a-zà-ÿ]{{3,}}s\b))
  | \b\d{{1,2}}{_BLANK}?h(?:{_BLANK}?\d{{2}})?\b | \b\d{{1,2}}:\d{{2}}\b
  | \b(?:avant-hier|hier|demain|yesterday|tomorrow)\b
"""
_UNIT_OF_TIME: Final = (
    r"(?:secondes?|minutes?|min|heures?|jours?|journées?|semaines?|mois|trimestres?|semestres?"
    r"|ans?|années?|décennies?|siècles?|hours?|days?|weeks?|months?|years?|decades?)"
)
_DURATION: Final = rf"(?:{_NUMBER}|{_WORDED}){_BLANK}(?:ou[ ]\w+[ ])?{_UNIT_OF_TIME}\b"

_SCALE: Final = r"(?:milliards?|millions?|milliers?|mds?|m|k|bn|billions?|thousand)"
_CURRENCY: Final = r"(?:€|euros?\b|eur\b|dollars?\b|\$|usd\b|£|livres[ ]sterling|francs?\b)"
_MONEY: Final = rf"""
    (?:{_NUMBER}|{_WORDED}|\bdes|\bdizaines?|\bcentaines?){_BLANK}?
        (?:{_SCALE}{_BLANK}?)?(?:d['’]|de[ ])?{_CURRENCY}(?:{_BLANK}(?:HT|TTC)\b)?
  | [€$£]{_BLANK}?{_DIGITS}(?:{_BLANK}?{_SCALE}\b)?
"""
_PERCENT: Final = rf"""
    {_NUMBER}{_BLANK}?(?:%|pour[ ]?cent\b|percent\b|points\b)
  | \b(?:la[ ]moitié|(?:un|deux)[ ]tiers|(?:un|trois)[ ]quarts?|half[ ]of)\b
"""
_ORDINAL: Final = r"\b\d{1,4}(?:er|re|ère|e|ème|ieme|nde?|st|nd|rd|th)\b"
_COUNT: Final = (
    r"(?:dizaines?|douzaines?|vingtaines?|trentaines?|cinquantaines?|centaines?|milliers?"
    r"|millions?|milliards?|hundreds?|thousands?|dozens?|billions?)"
)
_COUNTED: Final = (
    rf"(?:{_BLANK}(?:d['’]|de{_BLANK})?[^\W\d_]{{3,30}}|{_BLANK}?[MGTk]?[WB]h?\b)?"
)
_COUNTING: Final = _WORDED.replace("une?|", "").replace("one|", "")
_NUMBERED: Final = rf"""
    (?:{_NUMBER}(?![\w-])|{_COUNTING}\b)(?:{_BLANK}{_COUNT}\b)?{_COUNTED}
  | {_NUMBER}(?=[MGTk]?[WB]h?\b)[MGTk]?[WB]h?
  | {_ORDINAL}{_COUNTED}
  | \b(?:une?|des|several){_BLANK}{_COUNT}\b{_COUNTED}
  | \b{_COUNT}{_BLANK}(?:d['’]|de{_BLANK}|of{_BLANK})[^\W\d_]{{3,30}}
"""

_FIRST_WORDS: Final = """
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février fevrier mars avril mai
    juin juillet août aout septembre octobre novembre décembre decembre january february march
    april may june july august september october november december début courant fin end early
    late mi mid en depuis in été hiver automne printemps rentrée spring summer autumn winter
    premier second deuxième troisième quatrième dernier années avant-hier hier demain yesterday
    tomorrow un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
    seize vingt trente quarante cinquante soixante cent mille quelques plusieurs one two three
    four five six seven eight nine ten twelve twenty several des dizaines douzaine vingtaine
    trentaine centaines milliers millions milliards hundreds thousands dozens billions la half
""".split()
_BEGINS: Final = "|".join(sorted({word[:2] for word in _FIRST_WORDS}))
"""A mention begins with a digit, a sign or one of these: nothing else need be tried."""

QUANTITIES: Final = re.compile(
    rf"""(?<!\w)(?=[\d€$£ivx]|[TQS][1-4]|{_BEGINS})(?:(?P<MONEY>{_MONEY})|(?P<PERCENT>{_PERCENT})
    |(?P<DURATION>{_DURATION})|(?P<DATE>{_DATE})|(?P<NUMBER>{_NUMBERED}))""",
    re.IGNORECASE | re.VERBOSE,
)
"""One mention a match; the group's name is that of its ``Mention``. First rule first."""

KINDS: Final = {
    name: Mention[name] for name in ("MONEY", "PERCENT", "DURATION", "DATE", "NUMBER")
}
