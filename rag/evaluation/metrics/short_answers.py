"""Whether the answer composed says the short answer that was expected."""

import re
import string
from collections import Counter
from typing import Final

from rag.evaluation.datasets.dataset import Query
from rag.evaluation.runs import Outcome, Values
from rag.text.normalisation import fold, normalise
from rag.types import Answer

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


def answer_values(outcome: Outcome) -> Values:
    """``contains_short``, ``squad_em`` and ``squad_f1``, 0 to 1.

    They are there where the question is answerable and has a short answer; SQuAD's two,
    which compare one answer with one highlight, where it asks for a single fact.
    """
    query = outcome.query
    if not query.answerable or not query.short:
        return {}
    several = len(query.facts) > 1
    if outcome.examination is None:
        names = ("contains_short",) if several else ("contains_short", "squad_em", "squad_f1")
        return dict.fromkeys(names, 0.0)
    answer = outcome.examination.answer
    values = {"contains_short": contains_short(query, answer)}
    if several:
        return values
    predicted = prediction(answer)
    pairs = [_match(predicted, short, query.language) for short in query.short]
    values["squad_em"] = max(exact for exact, _ in pairs)
    values["squad_f1"] = max(f1 for _, f1 in pairs)
    return values


def contains_short(query: Query, answer: Answer) -> float:
    """How much of the short answer the segments say, one after the other without marks.

    The short answers of a single fact are alternatives: 1 where one is said. Those of
    several facts are all asked for: the share that is said.
    """
    # The semicolon keeps numbers on either side apart, and is not seen otherwise.
    text = " ; ".join(segment.text for segment in answer.segments)
    said = [says(text, short) for short in query.short]
    return float(any(said)) if len(query.facts) <= 1 else sum(said) / len(said)


def prediction(answer: Answer) -> str:
    """What SQuAD would take for the answer: chosen without a look at the gold.

    The highlights of the first segment that has some, joined by a blank; where nothing is
    highlighted, the first segment.
    """
    for segment in answer.segments:
        marked = [
            answer.text[span.start : span.end]
            for span in answer.highlights
            if segment.start <= span.start and span.end <= segment.end
        ]
        if marked:
            return " ".join(marked)
    return answer.segments[0].text if answer.segments else ""


def _match(predicted: str, short: str, language: str) -> tuple[float, float]:
    """Exact match and F1 of the official SQuAD script, on the words of both."""
    given, gold = squad_words(predicted, language), squad_words(short, language)
    exact = float(given == gold)
    if not given or not gold:
        # As in SQuAD 2.0's script: with no word on one side, F1 is the exact match.
        return exact, exact
    shared = (Counter(given) & Counter(gold)).total()
    return exact, 2 * shared / (len(given) + len(gold))


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

    ``thousands`` reads ``1.100`` and ``1,100`` as ``1100``.
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
