"""A model's tokens: counting them, and cutting texts into the ids that it reads."""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.embedding.unigram_tokenizer import UnigramTokenizer
from rag.errors import ModelCorruptError

if TYPE_CHECKING:
    from tokenizers import Encoding

CHARACTERS_PER_TOKEN = 40
"""Far above any language's mean, so that cutting here never cuts what a model reads."""

_LIGHT_CHARACTERS = 16_000
_CHARACTERS_AT_ONCE = 4_000_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD; otherwise the same object."""
    return text if text.isascii() else _SURROGATE.sub(_REPLACEMENT, text)


def model_inputs(texts: Iterable[str], prompt: str, max_tokens: int) -> list[str]:
    """The strings to tokenise: prompt, then the text, cut to a generous length."""
    most = max_tokens * CHARACTERS_PER_TOKEN
    return [prompt + encodable(text[:most]) for text in texts]


class ModelTokenizer:
    """A ``tokenizer.json``, opened when there is enough to do; safe among threads.

    Args:
        path: the ``tokenizer.json``.
        max_tokens: the longest input, special tokens included.
        pieces: gives the same ids for short work without opening ``path``, if there is one.
    """

    def __init__(self, path: Path, max_tokens: int, pieces: UnigramTokenizer | None) -> None:
        self._path = path
        self._max_tokens = max_tokens
        self._pieces = pieces
        self._opening = threading.Lock()
        self._opened: _Opened | None = None

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text with special tokens, cut to the model's length.

        Lone surrogates must have been replaced.
        """
        light = self._light(texts)
        if light is not None:
            return [self._cut(light.framed_ids(text), len(light.after)) for text in texts]
        opened = self._open()
        return [
            self._cut(encoding.ids, opened.closing)
            for encoding in opened.encodings(texts, add_special_tokens=True)
        ]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without special tokens, however long it is."""
        clean = [encodable(text) for text in texts]
        light = self._light(clean)
        if light is not None:
            return [len(light.ids(text)) for text in clean]
        encodings = self._open().encodings(clean, add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def _cut(self, ids: list[int], closing: int) -> list[int]:
        if len(ids) <= self._max_tokens:
            return ids
        return ids[: self._max_tokens - closing] + ids[len(ids) - closing :]

    def _light(self, texts: Sequence[str]) -> UnigramTokenizer | None:
        """The light way, while the library is not open and the work does not call for it."""
        pieces = self._pieces
        if pieces is None or self._opened is not None:
            return None
        if sum(map(len, texts)) > _LIGHT_CHARACTERS:
            return None
        return pieces if all(map(pieces.covers, texts)) else None

    def _open(self) -> "_Opened":
        with self._opening:
            if self._opened is None:
                self._opened = _Opened(self._path)
            return self._opened


class _Opened:
    """The library's tokenizer and the number of special tokens that close a text."""

    def __init__(self, path: Path) -> None:
        # Imported here so that short work does without it.
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            # The library raises bare Exception, whatever is wrong.
            raise ModelCorruptError(
                f"Le fichier {path} est illisible : copiez de nouveau le modèle, ou "
                "supprimez ce dossier s'il est dans le cache."
            ) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        mask = tokenizer.encode("a").special_tokens_mask
        self.closing = next((i for i, m in enumerate(reversed(mask)) if not m), len(mask))
        self._tokenizer = tokenizer

    def encodings(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> Iterator["Encoding"]:
        """In order; a bounded amount at once, for an encoding is many times its text."""
        for group in _groups(texts):
            yield from self._tokenizer.encode_batch_fast(
                group, add_special_tokens=add_special_tokens
            )


def _groups(texts: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size >= _CHARACTERS_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group
