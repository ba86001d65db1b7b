"""Characters: what a reading text may hold, and what becomes of the rest."""

import re
import unicodedata

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits as they are when raised."""

_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_FAR = "[\u0250-\u1fff\u203c-\U0010ffff]"
_STRAY_JOINER = re.compile(f"(?<!{_FAR})[\u200c\u200d]+|[\u200c\u200d]+(?!{_FAR})")
_THIN_IN_NUMBER = re.compile("(?<=[0-9])[\u2007\u2009](?=[0-9])")
_BREAKABLE = "[ \t\u1680\u2000-\u200a\u205f\u3000]"
_SPACES = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_LINE_FEED = re.compile(r"[^\S\n]*\n\s*")
_ORDINAL = re.compile(r"(?<=\d)\^(?:\{([^\W\d_]{1,5})\}|(er|re|e|ère|ème|nd|nde)\b)")


def clean_text(text: str) -> str:
    """Text fit to be read, cited and stored; idempotent.

    NFC; lone surrogates become U+FFFD; control, zero-width and direction characters and
    soft hyphens go (joiners stay between letters of scripts that need them, and in
    emoji); white space is folded, no-break spaces (U+00A0, U+202F) are kept; a thin space
    inside a number becomes U+202F; lines are separated by single line feeds.
    """
    return fold_spaces(clean_characters(text))


def clean_characters(text: str) -> str:
    """``clean_text`` without the folding of white space."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _LINE_BREAKS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = _THIN_IN_NUMBER.sub("\u202f", text)
    return _ORDINAL.sub(_ordinal, text)


def fold_spaces(text: str) -> str:
    """Runs of white space as one character, none at either end of a line."""
    folded = _SPACES.sub(_space, text)
    return _AROUND_LINE_FEED.sub("\n", folded).strip()


def fold_line(text: str) -> str:
    """``fold_spaces``, on one line."""
    return fold_spaces(text).replace("\n", " ")


def comparable(text: str) -> str:
    """Letters and digits only, without case or accents: for comparing two texts."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _space(match: re.Match[str]) -> str:
    run = match.group()
    if re.search(_BREAKABLE, run):
        return " "
    return run[0]


def _ordinal(match: re.Match[str]) -> str:
    return match.group(1) or match.group(2)
