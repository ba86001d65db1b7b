"""Texts made comparable: case, accents, typography and the spelling of numbers."""

import re
import unicodedata
from typing import Final, Literal

_MARKS_KEPT: Final = 30
"""Longest run of combining marks normalised as it stands (as Unicode's UAX #15 allows)."""

_MARK_RUN: Final = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS_KEPT + 1},}}")

_TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʹʻʼʽ´`＇", "'"),
        **dict.fromkeys("“”„‟«»″‹›＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
    }
)


def normalise(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Apply a Unicode normal form in linear time, whatever the text.

    The standard library sorts each run of combining marks in quadratic time, so a run
    loses its marks beyond the thirtieth: more than any writing system stacks.
    """
    if text.isascii():
        return text
    return unicodedata.normalize(form, _MARK_RUN.sub(_shorten_marks, text))


def fold(text: str) -> str:
    """The text as it is compared: no case, no accents, plain typography.

    œ and æ become oe and ae; apostrophes, quotation marks, dashes and white space of
    every kind become ``'``, ``"``, ``-`` and single blanks. Idempotent. Offsets are not
    kept.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = normalise("NFKD", text).casefold()
    folded = normalise("NFKD", folded.translate(_TYPOGRAPHY))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(bare.translate(_TYPOGRAPHY).split())


def clean_question(text: str) -> str:
    """A question fit to be read: NFC, on one line, without what cannot be seen.

    Control and format characters (zero-width ones, direction marks, soft hyphens) and
    lone surrogates are dropped, white space is folded. May be empty. Idempotent.
    """
    composed = normalise("NFC", text)
    if composed.isascii() and composed.isprintable():
        return " ".join(composed.split())
    seen = "".join(
        char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    return " ".join(normalise("NFC", seen).split())


def _shorten_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in match.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_KEPT:
            kept.append(char)
    return "".join(kept)
