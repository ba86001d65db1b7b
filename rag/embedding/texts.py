"""What is done to a text before it is cut into tokens."""

import re
from collections.abc import Iterable

CHARACTERS_PER_TOKEN = 40
"""Far above any language's mean, so that cutting here never cuts what a model reads."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD; otherwise the same object."""
    return text if text.isascii() else _SURROGATE.sub(_REPLACEMENT, text)


def model_inputs(texts: Iterable[str], prompt: str, max_tokens: int) -> list[str]:
    """The strings to tokenise: prompt, then the text, cut to a generous length."""
    most = max_tokens * CHARACTERS_PER_TOKEN
    return [prompt + encodable(text[:most]) for text in texts]
