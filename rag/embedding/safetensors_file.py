"""The safetensors file format: written by streaming, word embeddings read row by row.

Eight bytes of header length, a JSON header, then the tensors one after the other.
Streaming keeps a 470 MB file out of memory while it is written. Word embeddings are 80 % of
a small multilingual model's bytes, and a text needs a few rows: reading those leaves the
rest on disk (in the system's page cache), where a memory map would soon count most of the
table as resident.
"""

import json
import math
import os
import struct
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.storage.disk_errors import refusal

_LENGTH = struct.Struct("<Q")
_MOST_HEADER = 100_000_000
_DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}

_KEPT_ROWS: Final = 8192
"""Words whose rows are kept in memory: about 6 MiB, and nearly every word of a question.

Each read lets go of the interpreter, which under load comes back milliseconds later.
"""

Chunks = Iterable[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a tensor lies: ``kind`` is F32, F16 or BF16; ``offset`` is in the file."""

    kind: str
    shape: tuple[int, ...]
    offset: int


def write_float32(path: Path, tensors: Mapping[str, tuple[tuple[int, ...], Chunks]]) -> None:
    """Write float32 tensors, each given as its shape and its rows in chunks."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (shape, _) in tensors.items():
        size = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(_LENGTH.pack(len(encoded)) + encoded)
        for _, chunks in tensors.values():
            for chunk in chunks:
                file.write(np.ascontiguousarray(chunk, dtype="<f4").data)


def tensor_places(path: Path) -> dict[str, TensorPlace]:
    """The place of every floating-point tensor, by name; its end is within the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_LENGTH.size)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _MOST_HEADER + 1
        if length > min(size, _MOST_HEADER):
            raise _corrupt(path)
        raw = file.read(length)
    start = _LENGTH.size + length
    try:
        header = json.loads(raw)
        return {
            name: _place(entry, start, size)
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] in _DTYPES
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _corrupt(path) from error


def _place(entry: dict[str, Any], start: int, size: int) -> TensorPlace:
    shape = tuple(int(side) for side in entry["shape"])
    first, last = (int(offset) for offset in entry["data_offsets"])
    expected = math.prod(shape) * _DTYPES[entry["dtype"]].itemsize
    if first < 0 or last - first != expected or start + last > size:
        raise ValueError("offsets")
    return TensorPlace(entry["dtype"], shape, start + first)


def _corrupt(path: Path) -> ModelCorruptError:
    return ModelCorruptError(
        f"Le fichier de poids {path} est tronqué ou n'est pas au format safetensors : "
        "copiez de nouveau le modèle, ou supprimez ce dossier s'il est dans le cache."
    )


class WordEmbeddings:
    """Rows of a ``(vocabulary, hidden)`` table in a file; safe among threads."""

    def __init__(self, path: Path, place: TensorPlace) -> None:
        self._path = path
        self._dtype = _DTYPES[place.kind]
        self._height, self._width = place.shape
        self._bytes = self._width * self._dtype.itemsize
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ModelNotFoundError(
                f"Le fichier de poids {path} est illisible ({refusal(error)}) : "
                "vérifiez le dossier du modèle et ses droits."
            ) from error
        weakref.finalize(self, os.close, descriptor)
        self._row = lru_cache(_KEPT_ROWS)(
            partial(_read_row, descriptor, place.offset, self._bytes)
        )

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The embeddings of ids of any shape, float32, shape ``(*ids.shape, hidden)``.

        A `ModelCorruptError` where the file has been cut short since it was opened, or an
        id is not in the table.
        """
        distinct, where = np.unique(ids, return_inverse=True)
        raw = b"".join(map(self._row, distinct.tolist()))
        if len(raw) != self._bytes * len(distinct) or distinct[-1] >= self._height:
            raise ModelCorruptError(
                f"Le fichier de poids {self._path} a été tronqué ou ne va pas avec son "
                "découpage en tokens : copiez de nouveau le modèle, ou supprimez ce dossier "
                "du cache."
            )
        table = np.frombuffer(raw, self._dtype).reshape(-1, self._width)
        return _as_float32(table)[where.reshape(ids.shape)]


def _read_row(descriptor: int, offset: int, size: int, row: int) -> bytes:
    return os.pread(descriptor, size, offset + row * size)


def _as_float32(table: NDArray[np.generic]) -> NDArray[np.float32]:
    """The table's values; bfloat16, which numpy lacks, is a float32's upper half."""
    if table.dtype == np.dtype("<u2"):
        return (table.astype(np.uint32) << 16).view(np.float32)
    return table.astype(np.float32, copy=False)
