"""Inline Markdown as the text it shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from rag.ingest.characters import fold_line

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)\Z", re.IGNORECASE)
_FEWEST_ALT_WORDS = 3


@dataclass(frozen=True, slots=True)
class InlineText:
    """Text without markup.

    Lines of the source are separated by line feeds, lines broken on purpose by vertical
    tabs. ``is_bold`` and ``is_emphasised``: all of it is strong; strong or italic.
    """

    text: str
    is_bold: bool
    is_emphasised: bool

    def joined(self) -> str:
        """On one line."""
        return fold_line(self.text.replace("\v", " "))


def render_inline(token: Token) -> InlineText:
    """What an ``inline`` token shows: links as their text, images as a telling caption."""
    parts: list[str] = []
    plain = weak = 0
    strong = emphasis = 0
    raised = False
    for child in token.children or ():
        strong += child.nesting if child.type.startswith("strong") else 0
        emphasis += child.nesting if child.type.startswith("em_") else 0
        if child.type == "html_inline":
            raised = _is_raised(child.content, raised)
        shown = _shown(child)
        parts.append(shown.translate(SUPERSCRIPTS) if raised and shown.isdigit() else shown)
        if shown.strip() and not strong:
            weak += 1
            plain += not emphasis
    text = "".join(parts)
    seen = bool(text.strip())
    return InlineText(text, seen and not weak, seen and not plain)


def meaningful_alt(alt: str) -> str:
    """The description of a picture if it tells something, else nothing."""
    told = fold_line(alt)
    if len(told.split()) < _FEWEST_ALT_WORDS or _FILE_NAME.match(told):
        return ""
    return told


def _shown(child: Token) -> str:
    match child.type:
        case "text" | "code_inline" | "text_special":
            return child.content
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "\v"
        case "image":
            return meaningful_alt(_plain(child.children or ()))
        case "html_inline" if _BREAK.match(child.content):
            return "\v"
    return ""


def _is_raised(tag: str, raised: bool) -> bool:
    lowered = tag[:5].casefold()
    if lowered == "<sup>":
        return True
    return raised and not tag[:6].casefold() == "</sup>"


def _plain(children: Sequence[Token]) -> str:
    return "".join(child.content for child in children)
