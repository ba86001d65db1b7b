"""French typography for what the product itself says; never for what it quotes."""

import re
from typing import Final

_BEFORE_HIGH_SIGN: Final = re.compile(r" (?=[:;!?%»])")


def typeset(text: str) -> str:
    """The text with no-break spaces where French wants them, so that no line breaks there."""
    return _BEFORE_HIGH_SIGN.sub("\u00a0", text).replace("« ", "«\u00a0")


def counted(number: int, noun: str) -> str:
    """A number and its nouns or participles, in the plural from two on."""
    plural = " ".join(f"{word}s" for word in noun.split()) if number > 1 else noun
    return f"{number} {plural}"
