"""Two ways to tell that short answers say the same: one strict (SQuAD's), one lenient."""

import re
import string
from typing import Final

from rag.text.normalisation import fold, normalise

_ELIDED: Final = re.compile(r"(?<![^\W_])[ld]['’ʼ]")
_QUOTES_AND_DASHES: Final = "«»“”„‘’‚ʼ…–—‐‑"
_BLANKED: Final = str.maketrans(dict.fromkeys("'’ʼ", " "))
_REMOVED: Final = str.maketrans("", "", string.punctuation + _QUOTES_AND_DASHES)
_FRENCH: Final = frozenset("le la les l un une des du de d".split())
_ENGLISH: Final = frozenset("the a an".split())

_DROPPED: Final = re.compile(
    r"(?<![^\W_])(?:(?:les?|la|une?|des?|du|aux?|the|of)(?![^\W_])|[ld] ?['’‘ʼ])"
)
_GROUPED: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?!\d)")
_SPELLINGS: Final = (
    (re.compile(r"(?<=\d),(?=\d)"), "."),
    (re.compile(r"\bmilliards?\b|\b(?:mds?|bn)(?= ?[€$£])|\bbillions?\b"), " milliard "),
    (re.compile(r"\bmillions?\b|(?<![^\W\d_])m(?= ?[€$£])"), " million "),
    (re.compile(r"\bmilliers?\b|(?<![^\W\d_])k(?= ?[€$£])"), " millier "),
    (re.compile(r"\beuros?\b|\beur\b"), "€"),
    (re.compile(r"\bdollars?\b|\busd\b"), "$"),
    (re.compile(r"\b(?:pour cent|pourcent|percent)\b"), "%"),
    (re.compile(r"\b(?:1 ?(?:ers?|eres?|res?)|premi(?:er|ere)s?)\b"), "1eme"),
    (re.compile(r"\b(?:2 ?(?:nd|nde)s?|deuxiemes?|seconde?s?)\b"), "2eme"),
    (re.compile(r"\b(\d+) ?(?:i?emes?|e)\b"), r"\1eme"),
)
_CLOCK: Final = re.compile(
    r"(?<![\d.,])(\d{1,2})(?: ?h(?:eures?)?(?![^\W\d_])|:(?=\d\d\b))(?: ?(\d\d)\b)?"
)
_CENTS: Final = re.compile(r"\.(\d+)(?= {0,2}(?:milliard |million |millier )? ?[€$£%])")
_THOUSANDS: Final = re.compile(r"(?<![\d.])([1-9]\d{0,2})((?:\.\d{3})+)(?![\d.])")
_WORD: Final = re.compile(r"\d+eme|\d+(?:\.\d+)*|[^\W\d_]+|[€$£%]")


def squad_words(text: str, language: str) -> tuple[str, ...]:
    """The words that SQuAD's exact match and F1 compare.

    As ``normalize_answer`` of the official script (Rajpurkar et al., 2016): lower case, no
    punctuation, no articles, white space folded; accents are kept. For French the articles
    are le, la, les, l', un, une, des, du, de and d', and an apostrophe parts two words. Both
    languages' articles go where the language is neither ``fr`` nor ``en``.
    """
    lowered = normalise("NFC", text).lower()
    articles = {"fr": _FRENCH, "en": _ENGLISH}.get(language, _FRENCH | _ENGLISH)
    if language != "en":
        lowered = _ELIDED.sub(" ", lowered).translate(_BLANKED)
    words = lowered.translate(_REMOVED).split()
    return tuple(word for word in words if word not in articles)


def says(text: str, short: str) -> bool:
    """Whether a text holds a short answer, as whole words side by side.

    Case, accents, articles, punctuation and typography do not count; ``1 100`` is ``1100``,
    ``2,6 Md€`` is ``2,6 milliards d'euros``, ``25 %`` is ``25 pour cent``, ``1er`` is
    ``premier``, ``12 h 30`` is ``12h30`` and ``3,50 €`` is ``3,5 €``. ``1.100`` and
    ``1,100`` may be read either way, as a decimal or as a thousand and one hundred. A short
    answer without a word or a number is in no text.
    """
    held, wanted = plain_words(text), plain_words(short)
    if _holds(held, wanted):
        return True
    held, wanted = plain_words(text, thousands=True), plain_words(short, thousands=True)
    return _holds(held, wanted)


def plain_words(text: str, *, thousands: bool = False) -> str:
    """The words that `says` compares, each between two blanks.

    Args:
        text: any text.
        thousands: read ``1.100`` and ``1,100`` as ``1100``.
    """
    # Accents tell « thé » from « the »; a semicolon, unlike a blank, joins no numbers.
    spelt = fold(_DROPPED.sub(" ; ", normalise("NFC", text).casefold()))
    spelt = _GROUPED.sub(lambda match: match.group().replace(" ", ""), spelt)
    spelt = _CLOCK.sub(_clock, spelt)
    for pattern, replacement in _SPELLINGS:
        spelt = pattern.sub(replacement, spelt)
    spelt = _CENTS.sub(_shortened, spelt)
    if thousands:
        spelt = _THOUSANDS.sub(lambda match: match.group().replace(".", ""), spelt)
    return f" {' '.join(_WORD.findall(spelt))} "


def _holds(held: str, wanted: str) -> bool:
    return bool(wanted.strip()) and wanted in held


def _clock(match: re.Match[str]) -> str:
    hours, minutes = match.groups()
    return f"{hours}.{minutes} h " if minutes else f"{hours} h "


def _shortened(match: re.Match[str]) -> str:
    decimals = match.group(1).rstrip("0")
    return f".{decimals}" if decimals else ""
