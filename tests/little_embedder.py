"""A deterministic embedder for tests of what uses one: instant, and needs no model."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from rag.protocols import FloatMatrix, Progress
from rag.types import ModelIdentity

DIMENSIONS = 64
MAX_TOKENS = 512
_TOKEN = re.compile(r"\w+|[^\w\s]")
_STEM = 5


class LittleEmbedder:
    """Texts that share stems are near; accents, capitals and endings do not matter.

    A word counts for its first five letters and, less, for its trigrams, each hashed to a
    signed dimension. A token is a word or a sign. Not meant to be good, only plausible:
    vectors of texts without a common letter sequence are nearly orthogonal.
    """

    def __init__(self, name: str = "little") -> None:
        self._identity = ModelIdentity(
            name, "sha256:" + hashlib.sha256(name.encode()).hexdigest(), DIMENSIONS, MAX_TOKENS
        )
        self.embedded = 0
        """Passages embedded so far, for tests of incremental builds."""

    @property
    def identity(self) -> ModelIdentity:
        return self._identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_TOKEN.findall(text)) for text in texts]

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        return _matrix(texts)

    def embed_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> FloatMatrix:
        self.embedded += len(texts)
        vectors = _matrix(texts)
        if progress is not None and texts:
            progress(len(texts), len(texts))
        return vectors


def _matrix(texts: Sequence[str]) -> FloatMatrix:
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in enumerate(texts):
        for feature, weight in _features(text):
            place = int.from_bytes(hashlib.blake2b(feature, digest_size=8).digest(), "big")
            vectors[row, place % DIMENSIONS] += weight if place >> 63 else -weight
        if not vectors[row].any():
            vectors[row, 0] = 1.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _features(text: str) -> Iterator[tuple[bytes, float]]:
    folded = "".join(
        c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)
    )
    for token in _TOKEN.findall(folded)[:MAX_TOKENS]:
        if not token[0].isalnum():
            continue
        yield token[:_STEM].encode("utf-8", "replace"), 1.0
        for start in range(min(len(token), 40) - 2):
            yield b"3" + token[start : start + 3].encode("utf-8", "replace"), 0.3
